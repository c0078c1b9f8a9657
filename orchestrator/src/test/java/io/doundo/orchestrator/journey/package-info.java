/**
 * Journeys of a flow, told once and run on every stage: the bare core, and the topology through the
 * Kafka Streams test driver.
 */
@NullMarked
package io.doundo.orchestrator.journey;

import org.jspecify.annotations.NullMarked;
