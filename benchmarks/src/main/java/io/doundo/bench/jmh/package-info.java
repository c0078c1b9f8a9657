/**
 * Microbenchmarks (JMH) of what is computed for each record: the core's decision, the codecs, the
 * timers, and the compiler of registrations. May depend on everything but the harness.
 */
@NullMarked
package io.doundo.bench.jmh;

import org.jspecify.annotations.NullMarked;
