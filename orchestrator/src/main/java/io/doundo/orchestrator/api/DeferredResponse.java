package io.doundo.orchestrator.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * A deferred answer with its own time limit: the server's limit for asynchronous requests is
 * shorter than the waits that callers may request, and has nothing to say when it expires.
 */
public final class DeferredResponse {

  /**
   * The time an answer may take beside the wait itself: Kafka takes up to 10 s for the record, and
   * the flow is read for up to 5 s afterwards.
   */
  private static final Duration MARGIN = Duration.ofSeconds(20);

  private DeferredResponse() {}

  /** An answer that waits for nothing but Kafka. */
  public static DeferredResult<ResponseEntity<Object>> of(
      CompletableFuture<ResponseEntity<Object>> answer) {
    DeferredResult<ResponseEntity<Object>> result = new DeferredResult<>(MARGIN.toMillis());
    settle(answer, result);
    return result;
  }

  /**
   * An answer behind a wait. When the client goes away, or the time is over, the wait is cancelled.
   *
   * @param patience how long the caller is ready to wait
   * @param otherwise the answer when even the margin is over
   */
  static DeferredResult<ResponseEntity<Object>> of(
      CompletableFuture<ResponseEntity<Object>> answer,
      FlowWaits.OpenWait wait,
      Duration patience,
      Supplier<ResponseEntity<Object>> otherwise) {
    DeferredResult<ResponseEntity<Object>> result =
        new DeferredResult<>(patience.plus(MARGIN).toMillis(), otherwise);
    result.onCompletion(wait::cancel);
    settle(answer, result);
    return result;
  }

  private static void settle(
      CompletableFuture<ResponseEntity<Object>> answer,
      DeferredResult<ResponseEntity<Object>> result) {
    CompletableFuture<?> unused =
        answer.whenComplete(
            (entity, failure) -> {
              if (failure == null) {
                result.setResult(entity);
              } else {
                result.setErrorResult(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
              }
            });
  }
}
