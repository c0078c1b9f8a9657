/**
 * The seeded simulator of the flow core: one seed is one flow of a random definition, run by the
 * production core over a simulated log with transactions, a network that delays, repeats and
 * reorders, plain and fenced workers, and an operator. Invariants watch every decision and, at the
 * end, what the workers' ledgers say. Nothing here reads a clock or draws a random number but from
 * the seed, so that a seed always tells the same story.
 *
 * <p>This package holds what all parts of it share, and knows none of them. Above it stand {@code
 * worker}, {@code invariant}, {@code orchestrator} and {@code run}, in this order. It depends on
 * the core, the definitions, the history checker and the fence table of the worker SDK.
 */
@NullMarked
package io.doundo.history.simulation;

import org.jspecify.annotations.NullMarked;
