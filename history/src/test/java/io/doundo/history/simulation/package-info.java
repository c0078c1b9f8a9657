/**
 * The seeded simulator of the flow core: one seed is one flow of a random definition, run by the
 * production core over a simulated log with transactions, a network that delays, repeats and
 * reorders, plain and fenced workers, and an operator. Invariants watch every decision and, at the
 * end, what the workers' ledgers say. All time and randomness come from the seed, so that a seed
 * always tells the same story.
 *
 * <p>This package holds the types that its subpackages share, and depends on none of them. On top
 * of it stand {@code worker}, {@code invariant}, {@code orchestrator} and {@code run}, in this
 * order. It depends on the core, the definitions, the history checker and the fence table of the
 * worker SDK.
 */
@NullMarked
package io.doundo.history.simulation;

import org.jspecify.annotations.NullMarked;
