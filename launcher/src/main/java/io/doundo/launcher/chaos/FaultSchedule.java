package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Draws the faults of a run: first each kind once, in random order, then any. */
final class FaultSchedule {

  /** Longer than the session of an orchestrator, 8 s, and than any step, with which leases end. */
  private static final long FROZEN_MS = 10_000;

  private static final long MOST_MORE_MS = 4_000;
  private static final long FIRST_MS = 3_000;

  private final ChaosSettings settings;
  private final Random random;

  FaultSchedule(ChaosSettings settings) {
    this.settings = settings;
    this.random = new Random(settings.seed() * 31 + 1);
  }

  List<PlannedFault> faults() {
    List<PlannedFault> faults = new ArrayList<>();
    List<Fault> kinds = new ArrayList<>();
    long pause = settings.pause().toMillis();
    for (long at = FIRST_MS; at < settings.length().toMillis(); at += pause / 2 + below(pause)) {
      if (kinds.isEmpty()) {
        kinds.addAll(Arrays.asList(Fault.values()));
        Collections.shuffle(kinds, random);
      }
      faults.add(plannedFault(at, kinds.remove(kinds.size() - 1)));
    }
    return faults;
  }

  private PlannedFault plannedFault(long at, Fault fault) {
    int targets =
        switch (fault.target()) {
          case ORCHESTRATOR -> settings.orchestrators();
          case WORKER -> settings.workers();
          case BROKER -> settings.brokers();
          case REDIS, NONE -> 1;
        };
    long length =
        switch (fault) {
          case FREEZE_ORCHESTRATOR, FREEZE_WORKER -> FROZEN_MS + below(MOST_MORE_MS);
          case KILL_ORCHESTRATOR,
              KILL_WORKER,
              KILL_BROKER,
              RESTART_BROKER,
              KILL_REDIS,
              RESTART_REDIS,
              EMPTY_REDIS ->
              below(MOST_MORE_MS);
          case REPEAT_COMMANDS, REPEAT_ANSWERS, REPEAT_STARTS -> 2_000 + below(MOST_MORE_MS);
          case FLUSH_REDIS, REREGISTER, ROLLING_RESTART -> 0;
        };
    return new PlannedFault(at, fault, random.nextInt(targets), length);
  }

  private long below(long bound) {
    return random.nextLong(bound);
  }
}
