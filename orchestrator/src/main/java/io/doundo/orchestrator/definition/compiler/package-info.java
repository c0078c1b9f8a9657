/**
 * Turns registration documents into definitions and lists every problem with its place in the
 * document. Depends on {@code definition.compiler.document}, which reads YAML and JSON with their
 * places, and on {@code definition}, {@code expression} and {@code protocol}.
 */
@NullMarked
package io.doundo.orchestrator.definition.compiler;

import org.jspecify.annotations.NullMarked;
