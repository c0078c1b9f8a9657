/** Compiled orchestrations: immutable records, pure Java. Depends on the JDK and JSpecify only. */
@NullMarked
package io.doundo.orchestrator.definition;

import org.jspecify.annotations.NullMarked;
