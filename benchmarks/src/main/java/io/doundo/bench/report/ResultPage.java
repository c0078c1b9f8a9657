package io.doundo.bench.report;

import io.doundo.bench.measure.PeerComparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One page of HTML with plots in SVG, complete in itself. Drawn by hand: the libraries that draw
 * bars for Java do it on AWT, whose fonts a headless JDK may lack.
 */
final class ResultPage {

  private static final int WIDTH = 420;
  private static final int BAR = 16;
  private static final int LABEL = 300;

  /** The moments after a kill, in their order. */
  private static final List<String> RECOVERY =
      List.of("up", "ready", "firstMove", "everyPartition", "allEnded");

  /** What the CPU time of a process was for. */
  private static final List<String> PARTS = List.of("compilers", "collector", "rest", "ended");

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>DoUndo benchmarks</title>
      <style>
      body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
      table{border-collapse:collapse}td,th{padding:.1rem .8rem .1rem 0;text-align:left}
      .missed{color:#b00020;font-weight:600}.met{color:#1b7f3b}text{font-size:12px}
      .limit{fill:#9aa5b1}.product{fill:#2f6fde}.note{color:#555}
      </style></head><body><h1>DoUndo benchmarks</h1>
      <p>Every figure stands beside the limit that was measured just before it, on the same broker: a
      plain relay with the same hops, topics and payloads, <code>acks=all</code>, and no logic or
      state. The product runs with its safe defaults: <code>acks=all</code>,
      <code>exactly_once_v2</code>, and in <em>full</em> with the fence. Medians; the samples are in
      the JSON files beside this page.</p>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private ResultPage() {}

  static String of(Map<String, JsonNode> runs) {
    ResultPage page = new ResultPage();
    runs.forEach(page::run);
    page.html.append("</body></html>\n");
    return page.html.toString();
  }

  private void run(String name, JsonNode run) {
    html.append("<h2>").append(escaped(name)).append("</h2>\n<p class=\"note\">");
    html.append(escaped(run.path("machine").asString(""))).append("; ");
    html.append(escaped(run.path("at").asString("")));
    for (Map.Entry<String, JsonNode> setting : run.path("settings").properties()) {
      html.append("; ").append(escaped(setting.getKey())).append(' ');
      html.append(escaped(setting.getValue().toString()));
    }
    html.append("</p>\n");
    targets(run.path("targets"));
    throughput(run.path("throughput"));
    latency(run.path("latency"));
    recovery(run.path("recovery"));
    if (run.has("liveFlows")) {
      live(run.path("liveFlows"));
    }
    peers(run.path("peers"));
  }

  private void peers(JsonNode systems) {
    if (systems.isEmpty()) {
      return;
    }
    html.append("<p>Other engines with the same saga, without a limit beside them: each alone on")
        .append(
            " the machine, in one run. They promise different things, as the table says.</p>\n");
    peerPlot(systems, "Three steps, flows/s", "success", "flowsPerSecond", "%,.0f");
    peerPlot(
        systems, "The third fails, two are undone, flows/s", "undo", "flowsPerSecond", "%,.0f");
    peerPlot(systems, "At 50 flows/s, p50, ms", "latency", "p50", "%.1f");
    peerPlot(systems, "At 50 flows/s, p99, ms", "latency", "p99", "%.1f");
    peerPlot(systems, "Bytes on disk a flow", "success", "diskBytes", "%,.0f");
    html.append("<h3>CPU, µs per flow; versions; promises</h3>\n<table>\n");
    for (JsonNode system : systems) {
      String name = system.path("system").asString("");
      if (system.has("problem")) {
        row(escaped(name), escaped(system.path("problem").asString("")));
      } else {
        row(escaped(name) + ", success", roles(system.path("success").path("cpuMicros")));
        row(escaped(name) + ", undo", roles(system.path("undo").path("cpuMicros")));
      }
      for (Map.Entry<String, JsonNode> fact : system.path("facts").properties()) {
        row(escaped(fact.getKey()), escaped(fact.getValue().asString("")));
      }
      if (!system.path("promises").path("kept").asString("").isEmpty()) {
        row("promises", escaped(system.path("promises").path("kept").asString("")));
        row("does not promise", escaped(system.path("promises").path("left").asString("")));
      }
    }
    html.append("</table>\n");
  }

  /** A bar for each system that has the figure. */
  private void peerPlot(
      JsonNode systems, String title, String group, String figure, String format) {
    double most = 0.1;
    for (JsonNode system : systems) {
      most = Math.max(most, median(system.path(group), figure));
    }
    html.append("<h3>").append(escaped(title)).append("</h3>\n");
    beginPlot(systems.size());
    int row = 0;
    for (JsonNode system : systems) {
      double value = median(system.path(group), figure);
      String name = system.path("system").asString("");
      String shown = system.has("problem") ? "not measured" : number(format, value);
      String kind = name.equals(PeerComparison.PRODUCT) ? "product" : "limit";
      bar(row++, name, kind, Math.max(0, value) / most, shown);
    }
    endPlot();
  }

  private void targets(JsonNode targets) {
    if (targets.isEmpty()) {
      return;
    }
    html.append("<table><tr><th>to reach</th><th>asked</th><th>reached</th></tr>\n");
    for (JsonNode target : targets) {
      boolean met = target.path("met").asBoolean();
      html.append("<tr><td>").append(escaped(target.path("figure").asString("")));
      html.append("</td><td>").append(escaped(target.path("asked").asString("")));
      html.append("</td><td class=\"").append(met ? "met" : "missed").append("\">");
      html.append(number("%.2f", target.path("reached").asDouble()));
      html.append("</td></tr>\n");
    }
    html.append("</table>\n");
  }

  private void throughput(JsonNode results) {
    if (results.isEmpty()) {
      return;
    }
    double most = 1;
    for (JsonNode result : results) {
      most = Math.max(most, median(result, "limit"));
    }
    html.append("<h3>Throughput, flows/s</h3>\n");
    beginPlot(2 * results.size());
    int row = 0;
    for (JsonNode result : results) {
      double limit = median(result, "limit");
      double product = median(result, "product");
      String label = result.path("mode").asString("") + ", " + result.path("scenario").asString("");
      bar(row++, label, "limit", limit / most, number("%,.0f", limit));
      String figure =
          number("%,.0f", product) + " (" + number("%.2f", median(result, "ratio")) + ")";
      bar(row++, "", "product", product / most, figure);
    }
    endPlot();
    html.append("<h3>CPU, µs per flow</h3>\n<table>\n");
    for (JsonNode result : results) {
      html.append("<tr><td>").append(escaped(result.path("mode").asString("")));
      html.append(", ").append(escaped(result.path("scenario").asString("")));
      html.append("</td><td>limit: ").append(roles(result.path("limitCpuMicros")));
      html.append("</td><td>product: ").append(roles(result.path("productCpuMicros")));
      html.append("</td></tr>\n");
    }
    html.append("</table>\n");
    results.forEach(this::repetitions);
  }

  /** Runs of earlier versions have no parts and no sentence about their repetitions. */
  private void repetitions(JsonNode result) {
    if (!result.has("repetitions")) {
      return;
    }
    String label = result.path("mode").asString("") + ", " + result.path("scenario").asString("");
    html.append("<p>").append(escaped(result.path("repetitions").asString("")));
    html.append("</p>\n<details><summary>").append(escaped(label));
    html.append(": CPU by threads, and the figures of each repetition</summary>\n");
    if (result.path("productCpuParts").isEmpty()) {
      html.append("<p>").append(escaped(RepetitionLines.NOT_SPLIT)).append("</p>\n");
    } else {
      html.append("<table>\n<tr><th>process, CPU µs per flow</th><th>compilers</th>");
      html.append("<th>collector</th><th>rest</th><th>ended</th></tr>\n");
      parts("limit: ", result.path("limitCpuParts"));
      parts("", result.path("productCpuParts"));
      html.append("</table>\n");
    }
    html.append("<table>\n");
    for (Map.Entry<String, String> figure : figures(result.path("pairs")).entrySet()) {
      html.append("<tr><td>").append(escaped(figure.getKey())).append("</td>");
      html.append(figure.getValue()).append("</tr>\n");
    }
    html.append("</table></details>\n");
  }

  private void parts(String prefix, JsonNode roles) {
    for (Map.Entry<String, JsonNode> role : roles.properties()) {
      html.append("<tr><td>").append(escaped(prefix + role.getKey())).append("</td>");
      for (String part : PARTS) {
        html.append(cell(role.getValue().path(part).asDouble()));
      }
      html.append("</tr>\n");
    }
  }

  /** The cells of each figure, one of each repetition. */
  private static Map<String, String> figures(JsonNode pairs) {
    Map<String, StringBuilder> rows = new LinkedHashMap<>();
    for (JsonNode pair : pairs) {
      cells(rows, "flows/s").append(cell(pair.path("product").path("flowsPerSecond").asDouble()));
      cells(rows, "limit just before: flows/s")
          .append(cell(pair.path("limit").path("flowsPerSecond").asDouble()));
      for (JsonNode kind : pair.path("product").path("figures")) {
        kind.properties()
            .forEach(
                figure -> cells(rows, figure.getKey()).append(cell(figure.getValue().asDouble())));
      }
    }
    Map<String, String> figures = new LinkedHashMap<>();
    rows.forEach((name, cells) -> figures.put(name, cells.toString()));
    return figures;
  }

  private static StringBuilder cells(Map<String, StringBuilder> rows, String name) {
    return rows.computeIfAbsent(name, added -> new StringBuilder());
  }

  private static String cell(double value) {
    return "<td>" + RepetitionLines.number(value) + "</td>";
  }

  private void latency(JsonNode results) {
    if (results.isEmpty()) {
      return;
    }
    double most = 0.1;
    for (JsonNode result : results) {
      most = Math.max(most, Math.max(median(result, "limitP99"), median(result, "productP99")));
    }
    html.append("<h3>Latency, ms from intended start to end</h3>\n");
    beginPlot(4 * results.size());
    int row = 0;
    for (JsonNode result : results) {
      String label = result.path("mode").asString("") + ", " + result.path("load").asString("");
      for (String percentile : new String[] {"P50", "P99"}) {
        double limit = median(result, "limit" + percentile);
        double product = median(result, "product" + percentile);
        String name = label + ", " + percentile.toLowerCase(Locale.ROOT);
        bar(row++, name, "limit", limit / most, number("%.1f", limit));
        bar(row++, "", "product", product / most, number("%.1f", product));
      }
    }
    endPlot();
  }

  private void recovery(JsonNode results) {
    if (results.isEmpty()) {
      return;
    }
    double most = 0.1;
    for (JsonNode result : results) {
      most = Math.max(most, median(result, "allEnded"));
    }
    html.append("<h3>Recovery, seconds since kill -9 of the orchestrator</h3>\n");
    beginPlot(RECOVERY.size() * results.size());
    int row = 0;
    for (JsonNode result : results) {
      String label =
          result.path("mode").asString("")
              + ", "
              + number("%,.0f", result.path("flows").asDouble())
              + " in flight"
              + besideWaiting(result.path("waiting").asDouble())
              + ", ";
      for (String moment : RECOVERY) {
        double seconds = median(result, moment);
        String name = label + moment.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
        bar(row++, name, "product", seconds / most, number("%.1f", seconds));
      }
    }
    endPlot();
  }

  private static String besideWaiting(double flows) {
    return flows == 0 ? "" : " beside " + number("%,.0f", flows) + " that wait";
  }

  private void live(JsonNode result) {
    List<JsonNode> sides = List.of(result.path("few"), result.path("many"));
    double most = 1;
    for (JsonNode side : sides) {
      most = Math.max(most, median(side, "product"));
    }
    html.append("<h3>Beside flows that wait, flows/s</h3>\n");
    beginPlot(sides.size());
    int row = 0;
    for (JsonNode side : sides) {
      double product = median(side, "product");
      String label =
          result.path("mode").asString("")
              + ", "
              + number("%,.0f", side.path("live").asDouble())
              + " live flows";
      String figure = number("%,.0f", product) + " (" + number("%.2f", median(side, "ratio")) + ")";
      bar(row++, label, "product", product / most, figure);
    }
    endPlot();
    html.append("<table>\n");
    for (JsonNode side : sides) {
      String live = number("%,.0f", side.path("live").asDouble());
      row("MB of memory, " + live + " live", roles(side.path("memoryMegabytes")));
      row("CPU, µs per flow, " + live + " live", roles(side.path("productCpuMicros")));
    }
    row("bytes of a live flow on disk", roles(result.path("localBytes")));
    row("bytes of a live flow in the changelogs", roles(result.path("changelogBytes")));
    row("of which payload", number("%.0f", result.path("payloadBytes").asDouble()));
    row("started a second", number("%,.0f", result.path("startsPerSecond").asDouble()));
    row("s until ready again", number("%.1f", result.path("restartSeconds").asDouble()));
    html.append("</table>\n");
  }

  private void row(String name, String value) {
    html.append("<tr><td>").append(escaped(name)).append("</td><td>");
    html.append(value).append("</td></tr>\n");
  }

  private void beginPlot(int rows) {
    html.append("<svg role=\"img\" width=\"").append(LABEL + WIDTH + 140);
    html.append("\" height=\"").append(rows * (BAR + 4)).append("\">\n");
  }

  private void bar(int row, String label, String kind, double part, String figure) {
    int y = row * (BAR + 4);
    int length = (int) Math.round(part * WIDTH);
    html.append("<text x=\"0\" y=\"").append(y + BAR - 4).append("\">");
    html.append(escaped(label)).append("</text><rect class=\"").append(kind);
    html.append("\" x=\"").append(LABEL).append("\" y=\"").append(y).append("\" height=\"");
    html.append(BAR).append("\" width=\"").append(Math.max(1, length)).append("\"/><text x=\"");
    html.append(LABEL + length + 6).append("\" y=\"").append(y + BAR - 4).append("\">");
    html.append(escaped(figure)).append("</text>\n");
  }

  private void endPlot() {
    html.append("</svg>\n");
  }

  private static String roles(JsonNode roles) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> role : roles.properties()) {
      text.append(text.isEmpty() ? "" : ", ").append(escaped(role.getKey())).append(' ');
      text.append(number("%.0f", role.getValue().asDouble()));
    }
    return text.toString();
  }

  private static double median(JsonNode result, String figure) {
    return result.path(figure).path("median").asDouble();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
