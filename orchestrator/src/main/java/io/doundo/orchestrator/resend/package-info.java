/**
 * What becomes of a dead letter that is sent again: where it goes, what may be edited, and whether
 * it would be understood now. What it becomes is decided by pure classes, which know the wire, the
 * compiler and the dead letters; {@code Resender} and {@code BulkResend} ask the definitions and
 * the dead letters themselves.
 */
@NullMarked
package io.doundo.orchestrator.resend;

import org.jspecify.annotations.NullMarked;
