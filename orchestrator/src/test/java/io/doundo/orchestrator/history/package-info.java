/** Tests of what the history checker asks, and of what it excuses. */
@NullMarked
package io.doundo.orchestrator.history;

import org.jspecify.annotations.NullMarked;
