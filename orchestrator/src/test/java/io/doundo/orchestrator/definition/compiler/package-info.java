/** Tests of the registration compiler: every accepted form, and every refusal with its place. */
@NullMarked
package io.doundo.orchestrator.definition.compiler;

import org.jspecify.annotations.NullMarked;
