/** Tests of the framework's dialect. */
@NullMarked
package io.doundo.orchestrator.definition.compiler.framework;

import org.jspecify.annotations.NullMarked;
