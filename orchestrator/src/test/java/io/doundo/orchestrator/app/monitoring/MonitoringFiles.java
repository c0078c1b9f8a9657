package io.doundo.orchestrator.app.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The queries of the alert rules and of the dashboard, and the meters that they read. */
public final class MonitoringFiles {

  private static final Path HOME = Path.of("../monitoring");

  /** The labels behind {@code by} and {@code on}. */
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|without|group_left|group_right)\\s*\\(([^)]*)\\)");

  private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
  private static final Pattern METER =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[^}]*\\})?(?!\\s*\\(|[a-zA-Z0-9_:{])");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "offset", "bool", "inf", "nan");
  private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("instance", "job", "le");

  private MonitoringFiles() {}

  /**
   * A meter as a query reads it.
   *
   * @param parts label names, and {@code name="value"} where the query asks for one value
   */
  public record Selector(String meter, Set<String> parts) implements Comparable<Selector> {

    public boolean isOfTheOrchestrator() {
      return !meter.startsWith("doundo_worker_") && !meter.equals("up");
    }

    public boolean isFoundIn(String exposition) {
      return exposition
          .lines()
          .filter(line -> line.startsWith(meter + "{") || line.startsWith(meter + " "))
          .anyMatch(
              line ->
                  parts.stream()
                      .allMatch(part -> line.contains(part.contains("=") ? part : part + "=\"")));
    }

    @Override
    public int compareTo(Selector other) {
      return Comparator.comparing(Selector::toString).compare(this, other);
    }
  }

  static JsonNode alerts() {
    return new YAMLMapper().readTree(read("prometheus/alerts.yml"));
  }

  static JsonNode dashboard() {
    return JsonMapper.shared().readTree(read("grafana/doundo.json"));
  }

  static String read(String file) {
    try {
      return Files.readString(HOME.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Set<Selector> selectors() {
    Set<Selector> selectors = new TreeSet<>();
    queries().forEach(query -> selectors.addAll(selectorsOf(query)));
    return selectors;
  }

  static List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group : alerts().get("groups")) {
      group.get("rules").forEach(rules::add);
    }
    return rules;
  }

  static Stream<String> queries() {
    List<String> queries = new ArrayList<>();
    rules().forEach(rule -> queries.add(rule.get("expr").stringValue()));
    for (JsonNode panel : dashboard().get("panels")) {
      panel.path("targets").forEach(target -> queries.add(target.get("expr").stringValue()));
    }
    return queries.stream();
  }

  static List<Selector> selectorsOf(String query) {
    String plain = query.replace("$__rate_interval", "5m").replaceAll("\\[[^]]*]", "");
    Set<String> grouping = new TreeSet<>();
    Matcher groups = GROUPING.matcher(plain);
    while (groups.find()) {
      for (String label : groups.group(1).split(",", -1)) {
        if (!label.isBlank() && !LABELS_OF_PROMETHEUS.contains(label.strip())) {
          grouping.add(label.strip());
        }
      }
    }
    List<Selector> selectors = new ArrayList<>();
    Matcher meter = METER.matcher(groups.replaceAll(" "));
    while (meter.find()) {
      if (isMeter(meter.group(1))) {
        selectors.add(new Selector(meter.group(1), parts(meter.group(2), grouping)));
      }
    }
    return selectors;
  }

  private static boolean isMeter(String word) {
    return word.length() > 1
        && !WORDS.contains(word)
        && !TEXT.matcher(word).matches()
        && !word.matches("\\d.*");
  }

  private static Set<String> parts(@Nullable String matchers, Set<String> grouping) {
    Set<String> parts = new TreeSet<>(grouping);
    if (matchers != null) {
      Matcher matcher = MATCHER.matcher(matchers);
      while (matcher.find()) {
        boolean exact = matcher.group(2).equals("=") && !matcher.group(3).contains("$");
        if (!LABELS_OF_PROMETHEUS.contains(matcher.group(1))) {
          parts.add(exact ? matcher.group(1) + "=\"" + matcher.group(3) + '"' : matcher.group(1));
        }
      }
    }
    return parts;
  }
}
