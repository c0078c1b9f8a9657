package io.doundo.orchestrator.registration;

import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the broker will never accept, however often it is retried, from what may work later.
 * The former refuses a registration with the broker's own reason; the latter is retried.
 */
final class BrokerRefusal {

  private static final int MOST_CAUSES = 10;

  private BrokerRefusal() {}

  /** Why a topic will never be created as it was requested, or null when it may be later. */
  static @Nullable String ofTopic(Throwable failure) {
    for (Throwable cause : causes(failure)) {
      // Nobody who cannot log in can create anything; that is about the client, not the topic.
      if (cause instanceof RetriableException || cause instanceof AuthenticationException) {
        return null;
      }
      if (cause instanceof ApiException) {
        return reason(cause);
      }
    }
    return null;
  }

  /**
   * Why what a registration makes the orchestrator write will never be accepted, or null. Only what
   * depends on the content counts: a missing permission on our own topics is about no registration.
   */
  static @Nullable String ofRecord(Throwable failure) {
    for (Throwable cause : causes(failure)) {
      if (cause instanceof RecordTooLargeException
          || cause instanceof RecordBatchTooLargeException
          || cause instanceof InvalidRecordException) {
        return reason(cause);
      }
    }
    return null;
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }

  private static Iterable<Throwable> causes(Throwable failure) {
    return () ->
        Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
            .limit(MOST_CAUSES)
            .iterator();
  }
}
