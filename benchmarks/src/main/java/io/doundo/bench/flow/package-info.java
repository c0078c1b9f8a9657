/**
 * Flows as bytes: the scenarios, who starts them, answers them and sees them end. Knows Kafka and
 * the wire, no other package of the benchmarks.
 */
@NullMarked
package io.doundo.bench.flow;

import org.jspecify.annotations.NullMarked;
