package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.StartRule;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Gives every event the flow it is about: live, to begin, ended and to be recalled, or not known
 * yet. Computes only; what is to be written goes into the plan. Not for several threads.
 */
final class FlowTurns implements Intake.Destination {

  private final FlowStores stores;
  private final TaskDefinitions definitions;
  private final Decisions decisions;
  private final FlowWriter writer;
  private final Waiting waiting;
  private final DeadLetters deadLetters;
  private final UndefinedStarts undefined;
  private final Clock clock;

  /** The orchestrator's clock, ms since the epoch. */
  interface Clock {
    long now();
  }

  FlowTurns(
      FlowStores stores,
      TaskDefinitions definitions,
      Decisions decisions,
      FlowWriter writer,
      Waiting waiting,
      DeadLetters deadLetters,
      Clock clock) {
    this.stores = stores;
    this.definitions = definitions;
    this.decisions = decisions;
    this.writer = writer;
    this.waiting = waiting;
    this.deadLetters = deadLetters;
    this.undefined = new UndefinedStarts(stores);
    this.clock = clock;
  }

  @Override
  public void onStart(
      InboundRecord record, StartEvent event, String flowId, boolean named, Plan plan) {
    String digest = Digests.ofStart(event.orchestrationName(), event.payload().bytes());
    byte[] row = stores.flows().get(flowId);
    boolean live = row != null && FlowValue.isFlow(row);
    if (!live && named && !mayBegin(flowId, digest, record, plan)) {
      return;
    }
    Turn turn = row != null && live ? liveTurn(row) : Turn.beginning(flowId, clock.now(), stores);
    if (!live) {
      define(turn, definitions.choose(event.orchestrationName(), record.appendedAt()), event);
    }
    FlowStarted started =
        new FlowStarted(
            turn.now(),
            flowId,
            Digests.incarnation(record),
            event.orchestrationName(),
            turn.add(event.payload()),
            digest,
            event.initiator());
    decisions.apply(turn, started, record);
    undefined.taken(record, turn, plan);
    if (row != null && !live) {
      waiting.release(HeldRecords.decode(row), turn, decisions, plan);
    }
    seal(turn, plan);
  }

  @Override
  public void onMessage(Message message, Plan plan) {
    byte[] row = stores.flows().get(message.flowId());
    if (row != null && FlowValue.isFlow(row)) {
      Turn turn = liveTurn(row);
      decisions.apply(turn, message.eventFor(turn), message.record());
      seal(turn, plan);
      return;
    }
    Stub stub = stores.stub(message.flowId());
    if (stub == null) {
      waiting.hold(message, row, clock.now(), plan);
    } else if (clock.now() > stub.undoableUntil()) {
      plan.send(deadLetters.of(message.record(), stub.windowOver()));
    } else {
      recall(message, plan);
    }
  }

  /** The archive has answered a recall: the record is taken by the flow as if it had not ended. */
  void onRecalled(RekeyCodec.Recalled recalled, Message message, Plan plan) {
    byte[] row = stores.flows().get(message.flowId());
    Stub stub = stores.stub(message.flowId());
    byte[] archived = recalled.flow();
    if (row != null && FlowValue.isFlow(row)) {
      onMessage(message, plan);
      return;
    }
    if (archived == null) {
      String reason = "flow " + message.flowId() + " has ended and has left the archive";
      plan.send(deadLetters.of(message.record(), reason));
      return;
    }
    Turn turn = turn(FlowStateCodec.decode(archived), Turn.Found.ARCHIVED);
    if (stub == null) {
      waiting.hold(message, row, clock.now(), plan);
    } else if (stub.isOf(turn.requireState())) {
      decisions.apply(turn, message.eventFor(turn), message.record());
    } else {
      // Another record has moved it on meanwhile; what was brought back is out of date.
      recall(message, plan);
    }
    seal(turn, plan);
  }

  /** A larger content that the archive gives back is kept for the flow that follows it. */
  void onRecalledContent(String flowId, RekeyCodec.RecalledContent content, Plan plan) {
    byte[] row = stores.flows().get(flowId);
    if (row == null || !FlowValue.isFlow(row)) {
      String key = FlowStores.contentKey(flowId, content.digest());
      plan.write(() -> stores.contents().put(key, content.bytes()));
    }
  }

  /** A turn that can be read is committed. One of an earlier life of the flowId is nobody's. */
  void onTurn(String flowId, RekeyCodec.Turn committed, Plan plan) {
    byte[] row = stores.flows().get(flowId);
    if (row == null || !FlowValue.isFlow(row)) {
      return;
    }
    Turn turn = liveTurn(row);
    if (turn.requireState().incarnation().equals(committed.incarnation())) {
      decisions.apply(turn, new TurnCommitted(turn.now(), committed.number()), null);
      seal(turn, plan);
    }
  }

  /**
   * @param at up to when everything is due, ms since the epoch
   */
  void onTimer(Timers.Timer timer, long at, Plan plan) {
    byte[] row = stores.flows().get(timer.flowId());
    if (row == null || !FlowValue.isFlow(row)) {
      waiting.expire(timer, row, plan);
      return;
    }
    Turn turn = liveTurn(row);
    if (turn.requireState().wakeAt() == timer.at()) {
      decisions.apply(turn, dueEvent(turn, at), undefined.of(turn));
    }
    if (turn.requireState().wakeAt() != timer.at()) {
      turn.clearTimer(timer.at());
    }
    seal(turn, plan);
  }

  private static FlowEvent dueEvent(Turn turn, long at) {
    boolean found = turn.requireState().status() == FlowStatus.WAITING && turn.definition() != null;
    return found ? new DefinitionFound(at) : new TimeReached(at);
  }

  /** Whether a start may use this flowId, as far as ended flows are concerned. */
  private boolean mayBegin(String flowId, String digest, InboundRecord record, Plan plan) {
    Stub stub = stores.stub(flowId);
    StartRule rule =
        stub == null ? StartRule.BEGIN : StartRule.of(stub.status(), stub.startDigest(), digest);
    if (stub != null && rule == StartRule.CONFLICT) {
      plan.send(
          deadLetters.of(
              record,
              "flowId %s was used by a flow that was started with other content and ended as %s"
                  .formatted(flowId, stub.status())));
    }
    return rule == StartRule.BEGIN;
  }

  private void recall(Message message, Plan plan) {
    plan.send(
        Outbound.of(Topics.ARCHIVE, message.flowId(), ArchiveCodec.encodeRecall(message.record())));
  }

  private Turn liveTurn(byte[] row) {
    return turn(FlowStateCodec.decode(row), Turn.Found.LIVE);
  }

  private Turn turn(StoredFlow flow, Turn.Found found) {
    Turn turn = Turn.of(flow, found, clock.now(), stores);
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    if (state.status() == FlowStatus.WAITING) {
      // Whatever comes may be the answer to a command of a transaction that had found the
      // definition and was aborted.
      Orchestration registered = definitions.choose(state.orchestrationName(), appendedAt(turn));
      define(turn, registered, turn.bytesOf(state.start()));
    } else {
      turn.runsOn(id == null ? null : definitions.of(id));
    }
    return turn;
  }

  /** When the flow's start was appended: by the broker's clock, like the definitions. */
  private long appendedAt(Turn waiting) {
    InboundRecord start = undefined.of(waiting);
    return start == null ? waiting.requireState().startedAt() : start.appendedAt();
  }

  private static void define(Turn turn, @Nullable Orchestration definition, StartEvent event) {
    define(turn, definition, event.payload().bytes());
  }

  private static void define(Turn turn, @Nullable Orchestration definition, byte[] payload) {
    turn.runsOn(definition);
    if (definition != null) {
      turn.foundBy(SearchValue.of(definition.searchKey(), payload));
    }
  }

  private void seal(Turn turn, Plan plan) {
    Orchestration definition = turn.definition();
    if (definition != null) {
      definitions.keep(definition, plan);
    }
    undefined.settled(turn, plan);
    writer.seal(turn, plan);
  }
}
