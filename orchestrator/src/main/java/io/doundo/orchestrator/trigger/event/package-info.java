/**
 * Reads the topics of event triggers and writes the starts and signals that follow. Depends on
 * {@code trigger}, {@code definition}, {@code query}, {@code protocol} and Kafka's clients.
 */
@NullMarked
package io.doundo.orchestrator.trigger.event;

import org.jspecify.annotations.NullMarked;
