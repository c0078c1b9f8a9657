/**
 * Throughput, latency, recovery, live flows, comparisons of two builds and with other engines.
 * Knows {@code stack}, {@code peer}, {@code flow} and {@code process}.
 */
@NullMarked
package io.doundo.bench.measure;

import org.jspecify.annotations.NullMarked;
