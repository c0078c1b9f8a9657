package io.doundo.orchestrator.streams.client;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;

/**
 * Handles a record that the broker did not acknowledge in time: the stream thread ends, and another
 * one continues from the committed state.
 *
 * <p>By default Kafka Streams revives the task whose record it was, and learns of the failure at
 * the next send of any task of the thread: that task's input record is dropped half processed, its
 * state changed and its commands never sent.
 */
public final class FailedSends implements ProductionExceptionHandler {

  @Override
  public Response handleError(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
    return Response.fail();
  }

  @Override
  public void configure(Map<String, ?> configs) {}
}
