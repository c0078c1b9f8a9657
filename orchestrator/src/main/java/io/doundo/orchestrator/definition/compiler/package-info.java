/**
 * Turns registration documents into definitions and lists every problem with its place in the
 * document. Depends on {@code definition} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.definition.compiler;

import org.jspecify.annotations.NullMarked;
