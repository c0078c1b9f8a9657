/**
 * The processes of a run, and what the operating system tells of them: CPU, memory, instructions.
 * Knows no other package of the benchmarks.
 */
@NullMarked
package io.doundo.bench.process;

import org.jspecify.annotations.NullMarked;
