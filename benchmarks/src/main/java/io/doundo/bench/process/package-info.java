/**
 * The processes of a run, and what they and the operating system tell of them: CPU by threads,
 * memory, instructions, requests and batches of Kafka, scripts of Redis. Knows no other package of
 * the benchmarks.
 */
@NullMarked
package io.doundo.bench.process;

import org.jspecify.annotations.NullMarked;
