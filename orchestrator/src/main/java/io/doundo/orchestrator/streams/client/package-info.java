/**
 * The engine as a whole: the topology, the Kafka Streams client from start to stop, its consumers
 * and producers, the checks before the start and what is watched while it runs. Depends on all
 * other subpackages of {@code streams}; none of them depends on it.
 */
@NullMarked
package io.doundo.orchestrator.streams.client;

import org.jspecify.annotations.NullMarked;
