/** The topology's journeys, checked by the history checker. */
@NullMarked
package io.doundo.history.topology;

import org.jspecify.annotations.NullMarked;
