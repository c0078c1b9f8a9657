/**
 * What the definitions of flows say in expressions, ready to be evaluated: the engine and the
 * command line ask here. Depends on {@code definition} and {@code expression}; knows no flow.
 */
@NullMarked
package io.doundo.orchestrator.evaluation;

import org.jspecify.annotations.NullMarked;
