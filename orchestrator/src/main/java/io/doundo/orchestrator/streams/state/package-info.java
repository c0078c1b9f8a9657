/**
 * Flows at rest: the stores of a task, the byte formats of the values in them, and the names of the
 * stores. Depends on the core and on no other subpackage of {@code streams}. The formats outlive a
 * release: every change keeps reading what is stored.
 */
@NullMarked
package io.doundo.orchestrator.streams.state;

import org.jspecify.annotations.NullMarked;
