package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lists may stand in for a flow only if they are up to date and complete. */
class FlowsTest {

  private static final Map<String, byte[]> CONTENTS =
      Map.of(
          Flow.PAYLOAD.digest(),
          new byte[] {'{', '}'},
          Flow.RESULT.digest(),
          new byte[] {'{', '}'});

  private final FlowState ended =
      Flow.started(TestDefinitions.chain("order", "pay"), "flow-1", 1).succeeded("pay", 2).state();

  private static AuditRecord transition(String incarnation, int number) {
    return new AuditRecord(
        "flow-1",
        incarnation,
        "order",
        null,
        number,
        2,
        "COMPLETED",
        RawJson.trusted(new byte[] {'{', '}'}),
        List.of());
  }

  private boolean isWholeSince(AuditRecord transition, Map<String, byte[]> contents) {
    return Flows.isWholeSince(transition, new StoredFlow(ended, null, contents));
  }

  @Test
  void aFlowIsReadFromTheListsAtItsTransitionAndLater() {
    AuditRecord end = transition(ended.incarnation(), ended.transitions());
    assertThat(isWholeSince(end, CONTENTS)).isTrue();
    assertThat(isWholeSince(transition(ended.incarnation(), 1), CONTENTS)).isTrue();
  }

  @Test
  void anEarlierStateIsNotTaken() {
    AuditRecord later = transition(ended.incarnation(), ended.transitions() + 1);
    assertThat(isWholeSince(later, CONTENTS)).isFalse();
  }

  @Test
  void anotherLifeOfTheFlowIdIsNotTaken() {
    AuditRecord ofAnother = transition("f".repeat(32), 1);
    assertThat(isWholeSince(ofAnother, CONTENTS)).isFalse();
  }

  @Test
  void aFlowWithoutItsLargeContentsIsNotTaken() {
    AuditRecord end = transition(ended.incarnation(), ended.transitions());
    assertThat(isWholeSince(end, Map.of(Flow.PAYLOAD.digest(), new byte[] {'{', '}'}))).isFalse();
  }
}
