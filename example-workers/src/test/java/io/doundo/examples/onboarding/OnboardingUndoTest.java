package io.doundo.examples.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.external.Store;
import io.doundo.examples.external.TestExternalSystem;
import io.doundo.worker.testkit.TestOrchestrator;
import io.doundo.worker.testkit.UndoCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnboardingUndoTest {

  private static final String ORCHESTRATION =
      "registration-examples/parallel-initiator-registration.yaml";

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    UndoCheck.of(ORCHESTRATION, Map.of("userName", "ada", "email", "ada@acme.example"))
        .leavesNothing(
            new TestExternalSystem(directory)
                .worlds(
                    Set.of("sendWelcomeEmail"),
                    external ->
                        List.of(new OnboardingWorker(external), new PreferencesHandler(external))));
  }

  @Test
  void anAddressThatIsNoneUndoesTheRest() {
    Store store = new TestExternalSystem(directory).store();
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(ORCHESTRATION)
            .with(
                new OnboardingWorker(TestExternalSystem.of(store)),
                new PreferencesHandler(TestExternalSystem.of(store)))) {
      orchestrator.start(Map.of("userName", "ada", "email", "nowhere")).runToEnd().expectUndone();
    }
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger()).hasSize(6);
  }
}
