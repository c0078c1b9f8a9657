/**
 * Evaluates the expressions of definitions, for the engine and the command line. Depends on {@code
 * definition}, {@code expression} and the events and states of {@code core}; knows no store and no
 * topic.
 */
@NullMarked
package io.doundo.orchestrator.evaluation;

import org.jspecify.annotations.NullMarked;
