package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.PlannedSignal;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Draws the signals to the flows that wait for one: most arrive in time, early or late, some twice,
 * under an unknown name, with an unacceptable payload, in a flood, or not at all.
 */
final class SignalSchedule {

  private static final String UNKNOWN = "aproved";
  private static final int ACCEPTED = 7;
  private static final int UNACCEPTABLE = 70;
  private static final int FLOOD = 40;
  private static final int SOON_MS = 6_000;
  private static final int LATE_MS = 12_000;

  private final Random random;
  private final List<PlannedSignal> signals = new ArrayList<>();

  SignalSchedule(ChaosSettings settings) {
    this.random = new Random(settings.seed() * 31 + 4);
  }

  List<PlannedSignal> signals(List<PlannedStart> starts) {
    for (PlannedStart start : starts) {
      if (ChaosOrchestrations.waitsForSignal(start.payload())) {
        signal(start);
      }
    }
    signals.sort(Comparator.comparingLong(PlannedSignal::at));
    return signals;
  }

  private void signal(PlannedStart start) {
    long soon = start.at() + random.nextLong(SOON_MS);
    switch (random.nextInt(12)) {
      case 0, 1 -> {
        // It times out.
      }
      case 2 -> add(soon, start, UNKNOWN, ACCEPTED);
      case 3 -> {
        add(soon, start, ChaosOrchestrations.SIGNAL, UNACCEPTABLE);
        add(soon + 500, start, ChaosOrchestrations.SIGNAL, ACCEPTED);
      }
      case 4, 5 -> {
        PlannedSignal once = add(soon, start, ChaosOrchestrations.SIGNAL, ACCEPTED);
        signals.add(once.at(soon + random.nextLong(SOON_MS)));
      }
      case 6 -> add(start.at() + LATE_MS, start, ChaosOrchestrations.SIGNAL, ACCEPTED);
      case 7 -> {
        for (int i = 0; i < FLOOD; i++) {
          add(start.at(), start, ChaosOrchestrations.SIGNAL, ACCEPTED);
        }
      }
      default -> add(soon, start, ChaosOrchestrations.SIGNAL, ACCEPTED);
    }
  }

  private PlannedSignal add(long at, PlannedStart start, String name, int amount) {
    PlannedSignal signal =
        new PlannedSignal(at, "signal-" + signals.size(), start.flowId(), name, amount);
    signals.add(signal);
    return signal;
  }
}
