package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.task.breaker.BreakerMachines;
import io.doundo.orchestrator.streams.task.schedule.ScheduleMachines;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All effects of one record or timer, computed before the first is applied: a store write cannot be
 * reverted when a later one fails. Whatever is added is complete and checked, so that carrying it
 * out can only fail with the engine itself. Not thread-safe.
 */
final class Plan implements ScheduleMachines.Sink, BreakerMachines.Sink {

  private final List<Runnable> writes = new ArrayList<>();
  private final List<OutputRecord> sends = new ArrayList<>();

  /** A store write, its value ready. */
  @Override
  public void write(Runnable write) {
    writes.add(write);
  }

  @Override
  public void send(OutputRecord record) {
    sends.add(record);
  }

  /** Does all of the other plan as well. */
  void add(Plan other) {
    writes.addAll(other.writes);
    sends.addAll(other.sends);
  }

  void carryOut(Consumer<OutputRecord> sink) {
    sendAll(sink);
    writeAll();
  }

  /** Comes before the writes: a command need not wait for them, they are committed together. */
  void sendAll(Consumer<OutputRecord> sink) {
    sends.forEach(sink);
  }

  void writeAll() {
    writes.forEach(Runnable::run);
  }
}
