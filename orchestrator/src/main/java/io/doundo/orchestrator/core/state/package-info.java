/**
 * The state of a flow and of its steps between two decisions: immutable records and enums. May
 * depend on the JDK, JSpecify and {@code definition} only.
 */
@NullMarked
package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.NullMarked;
