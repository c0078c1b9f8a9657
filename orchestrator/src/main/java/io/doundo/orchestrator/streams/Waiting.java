package io.doundo.orchestrator.streams;

import io.doundo.protocol.MalformedRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds answers and control records whose flow is not known, because its start may still be on the
 * way; gives them to the flow when it begins, and gives them up when it does not. Not for several
 * threads.
 */
final class Waiting {

  private final EngineSettings settings;
  private final FlowStores stores;
  private final Timers timers;
  private final Intake intake;
  private final DeadLetters deadLetters;

  Waiting(
      EngineSettings settings,
      FlowStores stores,
      Timers timers,
      Intake intake,
      DeadLetters deadLetters) {
    this.settings = settings;
    this.stores = stores;
    this.timers = timers;
    this.intake = intake;
    this.deadLetters = deadLetters;
  }

  /**
   * @param row what the flows store has under the flowId, null or held records
   */
  void hold(Message message, byte @Nullable [] row, long now, Plan plan) {
    String flowId = message.flowId();
    long until = now + settings.hold().toMillis();
    HeldRecords held = row == null ? new HeldRecords(until, List.of()) : HeldRecords.decode(row);
    String refusal = held.refusal(message.record(), settings);
    if (!refusal.isEmpty()) {
      plan.send(
          deadLetters.of(
              message.record(), "flow %s is not known, and %s".formatted(flowId, refusal)));
      return;
    }
    byte[] value = held.with(message.record()).encode();
    plan.write(() -> stores.flows().put(flowId, value));
    if (row == null) {
      plan.write(() -> timers.set(new Timers.Timer(until, flowId)));
    }
  }

  /** The flow has begun: what was held for it is taken in the order in which it came. */
  void release(HeldRecords held, Turn turn, Decisions decisions, Plan plan) {
    turn.replacesHeld(held);
    for (InboundRecord record : held.records()) {
      try {
        decisions.apply(turn, intake.decode(record).eventFor(turn), record);
      } catch (MalformedRecordException e) {
        plan.send(deadLetters.of(record, e.reason()));
      }
    }
  }

  /**
   * @param row what the flows store has under the flowId, null or held records
   */
  void expire(Timers.Timer timer, byte @Nullable [] row, Plan plan) {
    plan.write(() -> timers.clear(timer));
    if (row == null) {
      return;
    }
    HeldRecords held = HeldRecords.decode(row);
    if (held.until() != timer.at()) {
      return;
    }
    plan.write(() -> stores.flows().delete(timer.flowId()));
    for (InboundRecord record : held.records()) {
      plan.send(
          deadLetters.of(
              record,
              "no flow %s is known, and no start for it came within %d s"
                  .formatted(timer.flowId(), settings.hold().toSeconds())));
    }
  }
}
