/**
 * The effects of a decision, and the entries of the audit log. May depend on {@code core.state} and
 * on the words of the wire.
 */
@NullMarked
package io.doundo.orchestrator.core.effect;

import org.jspecify.annotations.NullMarked;
