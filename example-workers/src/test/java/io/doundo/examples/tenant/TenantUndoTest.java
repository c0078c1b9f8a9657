package io.doundo.examples.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.examples.external.Store;
import io.doundo.examples.external.TestExternalSystem;
import io.doundo.examples.external.Thing;
import io.doundo.worker.testkit.TestFlow;
import io.doundo.worker.testkit.TestOrchestrator;
import io.doundo.worker.testkit.UndoCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantUndoTest {

  private static final String ORCHESTRATION = "registration-examples/initiator-registration.yaml";

  @TempDir private Path directory;

  @Test
  void nothingIsLeftWhereverItIsInterrupted() {
    int runs =
        UndoCheck.of(ORCHESTRATION, Map.of("tenantName", "acme"))
            .leavesNothing(
                new TestExternalSystem(directory)
                    .worlds(Set.of(), external -> List.of(new TenantWorker(external))));

    assertThat(runs).isGreaterThan(40);
  }

  @Test
  void whatTheWorldIsToldToDoHappens() {
    Store store = new TestExternalSystem(directory).store();
    Map<String, ?> behave =
        Map.of(
            "createClient", Map.of("do", Map.of("failTimes", 1)),
            "assignRoles", Map.of("do", Map.of("throwTimes", 9), "undo", Map.of("failTimes", 1)));
    try (TestOrchestrator orchestrator =
        TestOrchestrator.of(ORCHESTRATION).with(new TenantWorker(TestExternalSystem.of(store)))) {
      TestFlow flow = orchestrator.start(Map.of("tenantName", "acme", "behave", behave));
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
      flow.runToEnd().expectUndone();
    }
    assertThat(store.things()).isEmpty();
    assertThat(store.ledger()).hasSize(6);
  }
}
