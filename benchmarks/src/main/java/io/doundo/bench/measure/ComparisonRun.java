package io.doundo.bench.measure;

import io.doundo.bench.flow.AuditLogEnd;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.Measurement;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.Build;
import io.doundo.bench.stack.SteadyState;
import io.doundo.bench.stack.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Measures two builds against each other. Both run all the time, each with its own broker, Redis
 * and workers, and flows are sent to one of them at a time: A B, B A, A B and so on. Brokers, plain
 * workers and the driver are this build's on both sides.
 */
public final class ComparisonRun {

  private final BenchSettings settings;
  private final BenchSettings settingsOfA;
  private final boolean watched;
  private final int pairs;
  private final Optional<Scenario> baseline;
  private final Path data;
  private final Consumer<String> log;
  private final boolean countsInstructions;

  /**
   * @param settingsOfA the same but for the settings of the orchestrator, which may be others
   * @param watched whether B posts its traces and has a console open
   * @param baseline what A runs whatever B runs; the same as B if empty
   * @param data absolute
   */
  public ComparisonRun(
      BenchSettings settings,
      BenchSettings settingsOfA,
      boolean watched,
      int pairs,
      Optional<Scenario> baseline,
      Path data,
      boolean countsInstructions,
      Consumer<String> log) {
    this.settings = settings;
    this.settingsOfA = settingsOfA;
    this.watched = watched;
    this.pairs = pairs;
    this.baseline = baseline;
    this.data = data;
    this.countsInstructions = countsInstructions;
    this.log = log;
  }

  /** A build that is up. */
  private record BuildUnderTest(
      String letter, BenchStack stack, SystemUnderTest system, AuditLogEnd audit)
      implements AutoCloseable {
    @Override
    public void close() {
      system.close();
      stack.close();
    }
  }

  /**
   * Measures every mode and scenario.
   *
   * @throws RefusedRunException when there is nothing that may be reported
   */
  public List<BuildComparison> run(Build a, Build b)
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    List<BuildComparison> comparisons = new ArrayList<>();
    for (Mode mode : settings.modes()) {
      log.accept("starting %s twice: A is %s, B is %s".formatted(mode, a.name(), b.name()));
      try (Observers observers = new Observers();
          BuildUnderTest first = start("A", a, mode, settingsOfA);
          BuildUnderTest second = start("B", b, mode, watched ? posting(observers) : settings)) {
        if (watched) {
          observers.watch(second.stack().orchestrators().url());
        }
        for (Scenario scenario : settings.scenarios()) {
          comparisons.add(compare(mode, scenario, first, second));
        }
        if (watched) {
          observers.requireBusy();
          log.accept("B was watched: " + observers.seen());
        }
        first.audit().check(mode);
        second.audit().check(mode);
      }
    }
    return comparisons;
  }

  private BenchSettings posting(Observers observers) {
    List<String> arguments = new ArrayList<>(settings.scale().orchestratorArguments());
    arguments.add(observers.tracesSetting());
    return settings.withOrchestratorArguments(arguments);
  }

  private BuildUnderTest start(String letter, Build build, Mode mode, BenchSettings settingsOfBuild)
      throws IOException, InterruptedException, ExecutionException {
    BenchStack stack = new BenchStack(settingsOfBuild, data.resolve(mode + "-" + letter), build);
    try {
      stack.startBrokers();
      stack.startProduct(mode);
      return new BuildUnderTest(
          letter,
          stack,
          new SystemUnderTest(mode, stack, settings),
          AuditLogEnd.of(stack.bootstrapServers()));
    } catch (IOException | InterruptedException | ExecutionException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private BuildComparison compare(Mode mode, Scenario scenario, BuildUnderTest a, BuildUnderTest b)
      throws IOException, InterruptedException, RefusedRunException {
    Scenario first = baseline.orElse(scenario);
    BuildComparison.Warmth warm = warmUp(a, first, b, scenario);
    log.accept("%s, %s: A is %s".formatted(mode, first, warm.a()));
    log.accept("%s, %s: B is %s".formatted(mode, scenario, warm.b()));
    int flows = Math.min(settings.flows(first), settings.flows(scenario));
    List<BuildComparison.ComparedPair> measured = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      if (i % 2 == 0) {
        Measurement ofA = measure(a, first, flows);
        measured.add(new BuildComparison.ComparedPair(ofA, measure(b, scenario, flows)));
      } else {
        Measurement ofB = measure(b, scenario, flows);
        measured.add(new BuildComparison.ComparedPair(measure(a, first, flows), ofB));
      }
    }
    return new BuildComparison(mode, first, scenario, flows, warm, measured);
  }

  /** In turns, so that both have run for as long when the first pair is measured. */
  private BuildComparison.Warmth warmUp(
      BuildUnderTest a, Scenario baseline, BuildUnderTest b, Scenario scenario)
      throws IOException, InterruptedException, RefusedRunException {
    BuildComparison.Warmth warmth =
        new BuildComparison.Warmth(new SteadyState(), new SteadyState());
    WarmUp.WarmUpClock clock = settings.warmUp().start();
    do {
      warmth.a().add(a.system().warmUpWindow(baseline));
      warmth.b().add(b.system().warmUpWindow(scenario));
    } while (!clock.isOver(warmth.isSteady()));
    return warmth;
  }

  private Measurement measure(BuildUnderTest side, Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    Measurement measured = side.system().measured(scenario, flows, countsInstructions);
    log.accept(
        String.format(
            Locale.ROOT,
            "%s: %,.0f flows/s, %.0f µs of CPU a flow",
            side.letter(),
            measured.flowsPerSecond(),
            CpuClock.ofProduct(measured.cpu())));
    return measured;
  }
}
