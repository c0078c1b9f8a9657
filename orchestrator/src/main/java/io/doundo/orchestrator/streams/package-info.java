/**
 * The data plane: the Kafka Streams topology, its processors, stores, timers and serdes. The only
 * package that touches Kafka Streams.
 */
@NullMarked
package io.doundo.orchestrator.streams;

import org.jspecify.annotations.NullMarked;
