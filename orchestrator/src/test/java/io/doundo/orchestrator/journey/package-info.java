/**
 * Journeys of a flow, written once and run on every driver: the bare core, and the topology through
 * the Kafka Streams test driver.
 */
@NullMarked
package io.doundo.orchestrator.journey;

import org.jspecify.annotations.NullMarked;
