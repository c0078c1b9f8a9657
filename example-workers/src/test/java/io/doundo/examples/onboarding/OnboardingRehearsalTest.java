package io.doundo.examples.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.world.Store;
import io.doundo.examples.world.TestWorld;
import io.doundo.worker.testkit.SagaStage;
import io.doundo.worker.testkit.UndoRehearsal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnboardingRehearsalTest {

  private static final String ORCHESTRATION =
      "registration-examples/parallel-initiator-registration.yaml";

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    UndoRehearsal.of(ORCHESTRATION, Map.of("userName", "ada", "email", "ada@acme.example"))
        .leavesNothing(
            new TestWorld(directory)
                .worlds(
                    Set.of("sendWelcomeEmail"),
                    world -> List.of(new OnboardingWorker(world), new PreferencesHandler(world))));
  }

  @Test
  void anAddressThatIsNoneUndoesTheRest() {
    Store store = new TestWorld(directory).store();
    try (SagaStage stage =
        SagaStage.of(ORCHESTRATION)
            .with(
                new OnboardingWorker(TestWorld.of(store)),
                new PreferencesHandler(TestWorld.of(store)))) {
      stage.start(Map.of("userName", "ada", "email", "nowhere")).plays().expectUndone();
    }
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger()).hasSize(6);
  }
}
