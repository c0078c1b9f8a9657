package io.doundo.bench.stack;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The settings of a measurement.
 *
 * @param modes product modes; the limit is always measured beside them
 * @param baseline the scenario with which the others are compared, if there is one
 * @param flows of three sequential steps in each repetition; other scenarios get as many hops
 * @param inFlight how many flows are on their way at once
 * @param warmUp how long each installation is warmed up
 * @param leastLimit the least flows a second of the limit
 * @param patience how long the end of the next flow is waited for
 * @param lostFlow the number of a flow that plain workers leave unanswered, or -1
 */
public record BenchSettings(
    List<Mode> modes,
    List<Scenario> scenarios,
    Optional<Scenario> baseline,
    Set<Trial> trials,
    TrialSizes sizes,
    int flows,
    int inFlight,
    int repetitions,
    WarmUp warmUp,
    double leastLimit,
    Duration patience,
    int lostFlow,
    Scale scale) {

  private static final int FEWEST_FLOWS = 100;

  /** How many waiting flows there are when throughput is measured beside few. */
  private static final int FEW_LIVE = 10_000;

  /**
   * How large the trials are.
   *
   * @param latencySeconds how long flows are started for a figure of latency
   * @param recoveryFlows how many flows are in flight when the orchestrator is killed
   * @param liveFlows how many flows wait
   * @param items of the list of flows; the lists beside which latency is measured have a tenth
   */
  public record TrialSizes(double latencySeconds, int recoveryFlows, int liveFlows, int items) {

    /** How many flows wait for the figure that the other one is compared with. */
    public int fewLiveFlows() {
      return Math.max(1, Math.min(FEW_LIVE, liveFlows / 10));
    }
  }

  /**
   * The installation that the product runs on.
   *
   * @param brokers one, or three with three replicas of everything
   * @param instances orchestrator processes
   * @param orchestratorHeap of each, as in {@code -Xmx}
   * @param orchestratorArguments further settings of the orchestrator, such as {@code --a.b=c}
   * @param workerArguments the same of the SDK's workers
   */
  public record Scale(
      int partitions,
      int brokers,
      int instances,
      String orchestratorHeap,
      List<String> orchestratorArguments,
      List<String> workerArguments) {

    public Scale {
      orchestratorArguments = List.copyOf(orchestratorArguments);
      workerArguments = List.copyOf(workerArguments);
    }
  }

  public BenchSettings {
    modes = List.copyOf(modes);
    scenarios = List.copyOf(scenarios);
    trials = Set.copyOf(trials);
  }

  /** The same with other settings of the orchestrator. */
  public BenchSettings withOrchestratorArguments(List<String> arguments) {
    return withArguments(arguments, scale.workerArguments());
  }

  /** The same with other settings of the orchestrator and of the SDK's workers. */
  public BenchSettings withArguments(
      List<String> orchestratorArguments, List<String> workerArguments) {
    return new BenchSettings(
        modes,
        scenarios,
        baseline,
        trials,
        sizes,
        flows,
        inFlight,
        repetitions,
        warmUp,
        leastLimit,
        patience,
        lostFlow,
        new Scale(
            scale.partitions(),
            scale.brokers(),
            scale.instances(),
            scale.orchestratorHeap(),
            orchestratorArguments,
            workerArguments));
  }

  /** Whether a mode is measured, apart from the waiting flows. */
  public boolean measures(Mode mode) {
    return !scenarios.isEmpty()
        || trials.contains(Trial.LATENCY)
        || measuresRecovery(mode)
        || measuresParts(mode);
  }

  public boolean measuresParts(Mode mode) {
    return trials.contains(Trial.PARTS) && mode.hasPlainWorkers();
  }

  public boolean measuresRecovery(Mode mode) {
    return trials.contains(Trial.RECOVERY) && mode.hasPlainWorkers();
  }

  /**
   * The scenarios that are registered and served, the one that everything is warmed up with first.
   * A fetch costs the broker something for each partition that is subscribed to, so there are none
   * that nothing is sent to.
   */
  List<Scenario> served() {
    return Stream.of(
            Stream.of(Scenario.SEQUENTIAL),
            baseline.stream(),
            scenarios.stream(),
            trials.contains(Trial.PARTS) ? Stream.of(Scenario.LIST) : Stream.<Scenario>empty())
        .flatMap(served -> served)
        .distinct()
        .toList();
  }

  /** How many flows of a scenario are started in each repetition. */
  public int flows(Scenario scenario) {
    int hops = Math.max(3, scenario.hops().size());
    int larger = scenario == Scenario.LARGE ? 5 : 1;
    return Math.max(Math.min(FEWEST_FLOWS, flows), flows / larger * 3 / hops);
  }

  /** Large flows are let in by tens where others are by hundreds. */
  public int inFlight(Scenario scenario) {
    return scenario == Scenario.LARGE ? Math.max(1, inFlight / 10) : inFlight;
  }
}
