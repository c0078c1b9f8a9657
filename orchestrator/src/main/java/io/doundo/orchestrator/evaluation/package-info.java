/**
 * What the definitions of flows say in expressions, ready to be evaluated: the engine and the
 * command line ask here. Depends on {@code definition}, {@code expression} and the events and
 * states of {@code core}; knows no store and no topic.
 */
@NullMarked
package io.doundo.orchestrator.evaluation;

import org.jspecify.annotations.NullMarked;
