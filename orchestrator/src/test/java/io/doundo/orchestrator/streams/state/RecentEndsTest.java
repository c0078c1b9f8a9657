package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecentEndsTest {

  private static final Content PAYLOAD = new Content("0".repeat(32), 2, true);

  private final RecentEnds ends = new RecentEnds();

  private static StoredFlow ended(String flowId, String incarnation, long at, int bytes) {
    FlowStarted start =
        new FlowStarted(
            at, flowId, incarnation, "order", PAYLOAD, "2".repeat(32), null, null, "not active");
    FlowState state = new FlowDecider().decide(null, null, start).next();
    return new StoredFlow(
        Objects.requireNonNull(state), null, Map.of(PAYLOAD.digest(), new byte[bytes]));
  }

  private static FlowStub stubOf(StoredFlow flow) {
    FlowState state = flow.state();
    return new FlowStub(
        state.status(),
        state.incarnation(),
        state.origin().digest(),
        state.transitions(),
        state.times().endedAt(),
        0,
        0);
  }

  private boolean has(String flowId, StoredFlow flow) {
    return flow.equals(ends.find(flowId, stubOf(flow)));
  }

  @Test
  void aFlowIsFoundAsItsStubSaysThatItEnded() {
    StoredFlow flow = ended("f", "a".repeat(32), 5, 2);
    ends.add("f", flow);
    assertThat(has("f", flow)).isTrue();
    assertThat(ends.find("g", stubOf(flow))).isNull();
    assertThat(ends.find("f", stubOf(ended("f", "b".repeat(32), 5, 2)))).isNull();
    assertThat(ends.find("f", stubOf(ended("f", "a".repeat(32), 6, 2))))
        .as("decided again after an aborted transaction")
        .isNull();
  }

  @Test
  void theOldestMakeRoom() {
    StoredFlow first = ended("f-0", "a".repeat(32), 5, 2);
    ends.add("f-0", first);
    for (int i = 1; i < 2_000; i++) {
      ends.add("f-" + i, ended("f-" + i, "a".repeat(32), 5, 2));
    }
    assertThat(has("f-0", first)).isTrue();
    ends.add("f-0", first);
    StoredFlow last = ended("last", "a".repeat(32), 5, 2);
    ends.add("last", last);
    assertThat(has("f-0", first)).as("it ended again").isTrue();
    assertThat(ends.find("f-1", stubOf(ended("f-1", "a".repeat(32), 5, 2)))).isNull();
  }

  @Test
  void largeContentsCount() {
    StoredFlow large = ended("large", "a".repeat(32), 5, 9 * 1024 * 1024);
    ends.add("large", large);
    ends.add("large", large);
    assertThat(has("large", large)).isTrue();
    StoredFlow other = ended("other", "a".repeat(32), 5, 8 * 1024 * 1024);
    ends.add("other", other);
    assertThat(ends.find("large", stubOf(large))).isNull();
    assertThat(has("other", other)).isTrue();
  }
}
