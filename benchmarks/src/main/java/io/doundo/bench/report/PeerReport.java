package io.doundo.bench.report;

import io.doundo.bench.measure.PeerComparison;
import io.doundo.bench.measure.PeerResult;
import io.doundo.bench.measure.PeerResult.PeerFigures;
import io.doundo.bench.measure.PeerResult.PeerThroughput;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The product beside other engines, as text and as JSON, with what each promises. */
public record PeerReport(
    Instant at, String machine, BenchSettings settings, List<PeerResult> results) {

  /** How many times Restate's throughput the product is to reach. */
  private static final double TIMES_RESTATE = 12;

  private static final String RESTATE = "restate";

  public PeerReport {
    results = List.copyOf(results);
  }

  public static PeerReport of(List<PeerResult> results, BenchSettings settings) {
    return new PeerReport(
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        BenchReport.thisMachine(),
        settings,
        results);
  }

  /** Whether every system has figures. */
  public boolean isComplete() {
    return results.stream().allMatch(result -> result.figures().isPresent());
  }

  public List<String> lines() {
    Terminal terminal = Terminal.ofThisProcess();
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "%s; %d repetitions; payloads of 300 bytes; each system alone, one after the other",
            machine, settings.repetitions()));
    lines.add("");
    lines.addAll(figures().lines(terminal, ""));
    lines.add("");
    lines.addAll(cpu().lines(terminal, ""));
    for (PeerResult result : results) {
      lines.add("");
      lines.add(terminal.bold(result.system()));
      result
          .problem()
          .ifPresent(problem -> problem.lines().forEach(line -> lines.add("  " + line)));
      result.figures().ifPresent(figures -> lines.add("  " + figures.warmUp()));
      result.facts().forEach((name, value) -> lines.add("  %s: %s".formatted(name, value)));
      if (!result.promises().kept().isEmpty()) {
        lines.add("  promises: " + result.promises().kept());
        lines.add("  does not promise: " + result.promises().left());
      }
    }
    timesRestate()
        .ifPresent(
            target -> {
              lines.add("");
              lines.add(
                  text(
                      "%s: %.2f, asked %s: %s",
                      target.figure(),
                      target.reached(),
                      target.asked(),
                      target.met() ? "yes" : "NO"));
            });
    return lines;
  }

  private Table figures() {
    Table table =
        new Table(
            "BESIDE OTHERS",
            "IN FLIGHT",
            "flows/s",
            "of doundo's",
            "UNDONE flows/s",
            "AT 50/s p50 ms",
            "p99 ms",
            "CPU µs/flow",
            "UNDONE",
            "DISK bytes/flow",
            "UNDONE");
    for (PeerResult result : results) {
      if (result.figures().isEmpty()) {
        table.row(result.system(), "-", "-", "-", "-", "-", "-", "-", "-", "-", "-");
        continue;
      }
      PeerFigures figures = result.figures().get();
      table.row(
          result.system(),
          text("%,d", figures.inFlight()),
          text("%,.0f", rate(figures)),
          text("%.3f", rate(figures) / product().map(PeerReport::rate).orElse(Double.NaN)),
          text("%,.0f", figures.undo().flowsPerSecond().median()),
          text("%.1f", figures.p50().median()),
          text("%.1f", figures.p99().median()),
          text("%,.0f", CpuClock.ofProduct(figures.success().cpuMicros())),
          text("%,.0f", CpuClock.ofProduct(figures.undo().cpuMicros())),
          text("%,.0f", figures.success().diskBytes().median()),
          text("%,.0f", figures.undo().diskBytes().median()));
    }
    return table;
  }

  private Table cpu() {
    Table table = new Table("CPU µs/flow", "success", "undone");
    for (PeerResult result : results) {
      result
          .figures()
          .ifPresent(
              figures ->
                  table.row(
                      result.system(),
                      each(figures.success().cpuMicros()),
                      each(figures.undo().cpuMicros())));
    }
    return table;
  }

  private static double rate(PeerFigures figures) {
    return figures.success().flowsPerSecond().median();
  }

  private Optional<PeerFigures> product() {
    return figures(PeerComparison.PRODUCT);
  }

  private Optional<PeerFigures> figures(String system) {
    return results.stream()
        .filter(result -> result.system().equals(system))
        .findFirst()
        .flatMap(PeerResult::figures);
  }

  private Optional<PerformanceTarget.TargetResult> timesRestate() {
    return product()
        .flatMap(product -> figures(RESTATE).map(restate -> rate(product) / rate(restate)))
        .map(
            reached ->
                new PerformanceTarget.TargetResult(
                    "full, times Restate's throughput with remote steps",
                    text("at least %.2f", TIMES_RESTATE),
                    reached,
                    reached >= TIMES_RESTATE));
  }

  /** The same for scripts; the samples of every repetition are in it. */
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("at", at.toString());
    json.put("machine", machine);
    ObjectNode told = json.putObject("settings");
    told.put("repetitions", settings.repetitions());
    told.put("partitions", settings.scale().partitions());
    told.put("brokers", settings.scale().brokers());
    told.put("instances", settings.scale().instances());
    told.put("orchestratorHeap", settings.scale().orchestratorHeap());
    ArrayNode systems = json.putArray("peers");
    for (PeerResult result : results) {
      ObjectNode system = systems.addObject();
      system.put("system", result.system());
      system.set("facts", Json.MAPPER.valueToTree(result.facts()));
      system.set("promises", Json.MAPPER.valueToTree(result.promises()));
      result.problem().ifPresent(problem -> system.put("problem", problem));
      result.figures().ifPresent(figures -> put(figures, system));
    }
    json.set("targets", Json.MAPPER.valueToTree(timesRestate().stream().toList()));
    return json;
  }

  private static void put(PeerFigures figures, ObjectNode system) {
    system.put("inFlight", figures.inFlight());
    system.put("flows", figures.flows());
    system.put("warmUp", figures.warmUp());
    put(figures.success(), system.putObject("success"));
    put(figures.undo(), system.putObject("undo"));
    ObjectNode latency = system.putObject("latency");
    latency.set("p50", Json.MAPPER.valueToTree(figures.p50()));
    latency.set("p99", Json.MAPPER.valueToTree(figures.p99()));
    latency.set("samples", Json.MAPPER.valueToTree(figures.latencies()));
  }

  private static void put(PeerThroughput throughput, ObjectNode node) {
    node.set("flowsPerSecond", Json.MAPPER.valueToTree(throughput.flowsPerSecond()));
    node.set("cpuMicros", Json.MAPPER.valueToTree(throughput.cpuMicros()));
    node.set("diskBytes", Json.MAPPER.valueToTree(throughput.diskBytes()));
    node.set("samples", Json.MAPPER.valueToTree(throughput.samples()));
  }

  private static String each(Map<String, Double> figures) {
    return figures.entrySet().stream()
        .map(entry -> text("%s %.0f", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
