package io.doundo.examples.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.world.Store;
import io.doundo.examples.world.TestWorld;
import io.doundo.examples.world.Thing;
import io.doundo.worker.testkit.SagaStage;
import io.doundo.worker.testkit.StagedFlow;
import io.doundo.worker.testkit.UndoRehearsal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantRehearsalTest {

  private static final String ORCHESTRATION = "registration-examples/initiator-registration.yaml";

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    int runs =
        UndoRehearsal.of(ORCHESTRATION, Map.of("tenantName", "acme"))
            .leavesNothing(
                new TestWorld(directory)
                    .worlds(Set.of(), world -> List.of(new TenantWorker(world))));

    assertThat(runs).isGreaterThan(40);
  }

  @Test
  void whatTheWorldIsToldToDoHappens() {
    Store store = new TestWorld(directory).store();
    Map<String, ?> behave =
        Map.of(
            "createClient", Map.of("do", Map.of("failTimes", 1)),
            "assignRoles", Map.of("do", Map.of("throwTimes", 9), "undo", Map.of("failTimes", 1)));
    try (SagaStage stage =
        SagaStage.of(ORCHESTRATION).with(new TenantWorker(TestWorld.of(store)))) {
      StagedFlow flow = stage.start(Map.of("tenantName", "acme", "behave", behave));
      flow.expectDo("createRealm").handled();
      flow.expectDo("createClient").handled();
      flow.expectDo("createClient").handled();
      assertThat(store.things())
          .extracting(Thing::step)
          .containsExactly("createClient", "createRealm");
      flow.expectDo("assignRoles").handled();
      flow.expectDo("assignRoles").handled();
      flow.expectDo("assignRoles").handled();
      flow.expectUndo("assignRoles").handled();
      flow.expectUndo("assignRoles").handled();
      flow.plays().expectUndone();
    }
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger()).hasSize(6);
  }
}
