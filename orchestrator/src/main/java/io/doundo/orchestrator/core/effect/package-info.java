/**
 * What is to be done because of a decision, and what the audit log is told. May depend on {@code
 * core.state} and on the words of the wire.
 */
@NullMarked
package io.doundo.orchestrator.core.effect;

import org.jspecify.annotations.NullMarked;
