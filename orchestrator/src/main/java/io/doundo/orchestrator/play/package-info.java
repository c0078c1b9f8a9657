/**
 * Forecasts: the core processes events on a copy of a flow, and nothing is written or sent. Dry
 * runs, undo plans, the verbs that a flow allows and the reason why it does not move come from
 * here, so that they cannot disagree with what then happens. Depends on {@code core}, {@code
 * definition}, {@code evaluation} and the types of the wire; has no clock.
 */
@NullMarked
package io.doundo.orchestrator.play;

import org.jspecify.annotations.NullMarked;
