package io.doundo.orchestrator.streams;

import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when a stream thread dies: another one takes its place, because what killed it is
 * nearly always the broker or the network. What no new thread can overcome stops the client.
 */
final class UncaughtFailures {

  private static final Logger LOG = LoggerFactory.getLogger(UncaughtFailures.class);

  private UncaughtFailures() {}

  static StreamThreadExceptionResponse respond(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NewerSchemaException || cause instanceof MissingSourceTopicException) {
        LOG.error("the engine stops: {}", cause.getMessage(), failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      }
    }
    LOG.error("a stream thread failed and is replaced", failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }
}
