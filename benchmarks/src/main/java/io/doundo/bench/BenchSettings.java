package io.doundo.bench;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is measured, and how.
 *
 * @param modes product modes; the limit is always measured beside them
 * @param flows of three sequential steps in each repetition; other scenarios get as many hops
 * @param inFlight how many flows are on their way at once
 * @param warmUp how long each installation is warmed up
 * @param latencySeconds how long flows are started for a figure of latency
 * @param leastLimit the least flows a second of the limit
 * @param patience how long the end of the next flow is waited for
 * @param lostFlow the number of a flow that plain workers leave unanswered, or -1
 * @param orchestratorArguments further settings of the orchestrator, such as {@code --a.b=c}
 */
record BenchSettings(
    List<Mode> modes,
    List<Scenario> scenarios,
    Set<Trial> trials,
    int flows,
    int inFlight,
    int partitions,
    int repetitions,
    Duration warmUp,
    double latencySeconds,
    double leastLimit,
    Duration patience,
    int lostFlow,
    List<String> orchestratorArguments) {

  private static final int FEWEST_FLOWS = 100;

  BenchSettings {
    modes = List.copyOf(modes);
    scenarios = List.copyOf(scenarios);
    trials = Set.copyOf(trials);
    orchestratorArguments = List.copyOf(orchestratorArguments);
  }

  /**
   * The scenarios that are registered and served, the one that everything is warmed up with first.
   * A fetch costs the broker something for each partition that is subscribed to, so there are none
   * that nothing is sent to.
   */
  List<Scenario> served() {
    return Stream.concat(Stream.of(Scenario.SEQUENTIAL), scenarios.stream()).distinct().toList();
  }

  /** How many flows of a scenario are started in each repetition. */
  int flows(Scenario scenario) {
    int hops = Math.max(3, scenario.hops().size());
    int larger = scenario == Scenario.LARGE ? 5 : 1;
    return Math.max(Math.min(FEWEST_FLOWS, flows), flows / larger * 3 / hops);
  }

  /** Large flows are let in by tens where others are by hundreds. */
  int inFlight(Scenario scenario) {
    return scenario == Scenario.LARGE ? Math.max(1, inFlight / 10) : inFlight;
  }
}
