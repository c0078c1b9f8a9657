/**
 * Throughput, latency, recovery, live flows and comparisons of two builds. Knows {@code stack},
 * {@code flow} and {@code process}.
 */
@NullMarked
package io.doundo.bench.measure;

import org.jspecify.annotations.NullMarked;
