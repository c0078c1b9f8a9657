package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.chaos.ChaosPlan.PlannedVerb;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Draws what operators do to flows, soon after these have started. Many a verb is refused where the
 * flow then stands; a pause is always followed by a resume.
 */
final class OperatorSchedule {

  private static final int PER_MILLE_TOUCHED = 120;
  private static final long SOONEST_MS = 50;
  private static final long LATEST_MS = 12_000;
  private static final long LONGEST_PAUSE_MS = 6_000;

  private final Random random;
  private final List<PlannedVerb> verbs = new ArrayList<>();

  OperatorSchedule(ChaosSettings settings) {
    this.random = new Random(settings.seed() * 31 + 2);
  }

  List<PlannedVerb> verbs(List<PlannedStart> starts) {
    for (PlannedStart start : starts) {
      if (random.nextInt(1_000) < PER_MILLE_TOUCHED) {
        touch(start);
      }
    }
    verbs.sort(Comparator.comparingLong(PlannedVerb::at));
    return verbs;
  }

  private void touch(PlannedStart start) {
    long at = start.at() + SOONEST_MS + random.nextLong(LATEST_MS);
    List<String> steps = ChaosOrchestrations.steps(start.orchestration());
    String step = steps.get(random.nextInt(steps.size()));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> add(at, start, ControlAction.CANCEL, null);
      case 3, 4 -> add(at, start, ControlAction.UNDO, null);
      case 5, 6 -> {
        add(at, start, ControlAction.PAUSE, null);
        add(at + 1 + random.nextLong(LONGEST_PAUSE_MS), start, ControlAction.RESUME, null);
      }
      case 7 -> add(at, start, ControlAction.RETRY, step);
      case 8 -> add(at, start, ControlAction.SKIP, step);
      default -> add(at, start, ControlAction.ABANDON, null);
    }
  }

  private void add(long at, PlannedStart start, ControlAction action, @Nullable String step) {
    verbs.add(new PlannedVerb(at, "chaos-" + verbs.size(), start.flowId(), action, step));
  }
}
