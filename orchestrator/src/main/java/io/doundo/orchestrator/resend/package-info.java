/**
 * What becomes of a dead letter that is sent again: where it goes, what may be edited, and whether
 * it would be understood now. Pure; knows the wire, the compiler and the dead letters.
 */
@NullMarked
package io.doundo.orchestrator.resend;

import org.jspecify.annotations.NullMarked;
