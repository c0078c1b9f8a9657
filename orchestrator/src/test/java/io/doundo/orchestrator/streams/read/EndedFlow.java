package io.doundo.orchestrator.streams.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.List;
import java.util.Map;

/** Flows that have ended, and their stubs. */
final class EndedFlow {

  private EndedFlow() {}

  /** A flow without steps. */
  static FlowState state(String flowId, int transitions, byte[] start) {
    FlowOrigin origin =
        new FlowOrigin(
            flowId,
            Digests.of(flowId.getBytes(UTF_8)),
            "order",
            null,
            new Content(Digests.of(start), start.length, true),
            null,
            Digests.of(start),
            1);
    return new FlowState(
        origin,
        null,
        FlowStatus.COMPLETED,
        null,
        false,
        null,
        null,
        new FlowTimes(2, 3, 0, 0),
        TurnState.NONE,
        transitions,
        List.of(),
        FlowNotes.NONE);
  }

  /** The same with nothing of its contents. */
  static StoredFlow stored(String flowId, int transitions) {
    return new StoredFlow(state(flowId, transitions, new byte[] {'1'}), null, Map.of());
  }

  /** What the flow has left behind. */
  static FlowStub stub(FlowState state, long archivedAt) {
    return new FlowStub(
        state.status(),
        state.incarnation(),
        state.origin().digest(),
        state.transitions(),
        state.times().endedAt(),
        Long.MAX_VALUE,
        archivedAt);
  }
}
