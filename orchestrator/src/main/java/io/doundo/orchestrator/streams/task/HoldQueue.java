package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.DeadLetters;
import io.doundo.orchestrator.streams.record.HeldRecords;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds answers and control records whose flow is not in the live store: it is not known, because
 * its start may still be on the way, or it has ended and is being read from the archive. Gives them
 * to the flow when it is there, and gives them up when it does not come. Not thread-safe.
 */
final class HoldQueue {

  private final EngineSettings settings;
  private final FlowStores stores;
  private final Timers timers;
  private final InputRouter router;
  private final DeadLetters deadLetters;
  private final EngineMeters meters;

  HoldQueue(
      EngineSettings settings,
      FlowStores stores,
      Timers timers,
      InputRouter router,
      DeadLetters deadLetters,
      EngineMeters meters) {
    this.settings = settings;
    this.stores = stores;
    this.timers = timers;
    this.router = router;
    this.deadLetters = deadLetters;
    this.meters = meters;
  }

  /**
   * Holds a record for a flow that is not known.
   *
   * @param row what the flows store has under the flowId, null or held records
   */
  void hold(Message message, byte @Nullable [] row, long now, Plan plan) {
    hold(message, row, now + settings.hold().toMillis(), "is not known", plan);
  }

  /**
   * Holds a record for a flow that has ended.
   *
   * @param row what the flows store has under the flowId, null or held records
   * @param until when a timer is to fire for it, unless one is set already
   */
  void holdForRecall(Message message, byte @Nullable [] row, long until, Plan plan) {
    hold(message, row, until, "has ended and is being read from the archive", plan);
  }

  private void hold(Message message, byte @Nullable [] row, long until, String why, Plan plan) {
    String flowId = message.flowId();
    HeldRecords held = row == null ? new HeldRecords(until, List.of()) : HeldRecords.decode(row);
    String refusal = held.refusal(message.record(), settings);
    if (!refusal.isEmpty()) {
      plan.send(
          deadLetters.of(message.record(), "flow %s %s, and %s".formatted(flowId, why, refusal)));
      return;
    }
    meters.recordHeld();
    byte[] value = held.with(message.record()).encode();
    plan.write(() -> stores.hold(flowId, value));
    if (row == null) {
      plan.write(() -> timers.set(new Timers.Timer(until, flowId)));
    }
  }

  /** The flow is there: what was held for it is taken in the order in which it came. */
  void release(HeldRecords held, FlowUpdate update, Decisions decisions, Plan plan) {
    update.replacesHeld(held);
    for (InputRecord record : held.records()) {
      update.causedAt(record.appendedAt());
      try {
        Message message = router.decode(record);
        decisions.apply(update, message.eventFor(update), record);
      } catch (MalformedRecordException e) {
        plan.send(deadLetters.of(record, e.reason()));
      }
    }
  }

  /**
   * The purpose of a timer; null when it is about nothing any more.
   *
   * @param row what the flows store has under the flowId, null or held records
   */
  static @Nullable HeldRecords heldUntil(Timers.Timer timer, byte @Nullable [] row) {
    HeldRecords held = row == null ? null : HeldRecords.decode(row);
    return held == null || held.until() != timer.at() ? null : held;
  }

  /** They are held for longer. */
  void postpone(String flowId, HeldRecords held, long until, Plan plan) {
    byte[] value = new HeldRecords(until, held.records()).encode();
    plan.write(() -> timers.clear(new Timers.Timer(held.until(), flowId)));
    plan.write(() -> stores.hold(flowId, value));
    plan.write(() -> timers.set(new Timers.Timer(until, flowId)));
  }

  /** No start came. */
  void expire(String flowId, HeldRecords held, Decisions decisions, long now, Plan plan) {
    String reason =
        "flow %s is unknown, and no start for it arrived within %d s"
            .formatted(flowId, settings.hold().toSeconds());
    giveUp(flowId, held, reason, decisions, now, plan);
  }

  /** They become dead letters; what other flows have told is answered. */
  void giveUp(
      String flowId, HeldRecords held, String reason, Decisions decisions, long now, Plan plan) {
    plan.write(() -> timers.clear(new Timers.Timer(held.until(), flowId)));
    plan.write(() -> stores.drop(flowId));
    for (InputRecord record : held.records()) {
      try {
        if (record.source() == InputSource.TOLD
            && router.decode(record) instanceof FlowMessages.Incoming message) {
          answerForNobody(message, decisions, now, plan);
          continue;
        }
      } catch (MalformedRecordException e) {
        plan.send(deadLetters.of(record, e.reason()));
        continue;
      }
      plan.send(deadLetters.of(record, reason));
    }
  }

  /** The flow is not there any more: whoever has told it something hears so. */
  void answerForNobody(FlowMessages.Incoming message, Decisions decisions, long now, Plan plan) {
    FlowUpdate nobody = FlowUpdate.beginning(message.flowId(), now, stores, plan);
    decisions.apply(nobody, message.eventFor(nobody), message.record());
  }
}
