package io.doundo.launcher.chaos;

import io.doundo.protocol.ControlAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * All that a run will do, and when, in milliseconds from its beginning. The outcome is up to the
 * processes; the plan itself depends on the settings alone. Each list is in order of time.
 */
record ChaosPlan(
    ChaosSettings settings,
    List<PlannedStart> starts,
    List<PlannedFault> faults,
    List<PlannedVerb> verbs,
    List<PlannedSignal> signals) {

  /** A flow is started. */
  record PlannedStart(long at, String flowId, String orchestration, String payload) {
    @Override
    public String toString() {
      return "%s  start   %s of %s %s".formatted(clock(at), flowId, orchestration, payload);
    }
  }

  /**
   * A fault strikes.
   *
   * @param target which process of its kind, from 0
   * @param length how long a process is down or frozen, or what lies back how long is repeated
   */
  record PlannedFault(long at, Fault fault, int target, long length) {
    @Override
    public String toString() {
      String which =
          fault.target() == Fault.FaultTarget.NONE || fault.target() == Fault.FaultTarget.REDIS
              ? ""
              : "-" + (target + 1);
      return "%s  fault   %s%s for %.1f s"
          .formatted(clock(at), fault.label(), which, length / 1_000.0);
    }
  }

  /** An operator interferes. */
  record PlannedVerb(
      long at, String controlId, String flowId, ControlAction action, @Nullable String step) {
    @Override
    public String toString() {
      return "%s  verb    %s %s%s"
          .formatted(clock(at), action, flowId, step == null ? "" : " at " + step);
    }
  }

  /**
   * A signal is sent.
   *
   * @param amount the amount in its payload; flows accept less than ten
   */
  record PlannedSignal(long at, String signalId, String flowId, String name, int amount) {

    /** The very same signal at another time. */
    PlannedSignal at(long another) {
      return new PlannedSignal(another, signalId, flowId, name, amount);
    }

    @Override
    public String toString() {
      return "%s  signal  %s [%s] of %d to %s".formatted(clock(at), name, signalId, amount, flowId);
    }
  }

  ChaosPlan {
    starts = List.copyOf(starts);
    faults = List.copyOf(faults);
    verbs = List.copyOf(verbs);
    signals = List.copyOf(signals);
  }

  /** The plan of these settings. */
  static ChaosPlan of(ChaosSettings settings) {
    List<PlannedStart> starts = new FlowMix(settings).starts();
    return new ChaosPlan(
        settings,
        starts,
        new FaultSchedule(settings).faults(),
        new OperatorSchedule(settings).verbs(starts),
        new SignalSchedule(settings).signals(starts));
  }

  /** The longest time for which anything is away. */
  Duration longestOutage() {
    return Duration.ofMillis(
        faults.stream()
            .filter(planned -> planned.fault().target() != Fault.FaultTarget.NONE)
            .mapToLong(PlannedFault::length)
            .max()
            .orElse(0));
  }

  /** Writes it down, a line for each thing that will be done. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(settings.toString());
    faults.forEach(planned -> lines.add(planned.toString()));
    starts.forEach(start -> lines.add(start.toString()));
    verbs.forEach(verb -> lines.add(verb.toString()));
    signals.forEach(signal -> lines.add(signal.toString()));
    Files.write(file, lines);
  }

  /** {@code 01:05.250} */
  static String clock(long ms) {
    return String.format(Locale.ROOT, "%02d:%02d.%03d", ms / 60_000, ms / 1_000 % 60, ms % 1_000);
  }
}
