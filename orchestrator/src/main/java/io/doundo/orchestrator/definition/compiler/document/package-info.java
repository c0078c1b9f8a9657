/**
 * A registration record as a tree of values with their lines and columns, from YAML or JSON, and
 * the words for what was found where a registration belongs.
 */
@NullMarked
package io.doundo.orchestrator.definition.compiler.document;

import org.jspecify.annotations.NullMarked;
