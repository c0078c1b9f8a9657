package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.HeldRecords;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.task.FlowUpdates.Clock;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What comes for flows that have ended. It is held in the flows store while the flow is read from
 * the archive, and then given to the flow as if it had not ended. Computes only; writes go into the
 * plan. Not thread-safe.
 */
final class EndedFlows {

  /** The first pause before the archive is queried again for a flow that it has not returned. */
  private static final long ASK_AGAIN_MS = 1_000;

  private static final long LONGEST_ASK_AGAIN_MS = 30_000;

  private final FlowStores stores;
  private final Timers timers;
  private final ArchiveRequests archiveRequests;
  private final FlowOpener opener;
  private final Decisions decisions;
  private final HoldQueue holdQueue;
  private final DeadLetters deadLetters;
  private final Duration repairWindow;
  private final Clock clock;

  EndedFlows(
      FlowStores stores,
      Timers timers,
      ArchiveRequests archiveRequests,
      FlowOpener opener,
      Decisions decisions,
      HoldQueue holdQueue,
      DeadLetters deadLetters,
      Duration repairWindow,
      Clock clock) {
    this.stores = stores;
    this.timers = timers;
    this.archiveRequests = archiveRequests;
    this.opener = opener;
    this.decisions = decisions;
    this.holdQueue = holdQueue;
    this.deadLetters = deadLetters;
    this.repairWindow = repairWindow;
    this.clock = clock;
  }

  /**
   * Something is told to an ended flow. A request that comes too late becomes a dead letter.
   *
   * @param held the records that are held for the flow already; null for none
   */
  void onMessage(Message message, FlowStub stub, byte @Nullable [] held, Plan plan) {
    if (!(message instanceof FlowMessages.Incoming)
        && message.record().appendedAt() > latest(message, stub)) {
      plan.send(deadLetters.of(message.record(), tooLate(message, stub)));
    } else {
      holdQueue.holdForRecall(message, held, clock.now() + ASK_AGAIN_MS, plan);
      plan.write(() -> archiveRequests.ask(message.flowId(), stub));
    }
  }

  private String tooLate(Message message, FlowStub stub) {
    if (message instanceof ControlMessage control) {
      boolean isSignal = control.command().action() == ControlAction.SIGNAL;
      return isSignal ? stub.waitsForNothing() : stub.undoWindowOver();
    }
    return stub.repairWindowOver(repairWindow);
  }

  /** Until when an ended flow is called back for a message, ms since the epoch. */
  private long latest(Message message, FlowStub stub) {
    long repairable = stub.repairableUntil(repairWindow);
    // The flow itself refuses a request that comes too late for it, and says so in its log.
    return message.record().source().kind() == InputSource.RecordKind.CONTROL
        ? Math.max(stub.undoableUntil(), repairable)
        : repairable;
  }

  /** The archive has answered: records held for the flow are processed as if it had not ended. */
  void onRecalled(ArchiveRequests.ArchiveAnswer answer, Plan plan) {
    String flowId = answer.flowId();
    byte[] row = stores.flows().get(flowId);
    FlowStub stub = stores.stub(flowId);
    if (row == null || FlowValue.isFlow(row) || stub == null) {
      // A new life of the flowId has taken what was held, or the timer gives it up.
      return;
    }
    StoredFlow archived = answer.flow();
    if (!stub.equals(answer.stub())) {
      plan.write(() -> archiveRequests.ask(flowId, stub));
    } else if (archived == null) {
      String reason = "flow " + flowId + " has ended and has expired from the archive";
      giveUp(flowId, HeldRecords.decode(row), reason, plan);
    } else {
      FlowUpdate update = opener.open(archived, FlowUpdate.FoundIn.ARCHIVED, plan);
      update.supersedes(stub);
      holdQueue.release(HeldRecords.decode(row), update, decisions, plan);
      opener.seal(update, plan);
    }
  }

  /** Dead-letters the records held for this flow. */
  void onUnrecallable(String flowId, String reason, Plan plan) {
    byte[] row = stores.flows().get(flowId);
    if (row != null && !FlowValue.isFlow(row)) {
      giveUp(flowId, HeldRecords.decode(row), reason, plan);
    }
  }

  /** Dead-letters these records, which are held for the flow. */
  void giveUp(String flowId, HeldRecords held, String reason, Plan plan) {
    holdQueue.giveUp(flowId, held, reason, decisions, clock.now(), plan);
  }

  /** Records that are held for a flow are due: the archive is asked again, or they expire. */
  void onHeldTimer(Timers.Timer timer, byte @Nullable [] row, Plan plan) {
    String flowId = timer.flowId();
    HeldRecords held = HoldQueue.heldUntil(timer, row);
    if (held == null) {
      plan.write(() -> timers.clear(timer));
      return;
    }
    FlowStub stub = stores.stub(flowId);
    if (stub == null) {
      holdQueue.expire(flowId, held, decisions, clock.now(), plan);
    } else {
      // Not answered yet, or asked for by a task that was closed since.
      long now = clock.now();
      holdQueue.postpone(flowId, held, now + untilAskedAgain(held, now), plan);
      plan.write(() -> archiveRequests.ask(flowId, stub));
    }
  }

  /** Doubles the time waited so far, so that a slow broker is queried less and less often. */
  private static long untilAskedAgain(HeldRecords held, long now) {
    long waited = held.records().isEmpty() ? 0 : now - held.records().get(0).appendedAt();
    return Math.max(ASK_AGAIN_MS, Math.min(waited, LONGEST_ASK_AGAIN_MS));
  }
}
