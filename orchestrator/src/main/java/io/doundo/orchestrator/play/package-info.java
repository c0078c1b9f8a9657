/**
 * What would happen to a flow: the core is given events on a copy, and nothing is written or sent.
 * Dry runs, undo plans, the verbs that a flow allows and the reason why it stands still come from
 * here, so that they cannot disagree with what then happens. Depends on {@code core}, {@code
 * definition}, {@code evaluation} and the words of the wire; has no clock.
 */
@NullMarked
package io.doundo.orchestrator.play;

import org.jspecify.annotations.NullMarked;
