/**
 * The flow core: the reaction to an event. A pure function of definition, state and event, whose
 * words are {@code core.event}, {@code core.state} and {@code core.effect}; it may depend on the
 * JDK, JSpecify, the records of {@code definition} and the words of the wire only, and has no
 * clock, randomness, logging, Kafka, Jackson or Spring.
 */
@NullMarked
package io.doundo.orchestrator.core;

import org.jspecify.annotations.NullMarked;
