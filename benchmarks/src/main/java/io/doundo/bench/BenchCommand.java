package io.doundo.bench;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.BenchResults;
import io.doundo.bench.measure.BenchRun;
import io.doundo.bench.measure.BuildComparison;
import io.doundo.bench.measure.ComparisonRun;
import io.doundo.bench.measure.MinimumLimit;
import io.doundo.bench.measure.PeerComparison;
import io.doundo.bench.peer.SearchPath;
import io.doundo.bench.process.InstructionCounter;
import io.doundo.bench.report.BenchReport;
import io.doundo.bench.report.ComparisonReport;
import io.doundo.bench.report.PeerReport;
import io.doundo.bench.report.ResultFiles;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.Build;
import io.doundo.bench.stack.Builds;
import io.doundo.bench.stack.Trial;
import io.doundo.bench.stack.WarmUp;
import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo bench}. */
@Command(
    name = "doundo bench",
    description = {
      "Measure this machine's limit and how close DoUndo comes to it, in one run on one"
          + " broker. A run is not reported if a flow was lost or ended wrongly, or if the"
          + " limit is too slow for the machine."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:the run was refused", "2:usage error"})
public final class BenchCommand implements Callable<Integer> {

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT);

  private static final String ALL = "all";

  private static final int WARM_UP_LIMIT = 120;
  private static final int COMPARED_WARM_UP_LIMIT = 600;

  /** The forms of the report. */
  enum ReportFormat {
    TEXT,
    JSON
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      split = ",",
      description = "Modes to compare with the limit: engine, audit, full (default: all).",
      defaultValue = "engine,audit,full")
  private List<Mode> modes = List.of();

  @Option(
      names = "--scenario",
      paramLabel = "SCENARIO",
      split = ",",
      description =
          "sequential, parallel, chain, fan-out, undo, retry, large; latency, recovery, live, parts;"
              + " or all (default: ${DEFAULT-VALUE}).",
      defaultValue = "sequential,latency")
  private List<String> scenarios = List.of();

  @Option(
      names = "--flows",
      paramLabel = "N",
      description = "Flows per repetition, for three sequential steps (default: ${DEFAULT-VALUE}).",
      defaultValue = "60000")
  private int flows;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description = "Number of flows in flight (default: ${DEFAULT-VALUE}).",
      defaultValue = "10000")
  private int inFlight;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Partitions of every topic (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private int partitions;

  @Option(
      names = "--brokers",
      paramLabel = "N",
      description =
          "One broker, or three with three replicas of everything, of which two must be in sync"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int brokers;

  @Option(
      names = "--instances",
      paramLabel = "N",
      description = "Number of orchestrator processes (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int instances;

  @Option(
      names = "--orchestrator-heap",
      paramLabel = "SIZE",
      description = "Heap of each orchestrator (default: ${DEFAULT-VALUE}).",
      defaultValue = "1g")
  private String orchestratorHeap = "";

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = "Repetitions of each measurement (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int repetitions;

  @Option(
      names = "--figures",
      description =
          "Print every figure of each repetition: sizes of batches, requests, switches, faults and"
              + " what the machine did. They are always in the JSON.")
  private boolean figures;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "Minimum warm-up (default: ${DEFAULT-VALUE}); after that, it continues until"
              + " eight windows cost the same as the eight before, within 3 %%. 0 disables the"
              + " warm-up.",
      defaultValue = "15")
  private int warmUpSeconds;

  @Option(
      names = "--warm-up-limit",
      paramLabel = "SECONDS",
      description =
          "Maximum warm-up until the windows agree (default: 120, and 600 with"
              + " --compare). If they do not, it is measured anyway, and the report says so.")
  private @Nullable Integer warmUpLimitSeconds;

  @Option(
      names = "--compare",
      paramLabel = "BUILD",
      arity = "2",
      description =
          "Compare two builds, A and B, instead: checkout directories, commits, or 'current' for"
              + " this one. The driver, brokers and plain workers are the current"
              + " build's for both.")
  private List<String> compared = List.of();

  @Option(
      names = "--baseline",
      paramLabel = "SCENARIO",
      description =
          "With --compare: A runs this scenario while B runs those of --scenario (default: the"
              + " same), which tells what a feature costs: --compare current current --baseline"
              + " sequential --scenario expressions.")
  private @Nullable String baseline;

  @Option(
      names = "--baseline-orchestrator",
      paramLabel = "--SETTING=VALUE",
      description =
          "With --compare: A's orchestrator has these settings instead of those of --orchestrator,"
              + " which tells what a part costs: --compare current current"
              + " --baseline-orchestrator=--doundo.search.enabled=false. May be repeated.")
  private List<String> baselineArguments = List.of();

  @Option(
      names = "--baseline-worker",
      paramLabel = "--SETTING=VALUE",
      description =
          "With --compare, in mode full: A's SDK workers have these settings instead of those of"
              + " --worker. May be repeated.")
  private List<String> baselineWorkerArguments = List.of();

  @Option(
      names = "--watched",
      description =
          "With --compare: B posts its traces, its meters are scraped, and a console is open.")
  private boolean watched;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "Number of pairs to measure (default: ${DEFAULT-VALUE}). On a machine whose windows"
              + " differ much, a hundred pairs of fewer --flows tell more than a few long ones.",
      defaultValue = "5")
  private int pairs;

  @Option(
      names = "--within",
      paramLabel = "PERCENT",
      description =
          "Builds count as equal if the 95 %% interval of the ratio is within this many percent"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private double withinPercent;

  @Option(
      names = "--latency-time",
      paramLabel = "SECONDS",
      description = "Duration of each latency measurement (default: ${DEFAULT-VALUE}).",
      defaultValue = "15")
  private double latencySeconds;

  @Option(
      names = "--recovery-flows",
      paramLabel = "N",
      description =
          "Number of flows in flight when the orchestrator is killed (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "50000")
  private int recoveryFlows;

  @Option(
      names = "--live-flows",
      paramLabel = "N",
      description =
          "Number of waiting flows while throughput is measured (default:" + " ${DEFAULT-VALUE}).",
      defaultValue = "1000000")
  private int liveFlows;

  @Option(
      names = "--items",
      paramLabel = "N",
      description =
          "Number of items of the list of flows, at least 10 and at most 10,000 (default:"
              + " ${DEFAULT-VALUE}). Latency is measured beside three lists of a tenth.",
      defaultValue = "10000")
  private int items;

  @Mixin private SingleTrials singleTrials = new SingleTrials();

  @Option(
      names = "--quick",
      description = "Quick run: a third of the flows and of the warm-up, one repetition.")
  private boolean quick;

  @Option(
      names = "--least-limit",
      paramLabel = "FLOWS/S",
      description =
          "Refuse the run if the limit is slower than this. Default: half of what a plain relay"
              + " reached on two cores; below that, no figure is reliable.")
  private @Nullable Double leastLimit;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description =
          "If no flow ends for this long, the rest counts as lost (default: ${DEFAULT-VALUE})."
              + " Flows that are started together pass their steps together, so on a busy machine"
              + " the first end may be a minute away.",
      defaultValue = "120")
  private int patienceSeconds;

  @Option(
      names = "--orchestrator",
      paramLabel = "--SETTING=VALUE",
      description = "Additional orchestrator setting; may be repeated.")
  private List<String> orchestratorArguments = List.of();

  @Option(
      names = "--worker",
      paramLabel = "--SETTING=VALUE",
      description = "Additional setting of the SDK's workers, in mode full; may be repeated.")
  private List<String> workerArguments = List.of();

  @Option(
      names = "--lose",
      paramLabel = "FLOW",
      description = "Number of a flow that plain workers do not answer.",
      defaultValue = "-1",
      hidden = true)
  private int lostFlow;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text or json (default: ${DEFAULT-VALUE}).",
      defaultValue = "text")
  private ReportFormat format = ReportFormat.TEXT;

  @Option(
      names = "--save",
      paramLabel = "NAME",
      description = "Write NAME.json into the results directory and regenerate its page.")
  private @Nullable String resultName;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Results directory (default: benchmarks/results).")
  private @Nullable Path results;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for logs and data during the run (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data/bench");

  @Option(names = "--keep", description = "Keep the data of the run.")
  private boolean keep;

  @Mixin private PeerOptions peers = new PeerOptions();

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new BenchCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
  }

  @Override
  public Integer call() throws Exception {
    requireKnownNames();
    BenchSettings settings = settings();
    requirePossible(settings);
    Path directory = Files.createDirectories(absolute(data).resolve(now()));
    PrintWriter err = spec.commandLine().getErr();
    try {
      if (singleTrials.run(settings, directory, spec.commandLine().getOut()::println)) {
        return ExitCodes.OK;
      }
      if (!compared.isEmpty()) {
        return compare(settings, directory, err);
      }
      if (!peers.isEmpty()) {
        return compareWithPeers(settings, directory, err);
      }
      BenchResults results = new BenchRun(settings, directory, err::println).run();
      BenchReport report = BenchReport.of(results, settings);
      print(report.lines(figures), report.json());
      save(report.json());
      return ExitCodes.OK;
    } catch (RefusedRunException e) {
      err.println("This run is not reported.");
      err.println(e.getMessage());
      return ExitCodes.REFUSED;
    } finally {
      clear(directory);
    }
  }

  /** Not refused when it is not warm, for it may have taken long; but nothing is claimed then. */
  private int compare(BenchSettings settings, Path directory, PrintWriter err) throws Exception {
    Optional<String> obstacle = InstructionCounter.obstacle();
    try (Builds builds = new Builds(home(), directory, err::println)) {
      Build a = builds.find(compared.get(0));
      Build b = builds.find(compared.get(1));
      List<BuildComparison> comparisons =
          new ComparisonRun(
                  settings,
                  settings.withArguments(
                      baselineArguments.isEmpty() ? orchestratorArguments : baselineArguments,
                      baselineWorkerArguments.isEmpty()
                          ? workerArguments
                          : baselineWorkerArguments),
                  watched,
                  pairs,
                  baseline(),
                  directory,
                  obstacle.isEmpty(),
                  err::println)
              .run(a, b);
      ComparisonReport report =
          new ComparisonReport(
              BenchReport.thisMachine(),
              a.name(),
              b.name(),
              withinPercent / 100,
              obstacle,
              comparisons);
      print(report.lines(), report.json());
      return report.isWarm() ? ExitCodes.OK : ExitCodes.REFUSED;
    }
  }

  /** Exits with 1 when a peer has no figures; those of the others are printed all the same. */
  private int compareWithPeers(BenchSettings settings, Path directory, PrintWriter err)
      throws Exception {
    PeerComparison comparison =
        new PeerComparison(
            settings, peers.sizes(quick), directory, SearchPath.ofThisProcess(), err::println);
    PeerReport report = PeerReport.of(comparison.run(peers.known()), settings);
    print(report.lines(), report.json());
    save(report.json());
    return report.isComplete() ? ExitCodes.OK : ExitCodes.REFUSED;
  }

  private void save(ObjectNode report) throws IOException {
    if (resultName != null) {
      new ResultFiles(resultDirectory()).write(resultName, report);
    }
  }

  private Optional<Scenario> baseline() {
    return Optional.ofNullable(baseline).map(name -> scenarios(name).get(0));
  }

  private BenchSettings settings() {
    List<Mode> products = modes.stream().filter(mode -> mode != Mode.LIMIT).distinct().toList();
    List<String> names = peers.isEmpty() ? scenarios : PeerOptions.SCENARIOS;
    return new BenchSettings(
        products,
        names.stream().flatMap(name -> scenarios(name).stream()).distinct().toList(),
        baseline(),
        names.stream().flatMap(name -> trials(name).stream()).collect(Collectors.toSet()),
        new BenchSettings.TrialSizes(
            quick ? latencySeconds / 3 : latencySeconds, recoveryFlows, liveFlows, items),
        quick ? flows / 3 : flows,
        inFlight,
        quick ? 1 : repetitions,
        warmUp(),
        leastLimit == null
            ? MinimumLimit.least(Runtime.getRuntime().availableProcessors())
            : leastLimit,
        Duration.ofSeconds(patienceSeconds),
        lostFlow,
        new BenchSettings.Scale(
            partitions,
            brokers,
            instances,
            orchestratorHeap,
            orchestratorArguments,
            workerArguments));
  }

  private WarmUp warmUp() {
    int usual = compared.isEmpty() ? WARM_UP_LIMIT : COMPARED_WARM_UP_LIMIT;
    int limit = warmUpLimitSeconds == null ? usual : warmUpLimitSeconds;
    int part = quick ? 3 : 1;
    return new WarmUp(Duration.ofSeconds(warmUpSeconds / part), Duration.ofSeconds(limit / part));
  }

  /** Refuses names that name nothing. */
  private void requireKnownNames() {
    for (String name : scenarios) {
      if (!name.equals(ALL) && scenarios(name).isEmpty() && trials(name).isEmpty()) {
        throw refused(
            "There is no scenario %s; there are %s and %s."
                .formatted(name, Scenario.all(), List.of(Trial.values())));
      }
    }
  }

  private void requirePossible(BenchSettings settings) {
    List<String> problems = peers.problems(spec.commandLine().getParseResult());
    if (!problems.isEmpty()) {
      throw refused(String.join(" ", problems));
    }
    if (brokers != 1 && brokers != 3) {
      throw refused("The number of brokers must be 1 or 3, but is %d.".formatted(brokers));
    }
    if (instances < 1 || recoveryFlows < 1 || liveFlows < 2) {
      throw refused("Instances, flows and repetitions must be at least 1.");
    }
    if (items < 10 || items > 10_000) {
      throw refused("--items must be 10 to 10000, but is %d.".formatted(items));
    }
    boolean plainOnly =
        settings.trials().contains(Trial.RECOVERY)
            || settings.trials().contains(Trial.LIVE)
            || settings.trials().contains(Trial.PARTS);
    if (plainOnly && settings.modes().stream().noneMatch(Mode::hasPlainWorkers)) {
      throw refused(
          "Recovery, live and parts are measured with plain workers: --mode engine or audit.");
    }
    if (!compared.isEmpty() && resultName != null) {
      throw refused("A comparison cannot be saved; use --output json.");
    }
    boolean named = spec.commandLine().getParseResult().hasMatchedOption("--scenario");
    if (!compared.isEmpty() && named && !settings.trials().isEmpty()) {
      throw refused("--compare measures throughput only, not " + settings.trials() + '.');
    }
    if (baseline != null && (compared.isEmpty() || scenarios(baseline).size() != 1)) {
      throw refused(
          "--baseline names one scenario that A runs in a comparison: --compare current current"
              + " --baseline sequential --scenario expressions.");
    }
    boolean comparedOnly =
        watched || !baselineArguments.isEmpty() || !baselineWorkerArguments.isEmpty();
    if (compared.isEmpty() && comparedOnly) {
      throw refused(
          "--watched, --baseline-orchestrator and --baseline-worker belong to --compare.");
    }
    boolean ofWorkers = !workerArguments.isEmpty() || !baselineWorkerArguments.isEmpty();
    if (ofWorkers && !settings.modes().equals(List.of(Mode.FULL))) {
      throw refused("--worker and --baseline-worker are settings of SDK workers: --mode full.");
    }
    singleTrials
        .problem()
        .ifPresent(
            problem -> {
              throw refused(problem);
            });
    if (!compared.isEmpty() && pairs < 1) {
      throw refused("--pairs must be at least 1; 6 or more give an interval.");
    }
    if (settings.trials().contains(Trial.RECOVERY) && instances > 1) {
      throw refused(
          "Recovery is that of a single orchestrator; ./doundo chaos recovery kills one of two.");
    }
  }

  private CommandLine.ParameterException refused(String reason) {
    return new CommandLine.ParameterException(spec.commandLine(), reason);
  }

  private static List<Scenario> scenarios(String name) {
    return Scenario.all().stream()
        .filter(scenario -> name.equals(ALL) || scenario.toString().equals(name))
        .toList();
  }

  private static List<Trial> trials(String name) {
    return Stream.of(Trial.values())
        .filter(trial -> name.equals(ALL) || trial.toString().equals(name))
        .toList();
  }

  private void print(List<String> lines, ObjectNode json) {
    PrintWriter out = spec.commandLine().getOut();
    if (format == ReportFormat.JSON) {
      out.println(Json.MAPPER.writeValueAsString(json));
    } else {
      lines.forEach(out::println);
    }
    out.flush();
  }

  /** The measurements are in the report; its gigabytes of topics are of no use after it. */
  private void clear(Path directory) throws IOException {
    if (!keep) {
      FileSystemUtils.deleteRecursively(directory);
    }
  }

  private Path resultDirectory() {
    return results != null ? absolute(results) : home().resolve("benchmarks/results");
  }

  private static Path home() {
    return absolute(Path.of(System.getProperty("doundo.home", ".")));
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static String now() {
    return NAME.format(LocalDateTime.now(ZoneId.systemDefault()));
  }
}
