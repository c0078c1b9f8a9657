/**
 * Bad input at scale: real documents, changed by a seeded mutator, through every decoder and
 * through the topology. A failure names the seed that repeats it.
 */
@NullMarked
package io.doundo.orchestrator.fuzz;

import org.jspecify.annotations.NullMarked;
