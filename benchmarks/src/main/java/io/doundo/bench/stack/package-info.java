/**
 * The measured stack: brokers, orchestrators and workers of one build, started and warmed up. Knows
 * the packages {@code flow} and {@code process}.
 */
@NullMarked
package io.doundo.bench.stack;

import org.jspecify.annotations.NullMarked;
