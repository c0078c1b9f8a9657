/**
 * One partition at work: decodes records, loads the flow, asks the core, and collects the store
 * writes and the records to send. Used by one stream thread only, and never blocks. Depends on
 * {@code streams.state} and {@code streams.record}; knows neither the Kafka clients nor the
 * readers.
 */
@NullMarked
package io.doundo.orchestrator.streams.task;

import org.jspecify.annotations.NullMarked;
