package io.doundo.worker.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.doundo.worker.StartedFlow;
import io.doundo.worker.autoconfigure.DocumentRegistration.NamedDocument;
import io.doundo.worker.autoconfigure.DocumentRegistration.Registration;
import io.doundo.worker.autoconfigure.DocumentRegistration.RegistrationState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;

/** A document is sent again until the orchestrator answers. */
class DocumentRegistrationTest {

  private static final RegistrationOutcome ACCEPTED =
      new RegistrationOutcome("tenants", true, List.of(), List.of());
  private static final RegistrationOutcome REFUSED =
      new RegistrationOutcome("tenants", false, List.of("steps: is missing"), List.of());

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private Function<Integer, CompletableFuture<RegistrationOutcome>> orchestrator =
      time -> CompletableFuture.completedFuture(ACCEPTED);

  private final SagaClient client =
      new SagaClient() {
        @Override
        public CompletableFuture<RegistrationOutcome> register(Resource document) {
          sent.add(document.getDescription());
          return orchestrator.apply(sent.size());
        }

        @Override
        public CompletableFuture<RegistrationOutcome> register(String location) {
          throw new UnsupportedOperationException();
        }

        @Override
        public StartedFlow start(String orchestration, Object payload) {
          throw new UnsupportedOperationException();
        }

        @Override
        public StartedFlow start(String orchestration, String flowId, Object payload) {
          throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> signal(
            String flowId, String name, String signalId, Object payload) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
      };

  private final DocumentRegistration registrations =
      new DocumentRegistration(client, Duration.ofMillis(10));

  @AfterEach
  void close() {
    registrations.close();
  }

  private static NamedDocument document(String name) {
    return new NamedDocument(name, new ByteArrayResource(new byte[0], name));
  }

  private void awaitStanding(String name, Registration expected) {
    await()
        .untilAsserted(() -> assertThat(registrations.states()).isEqualTo(Map.of(name, expected)));
  }

  @Test
  void aDocumentThatIsNotAnsweredIsSentAgainUntilItIs() {
    orchestrator =
        time ->
            switch (time) {
              case 1 -> throw new IllegalStateException("the broker is away");
              case 2 -> CompletableFuture.failedFuture(new IllegalStateException("still away"));
              default -> CompletableFuture.completedFuture(ACCEPTED);
            };
    registrations.register(List.of(document("a.yaml")));

    awaitStanding("a.yaml", new Registration(RegistrationState.ACCEPTED, null));
    assertThat(sent).hasSize(3);
  }

  @Test
  void aDocumentThatIsRefusedIsNotSentAgain() {
    orchestrator = time -> CompletableFuture.completedFuture(REFUSED);
    registrations.register(List.of(document("a.yaml")));

    awaitStanding("a.yaml", new Registration(RegistrationState.REFUSED, "steps: is missing"));
    assertThat(sent).hasSize(1);
  }

  @Test
  void theReasonIsKnownWhileItWaits() {
    CountDownLatch asked = new CountDownLatch(1);
    orchestrator =
        time -> {
          asked.countDown();
          return time == 1
              ? CompletableFuture.failedFuture(new IllegalStateException("no leader"))
              : new CompletableFuture<>();
        };
    registrations.register(List.of(document("a.yaml")));

    awaitStanding("a.yaml", new Registration(RegistrationState.WAITING, "no leader"));
  }

  /** Without a broker, a send blocks for seconds; the startup must not wait for it. */
  @Test
  void whoRegistersWaitsForNothing() throws InterruptedException {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    orchestrator =
        time -> {
          try {
            mayGoOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return CompletableFuture.completedFuture(ACCEPTED);
        };
    registrations.register(List.of(document("a.yaml"), document("b.yaml")));

    assertThat(registrations.states().values())
        .containsOnly(new Registration(RegistrationState.WAITING, null));
    mayGoOn.countDown();
    await().untilAsserted(() -> assertThat(sent).hasSize(2));
  }
}
