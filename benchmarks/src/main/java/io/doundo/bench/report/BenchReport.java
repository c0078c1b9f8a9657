package io.doundo.bench.report;

import io.doundo.bench.measure.BenchResults;
import io.doundo.bench.measure.Latency;
import io.doundo.bench.measure.LiveFlows;
import io.doundo.bench.measure.Parts;
import io.doundo.bench.measure.Recovery;
import io.doundo.bench.measure.RepetitionGroups;
import io.doundo.bench.measure.Spread;
import io.doundo.bench.measure.Throughput;
import io.doundo.bench.process.Figure;
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
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The figures of a run as text and as JSON, with the machine and the settings they belong to. */
public record BenchReport(
    Instant at, String machine, BenchSettings settings, BenchResults results) {

  public static BenchReport of(BenchResults results, BenchSettings settings) {
    return new BenchReport(
        Instant.now().truncatedTo(ChronoUnit.SECONDS), thisMachine(), settings, results);
  }

  /** Conditions of the figures beside the builds. */
  public static String thisMachine() {
    return "%d cores, %s %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("java.runtime.version"));
  }

  /**
   * The report for a person.
   *
   * @param figures whether each figure of each repetition is in it
   */
  public List<String> lines(boolean figures) {
    Terminal terminal = Terminal.ofThisProcess();
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "%s; %d partitions, brokers: %d, orchestrators: %d (%s heap); %d repetitions; acks=all,"
                + " exactly_once_v2; limit of at least %,.0f",
            machine,
            settings.scale().partitions(),
            settings.scale().brokers(),
            settings.scale().instances(),
            settings.scale().orchestratorHeap(),
            settings.repetitions(),
            settings.leastLimit()));
    if (!results.throughputs().isEmpty()) {
      lines.add("");
      lines.addAll(throughput(terminal));
      lines.add("");
      lines.addAll(RepetitionLines.cpu(results.throughputs(), terminal));
      for (Throughput result : results.throughputs()) {
        lines.add("");
        lines.addAll(RepetitionLines.groups(result, terminal));
        if (figures) {
          lines.addAll(RepetitionLines.figures(result, terminal));
        }
      }
    }
    if (!results.latencies().isEmpty()) {
      lines.add("");
      lines.addAll(latency(terminal));
    }
    if (!results.recoveries().isEmpty()) {
      lines.add("");
      lines.addAll(recovery(terminal));
    }
    if (!results.parts().isEmpty()) {
      lines.add("");
      lines.addAll(parts(terminal));
    }
    results
        .liveFlows()
        .ifPresent(
            flows -> {
              lines.add("");
              lines.addAll(live(flows, terminal));
            });
    lines.add("");
    lines.addAll(targets(terminal));
    return lines;
  }

  private List<String> throughput(Terminal terminal) {
    Table rates =
        new Table("THROUGHPUT", "SCENARIO", "LIMIT flows/s", "flows/s", "of the limit", "spread");
    Table cpu = new Table("CPU µs/flow", "SCENARIO", "limit", "product");
    for (Throughput result : results.throughputs()) {
      String mode = result.mode().toString();
      String scenario = result.scenario().toString();
      Spread ratio = result.ratio();
      rates.row(
          mode,
          scenario,
          text("%,.0f", result.limit().median()),
          text("%,.0f", result.product().median()),
          text("%.3f", ratio.median()),
          text("%.3f–%.3f", ratio.least(), ratio.most()));
      cpu.row(mode, scenario, each(result.limitCpu()), each(result.productCpu()));
    }
    List<String> lines = new ArrayList<>(rates.lines(terminal, ""));
    lines.add("");
    lines.addAll(cpu.lines(terminal, ""));
    return lines;
  }

  private List<String> latency(Terminal terminal) {
    Table table =
        new Table(
            "LATENCY ms", "LOAD", "flows/s", "LIMIT p50", "p99", "p50", "p99", "p50 ×", "p99 ×");
    for (Latency latency : results.latencies()) {
      table.row(
          latency.mode().toString(),
          latency.load(),
          text("%,.0f", latency.flowsPerSecond()),
          text("%.1f", latency.limitP50().median()),
          text("%.1f", latency.limitP99().median()),
          text("%.1f", latency.productP50().median()),
          text("%.1f", latency.productP99().median()),
          text("%.2f", latency.p50Ratio().median()),
          text("%.2f", latency.p99Ratio().median()));
    }
    return table.lines(terminal, "");
  }

  private List<String> recovery(Terminal terminal) {
    Table table =
        new Table(
            "RECOVERY",
            "in flight",
            "waiting",
            "SECONDS SINCE kill -9: up",
            "ready",
            "first flow",
            "every partition",
            "all ended");
    for (Recovery recovery : results.recoveries()) {
      table.row(
          recovery.mode().toString(),
          text("%,d", recovery.flows()),
          text("%,d", recovery.waiting()),
          seconds(recovery.up()),
          seconds(recovery.ready()),
          seconds(recovery.firstMove()),
          seconds(recovery.everyPartition()),
          seconds(recovery.allEnded()));
    }
    return table.lines(terminal, "");
  }

  private List<String> parts(Terminal terminal) {
    Table lists = new Table("LIST OF FLOWS", "items", "SECONDS: completed", "archived", "undone");
    Table beside = new Table("BESIDE LISTS", "3 lists of", "p99 ms ALONE", "p99 ms BESIDE", "×");
    for (Parts parts : results.parts()) {
      String mode = parts.mode().toString();
      lists.row(
          mode,
          text("%,d, %,d at once", parts.items(), parts.atOnce()),
          seconds(parts.forward()),
          seconds(parts.archived()),
          seconds(parts.back()));
      beside.row(
          mode,
          text("%,d", parts.burst()),
          text("%.1f", parts.aloneP99().median()),
          text("%.1f", parts.besideP99().median()),
          text("%.2f", parts.p99Ratio().median()));
    }
    List<String> lines = new ArrayList<>(lists.lines(terminal, ""));
    lines.add("");
    lines.addAll(beside.lines(terminal, ""));
    return lines;
  }

  private static List<String> live(LiveFlows flows, Terminal terminal) {
    Table rates = new Table("LIVE FLOWS", "MODE", "flows/s", "of the limit", "MEMORY MB");
    for (LiveFlows.LoadedOrchestrator side : List.of(flows.few(), flows.many())) {
      rates.row(
          text("%,d", side.live()),
          flows.mode().toString(),
          text("%,.0f", side.throughput().product().median()),
          text("%.3f", side.throughput().ratio().median()),
          each(side.memoryMegabytes()));
    }
    Table state = new Table("BYTES OF A LIVE FLOW", "total", "");
    state.row("on disk", text("%.0f", flows.localBytesPerFlow()), each(flows.localBytes()));
    state.row(
        "changelogs", text("%.0f", flows.changelogBytesPerFlow()), each(flows.changelogBytes()));
    state.row("of which payload", text("%d", flows.payloadBytes()), "");
    List<String> lines = new ArrayList<>(rates.lines(terminal, ""));
    lines.add(
        text(
            "%,.0f of them started a second; ready %.1f s after a start with all of them; %.2f of"
                + " the throughput is left (%.2f of the part of the limit)",
            flows.startsPerSecond(), flows.restartSeconds(), flows.ratio(), flows.ratioToLimit()));
    lines.add("");
    lines.addAll(state.lines(terminal, ""));
    return lines;
  }

  private List<String> targets(Terminal terminal) {
    Table table = new Table("TO REACH", "ASKED", "REACHED", "");
    for (PerformanceTarget.TargetResult result : PerformanceTarget.targetResults(results)) {
      table.row(
          result.figure(),
          result.asked(),
          text("%.2f", result.reached()),
          result.met() ? "yes" : "NO");
    }
    return table.lines(terminal, "");
  }

  /** The same for scripts; the samples of every repetition are in it. */
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("at", at.toString());
    json.put("machine", machine);
    ObjectNode told = json.putObject("settings");
    told.put("partitions", settings.scale().partitions());
    told.put("brokers", settings.scale().brokers());
    told.put("instances", settings.scale().instances());
    told.put("orchestratorHeap", settings.scale().orchestratorHeap());
    told.put("repetitions", settings.repetitions());
    told.put("flows", settings.flows());
    told.put("inFlight", settings.inFlight());
    told.put("leastLimit", settings.leastLimit());
    told.put("acks", "all");
    told.put("processingGuarantee", "exactly_once_v2");
    ArrayNode more = told.putArray("orchestrator");
    settings.scale().orchestratorArguments().forEach(more::add);
    ArrayNode ofWorkers = told.putArray("worker");
    settings.scale().workerArguments().forEach(ofWorkers::add);
    ArrayNode throughputs = json.putArray("throughput");
    results.throughputs().forEach(result -> put(result, throughputs.addObject()));
    ArrayNode latencies = json.putArray("latency");
    for (Latency latency : results.latencies()) {
      ObjectNode node = latencies.addObject();
      node.put("mode", latency.mode().toString());
      node.put("load", latency.load());
      node.put("flowsPerSecond", latency.flowsPerSecond());
      node.set("limitP50", Json.MAPPER.valueToTree(latency.limitP50()));
      node.set("limitP99", Json.MAPPER.valueToTree(latency.limitP99()));
      node.set("productP50", Json.MAPPER.valueToTree(latency.productP50()));
      node.set("productP99", Json.MAPPER.valueToTree(latency.productP99()));
      node.set("p50Ratio", Json.MAPPER.valueToTree(latency.p50Ratio()));
      node.set("p99Ratio", Json.MAPPER.valueToTree(latency.p99Ratio()));
    }
    ArrayNode recoveries = json.putArray("recovery");
    for (Recovery recovery : results.recoveries()) {
      ObjectNode node = recoveries.addObject();
      node.put("mode", recovery.mode().toString());
      node.put("waiting", recovery.waiting());
      node.put("flows", recovery.flows());
      node.set("up", Json.MAPPER.valueToTree(recovery.up()));
      node.set("ready", Json.MAPPER.valueToTree(recovery.ready()));
      node.set("firstMove", Json.MAPPER.valueToTree(recovery.firstMove()));
      node.set("everyPartition", Json.MAPPER.valueToTree(recovery.everyPartition()));
      node.set("allEnded", Json.MAPPER.valueToTree(recovery.allEnded()));
      node.set("samples", Json.MAPPER.valueToTree(recovery.samples()));
    }
    ArrayNode lists = json.putArray("parts");
    results.parts().forEach(parts -> put(parts, lists.addObject()));
    results.liveFlows().ifPresent(flows -> put(flows, json.putObject("liveFlows")));
    json.set("targets", Json.MAPPER.valueToTree(PerformanceTarget.targetResults(results)));
    return json;
  }

  private static void put(Throughput result, ObjectNode node) {
    node.put("mode", result.mode().toString());
    node.put("scenario", result.scenario().toString());
    node.put("flows", result.flows());
    node.set("limit", Json.MAPPER.valueToTree(result.limit()));
    node.set("product", Json.MAPPER.valueToTree(result.product()));
    node.set("ratio", Json.MAPPER.valueToTree(result.ratio()));
    node.set("limitCpuMicros", Json.MAPPER.valueToTree(result.limitCpu()));
    node.set("productCpuMicros", Json.MAPPER.valueToTree(result.productCpu()));
    node.set("limitCpuParts", Json.MAPPER.valueToTree(result.limitParts()));
    node.set("productCpuParts", Json.MAPPER.valueToTree(result.productParts()));
    RepetitionGroups groups = result.groups();
    node.put("repetitions", RepetitionLines.sentence(result, groups));
    node.set("groups", Json.MAPPER.valueToTree(groups));
    ArrayNode pairs = node.putArray("pairs");
    for (Throughput.ThroughputPair pair : result.pairs()) {
      ObjectNode both = pairs.addObject();
      put(pair.limit(), both.putObject("limit"));
      put(pair.product(), both.putObject("product"));
    }
  }

  private static void put(Throughput.ThroughputSample sample, ObjectNode node) {
    node.put("flowsPerSecond", sample.flowsPerSecond());
    node.set("ratesOfParts", Json.MAPPER.valueToTree(sample.ratesOfParts()));
    node.set("cpuMicrosPerFlow", Json.MAPPER.valueToTree(sample.cpuMicrosPerFlow()));
    node.set("cpuParts", Json.MAPPER.valueToTree(sample.cpuParts()));
    ObjectNode figures = node.putObject("figures");
    for (Figure figure : sample.figures()) {
      figures.withObjectProperty(figure.kind().toString()).put(figure.name(), figure.value());
    }
  }

  private static void put(Parts parts, ObjectNode node) {
    node.put("mode", parts.mode().toString());
    node.put("items", parts.items());
    node.put("atOnce", parts.atOnce());
    node.put("burst", parts.burst());
    node.set("forward", Json.MAPPER.valueToTree(parts.forward()));
    node.set("archived", Json.MAPPER.valueToTree(parts.archived()));
    node.set("back", Json.MAPPER.valueToTree(parts.back()));
    node.set("aloneP99", Json.MAPPER.valueToTree(parts.aloneP99()));
    node.set("besideP99", Json.MAPPER.valueToTree(parts.besideP99()));
    node.set("p99Ratio", Json.MAPPER.valueToTree(parts.p99Ratio()));
    node.set("lists", Json.MAPPER.valueToTree(parts.lists()));
    node.set("beside", Json.MAPPER.valueToTree(parts.beside()));
  }

  private static void put(LiveFlows flows, ObjectNode node) {
    node.put("mode", flows.mode().toString());
    put(flows.few(), node.putObject("few"));
    put(flows.many(), node.putObject("many"));
    node.put("ratio", flows.ratio());
    node.put("ratioToLimit", flows.ratioToLimit());
    node.put("startsPerSecond", flows.startsPerSecond());
    node.put("restartSeconds", flows.restartSeconds());
    node.put("payloadBytes", flows.payloadBytes());
    node.put("localBytesPerFlow", flows.localBytesPerFlow());
    node.put("changelogBytesPerFlow", flows.changelogBytesPerFlow());
    node.set("localBytes", Json.MAPPER.valueToTree(flows.localBytes()));
    node.set("changelogBytes", Json.MAPPER.valueToTree(flows.changelogBytes()));
  }

  private static void put(LiveFlows.LoadedOrchestrator side, ObjectNode node) {
    put(side.throughput(), node);
    node.put("live", side.live());
    node.set("memoryMegabytes", Json.MAPPER.valueToTree(side.memoryMegabytes()));
  }

  private static String seconds(Spread seconds) {
    return text("%.1f (%.1f–%.1f)", seconds.median(), seconds.least(), seconds.most());
  }

  private static String each(Map<String, ? extends Number> figures) {
    return figures.entrySet().stream()
        .map(entry -> text("%s %.0f", entry.getKey(), entry.getValue().doubleValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
