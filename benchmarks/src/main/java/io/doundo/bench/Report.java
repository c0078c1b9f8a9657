package io.doundo.bench;

import io.doundo.launcher.cli.Table;
import io.doundo.launcher.cli.Terminal;
import io.doundo.protocol.Json;
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
record Report(Instant at, String machine, BenchSettings settings, Results results) {

  static Report of(Results results, BenchSettings settings) {
    String machine =
        "%d cores, %s %s, JDK %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("java.runtime.version"));
    return new Report(Instant.now().truncatedTo(ChronoUnit.SECONDS), machine, settings, results);
  }

  List<String> lines() {
    Terminal terminal = Terminal.ofThisProcess();
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "%s; %d partitions, %d repetitions; acks=all, exactly_once_v2; limit of at least %,.0f",
            machine, settings.partitions(), settings.repetitions(), settings.leastLimit()));
    if (!results.throughputs().isEmpty()) {
      lines.add("");
      lines.addAll(throughput(terminal));
    }
    if (!results.latencies().isEmpty()) {
      lines.add("");
      lines.addAll(latency(terminal));
    }
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
      cpu.row(mode, scenario, cpu(result.limitCpu()), cpu(result.productCpu()));
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

  private List<String> targets(Terminal terminal) {
    Table table = new Table("TO REACH", "ASKED", "REACHED", "");
    for (Target.Verdict verdict : Target.verdicts(results)) {
      table.row(
          verdict.figure(),
          verdict.asked(),
          text("%.2f", verdict.reached()),
          verdict.met() ? "yes" : "NO");
    }
    return table.lines(terminal, "");
  }

  /** The same for scripts; the samples of every repetition are in it. */
  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("at", at.toString());
    json.put("machine", machine);
    ObjectNode told = json.putObject("settings");
    told.put("partitions", settings.partitions());
    told.put("repetitions", settings.repetitions());
    told.put("flows", settings.flows());
    told.put("inFlight", settings.inFlight());
    told.put("leastLimit", settings.leastLimit());
    told.put("acks", "all");
    told.put("processingGuarantee", "exactly_once_v2");
    ArrayNode more = told.putArray("orchestrator");
    settings.orchestratorArguments().forEach(more::add);
    ArrayNode throughputs = json.putArray("throughput");
    for (Throughput result : results.throughputs()) {
      ObjectNode node = throughputs.addObject();
      node.put("mode", result.mode().toString());
      node.put("scenario", result.scenario().toString());
      node.put("flows", result.flows());
      node.set("limit", Json.MAPPER.valueToTree(result.limit()));
      node.set("product", Json.MAPPER.valueToTree(result.product()));
      node.set("ratio", Json.MAPPER.valueToTree(result.ratio()));
      node.set("limitCpuMicros", Json.MAPPER.valueToTree(result.limitCpu()));
      node.set("productCpuMicros", Json.MAPPER.valueToTree(result.productCpu()));
      node.set("pairs", Json.MAPPER.valueToTree(result.pairs()));
    }
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
    json.set("targets", Json.MAPPER.valueToTree(Target.verdicts(results)));
    return json;
  }

  private static String cpu(Map<String, Double> micros) {
    return micros.entrySet().stream()
        .map(entry -> entry.getKey() + ' ' + text("%.0f", entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
