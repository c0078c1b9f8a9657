package io.doundo.worker.autoconfigure;

import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;

/**
 * Registers documents, each again and again until the orchestrator has accepted or refused it.
 * Sends them on its own thread, because an unreachable broker blocks the sender. Thread-safe.
 */
final class DocumentRegistration implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DocumentRegistration.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * The documents to register.
   *
   * @param name for people
   */
  record NamedDocument(String name, Resource content) {}

  /** Where a registration stands. */
  enum RegistrationState {
    /** It is sent again until the orchestrator answers. */
    WAITING,
    ACCEPTED,
    /** The document must be changed; it is not sent again. */
    REFUSED
  }

  /**
   * Where a document's registration stands.
   *
   * @param problem why it is not accepted; null when it is, or when nothing is known yet
   */
  record Registration(RegistrationState state, @Nullable String problem) {}

  private final SagaClient client;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "saga-registrations");
            thread.setDaemon(true);
            return thread;
          });
  private final Retry retry;
  private final Map<String, Registration> registrations = new ConcurrentHashMap<>();

  DocumentRegistration(SagaClient client) {
    this(client, FIRST_PAUSE);
  }

  DocumentRegistration(SagaClient client, Duration firstPause) {
    this.client = client;
    this.retry =
        Retry.of(
            "registrations",
            RetryConfig.custom()
                .maxAttempts(Integer.MAX_VALUE)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(firstPause, 2, 0.2, LONGEST_PAUSE))
                .build());
  }

  /** Begins to register these, in this order. */
  void register(List<NamedDocument> documents) {
    for (NamedDocument document : documents) {
      registrations.put(document.name(), new Registration(RegistrationState.WAITING, null));
    }
    executor.execute(() -> documents.forEach(this::begin));
  }

  private void begin(NamedDocument document) {
    Retry.decorateCompletionStage(retry, executor, () -> once(document))
        .get()
        .whenComplete(
            (outcome, error) -> {
              if (error != null) {
                log.error("{} cannot be registered", document.name(), error);
                note(document, RegistrationState.REFUSED, String.valueOf(error.getMessage()));
              } else {
                report(document, outcome);
              }
            });
  }

  private CompletionStage<RegistrationOutcome> once(NamedDocument document) {
    CompletionStage<RegistrationOutcome> registered;
    try {
      registered = client.register(document.content());
    } catch (RuntimeException e) {
      registered = CompletableFuture.failedStage(e);
    }
    return registered.whenComplete(
        (outcome, error) -> {
          if (error != null) {
            String why = reason(error);
            log.warn("{} is not registered yet; sending it again: {}", document.name(), why);
            note(document, RegistrationState.WAITING, why);
          }
        });
  }

  private void report(NamedDocument document, RegistrationOutcome outcome) {
    if (outcome.accepted()) {
      log.info("{} is registered: {}", document.name(), outcome.orchestration());
      note(document, RegistrationState.ACCEPTED, null);
    } else {
      log.error("{} was refused by the orchestrator: {}", document.name(), outcome.problems());
      note(document, RegistrationState.REFUSED, String.join("; ", outcome.problems()));
    }
    outcome.warnings().forEach(warning -> log.warn("{}: {}", document.name(), warning));
  }

  private void note(NamedDocument document, RegistrationState state, @Nullable String problem) {
    registrations.put(document.name(), new Registration(state, problem));
  }

  private static String reason(Throwable error) {
    Throwable cause = error.getCause();
    Throwable told = error instanceof CompletionException && cause != null ? cause : error;
    String message = told.getMessage();
    return message == null ? told.getClass().getSimpleName() : message;
  }

  /** Where each document stands, by its name. */
  Map<String, Registration> states() {
    return new TreeMap<>(registrations);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
