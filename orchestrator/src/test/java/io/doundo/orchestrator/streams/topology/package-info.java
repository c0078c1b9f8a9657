/** The topology through bytes, topics and stores, on the Kafka Streams test driver. */
@NullMarked
package io.doundo.orchestrator.streams.topology;

import org.jspecify.annotations.NullMarked;
