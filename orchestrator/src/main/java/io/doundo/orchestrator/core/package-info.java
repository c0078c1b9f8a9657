/**
 * The flow core: what a flow is, what may happen to it, and what is to be done about it. A pure
 * function of definition, state and event; it may depend on the JDK, JSpecify and the records of
 * {@code definition} only, and has no clock, randomness, logging, Kafka, Jackson or Spring.
 */
@NullMarked
package io.doundo.orchestrator.core;

import org.jspecify.annotations.NullMarked;
