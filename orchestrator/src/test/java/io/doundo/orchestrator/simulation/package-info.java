/**
 * The seeded simulator of the flow core: one seed is one flow of a random definition, run by the
 * production core over a simulated log with transactions, a network that delays, repeats and
 * reorders, plain and fenced workers, and an operator. Invariants watch every decision and, at the
 * end, what the workers' ledgers say. Nothing here reads a clock or draws a random number but from
 * the seed, so that a seed always tells the same story.
 *
 * <p>Depends on the core and the definitions only.
 */
@NullMarked
package io.doundo.orchestrator.simulation;

import org.jspecify.annotations.NullMarked;
