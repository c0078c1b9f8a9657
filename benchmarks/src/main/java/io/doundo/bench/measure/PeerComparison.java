package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.peer.Peer;
import io.doundo.bench.peer.PeerRun;
import io.doundo.bench.peer.PeerUnavailableException;
import io.doundo.bench.peer.SearchPath;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.SteadyState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The product in mode full and other engines in one run, one after the other, each alone on the
 * machine and warmed up: three steps, the third step fails and two are undone, latency at 50 flows
 * a second. A peer that cannot be started, or that lost a flow, is reported without figures, and
 * the others go on.
 */
public final class PeerComparison {

  /** The name of the product among the results. */
  public static final String PRODUCT = "doundo";

  private static final Peer.PeerPromises PROMISES =
      new Peer.PeerPromises(
          "State, outcome and audit log of a flow are committed together. The fence answers a"
              + " repeated command from its record, and runs no DO after its UNDO or its deadline."
              + " The undos are the orchestrator's work, in reverse order.",
          "One broker acknowledges before its disk has the record, and Redis syncs its file once a"
              + " second: the death of any process loses nothing, a power cut of the only machine"
              + " may. A step whose worker dies is in doubt, and is asked again or undone.");

  private final BenchSettings settings;
  private final PeerSizes sizes;
  private final Path data;
  private final SearchPath searchPath;
  private final Consumer<String> log;

  /**
   * How much is asked of peers, and where their packages are kept.
   *
   * @param flows in each repetition
   * @param inFlight flows at once
   * @param packages absolute
   */
  public record PeerSizes(int flows, int inFlight, Path packages) {}

  /**
   * @param data absolute
   */
  public PeerComparison(
      BenchSettings settings,
      PeerSizes sizes,
      Path data,
      SearchPath searchPath,
      Consumer<String> log) {
    this.settings = settings;
    this.sizes = sizes;
    this.data = data;
    this.searchPath = searchPath;
    this.log = log;
  }

  /**
   * Measures the product and then the peers.
   *
   * @throws RefusedRunException when the product has lost a flow, or one ended wrongly
   */
  public List<PeerResult> run(List<Peer> peers)
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    List<PeerResult> results = new ArrayList<>();
    results.add(product());
    for (Peer peer : peers) {
      results.add(measure(peer));
    }
    return results;
  }

  private PeerResult product()
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    log.accept("starting %s, %s".formatted(PRODUCT, Mode.FULL.description()));
    try (BenchStack stack = new BenchStack(settings, data)) {
      stack.startBrokers();
      stack.startProduct(Mode.FULL);
      PeerResult.PeerFigures figures;
      try (SystemUnderTest system = new SystemUnderTest(Mode.FULL, stack, settings)) {
        figures =
            measure(PRODUCT, system, settings.inFlight(), settings.flows(Scenario.SEQUENTIAL));
      }
      stack.stopProduct();
      return new PeerResult(PRODUCT, PROMISES, facts(), Optional.of(figures), Optional.empty());
    }
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("version", "this build, mode full");
    facts.put(
        "settings",
        "%d partitions; acks=all, exactly_once_v2, audit log on; otherwise as they come"
            .formatted(settings.scale().partitions()));
    List<String> more =
        Stream.of(settings.scale().orchestratorArguments(), settings.scale().workerArguments())
            .flatMap(List::stream)
            .toList();
    if (!more.isEmpty()) {
      facts.put("further settings", String.join(" ", more));
    }
    facts.put(
        "processes",
        "Kafka brokers: %d, orchestrators: %d, a JVM with SDK workers, Redis with its file"
            .formatted(settings.scale().brokers(), settings.scale().instances()));
    return facts;
  }

  private PeerResult measure(Peer peer) throws InterruptedException {
    log.accept("starting " + peer.name());
    Path directory = data.resolve("peers").resolve(peer.name());
    Optional<PeerResult.PeerFigures> figures = Optional.empty();
    Optional<String> problem = Optional.empty();
    PeerRun run = new PeerRun(sizes.packages(), directory, searchPath);
    try (run) {
      peer.start(run);
      try (PeerUnderTest system =
          new PeerUnderTest(peer.name(), run, sizes.inFlight(), settings.patience())) {
        figures = Optional.of(measure(peer.name(), system, sizes.inFlight(), sizes.flows()));
      }
    } catch (PeerUnavailableException e) {
      problem = Optional.of("not measured. " + e.getMessage());
    } catch (RefusedRunException e) {
      problem = Optional.of("not reported: " + e.getMessage());
    } catch (IOException e) {
      problem = Optional.of("it failed: " + e.getMessage());
    }
    problem.ifPresent(reason -> log.accept("%s: %s".formatted(peer.name(), reason)));
    return new PeerResult(peer.name(), peer.promises(), run.facts(), figures, problem);
  }

  private PeerResult.PeerFigures measure(
      String name, ComparedSystem system, int inFlight, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    int window = Math.max(1, flows / 4);
    SteadyState warmth =
        settings
            .warmUp()
            .run(
                () ->
                    CpuClock.ofProduct(
                        system.poured(Scenario.SEQUENTIAL, window).cpuMicrosPerFlow()));
    log.accept("%s is %s".formatted(name, warmth));
    PeerResult.PeerThroughput success = throughput(name, system, Scenario.SEQUENTIAL, flows);
    system.poured(Scenario.UNDO, window);
    PeerResult.PeerThroughput undo = throughput(name, system, Scenario.UNDO, flows);
    return new PeerResult.PeerFigures(
        inFlight, flows, warmth.toString(), success, undo, latencies(name, system));
  }

  private PeerResult.PeerThroughput throughput(
      String name, ComparedSystem system, Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    List<PeerResult.PeerThroughput.PeerSample> samples = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      long before = system.diskBytes();
      ComparedSystem.PouredFlows poured = system.poured(scenario, flows);
      double bytes = (double) (system.diskBytes() - before) / flows;
      samples.add(
          new PeerResult.PeerThroughput.PeerSample(
              poured.flowsPerSecond(), poured.cpuMicrosPerFlow(), bytes));
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, %s: %,.0f flows/s, %,.0f bytes on disk a flow",
              name,
              scenario,
              poured.flowsPerSecond(),
              bytes));
    }
    return new PeerResult.PeerThroughput(scenario, samples);
  }

  private List<Latency.LatencySample> latencies(String name, ComparedSystem system)
      throws IOException, InterruptedException, RefusedRunException {
    double rate = LatencyTrial.LOW_RATE;
    int flows = Math.max(1, (int) (rate * settings.sizes().latencySeconds()));
    system.latency(Math.max(1, flows / 10), rate);
    List<Latency.LatencySample> samples = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      Latency.LatencySample sample = system.latency(flows, rate);
      samples.add(sample);
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, latency at %.0f flows/s: p50 %.1f ms, p99 %.1f ms",
              name,
              rate,
              sample.p50(),
              sample.p99()));
    }
    return samples;
  }
}
