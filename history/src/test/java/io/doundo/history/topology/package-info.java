/** The topology's journeys, judged by the history checker. */
@NullMarked
package io.doundo.history.topology;

import org.jspecify.annotations.NullMarked;
