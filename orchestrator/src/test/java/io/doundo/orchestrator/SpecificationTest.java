package io.doundo.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The names of models and code in the formal models' document exist. If a rule is renamed or
 * removed, the models must be checked.
 */
class SpecificationTest {

  private static final Path SPECIFICATION = Path.of("..", "docs", "spec");
  private static final String HEADING = "## Model and code";
  private static final int FEWEST_ROWS = 20;

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`\\w+`.*?) \\| (.+) \\|$");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");
  private static final Pattern CODE = Pattern.compile("\\[(\\w+)\\.(\\w+)]\\[(\\w+)]");
  private static final Pattern LINK = Pattern.compile("]\\((\\.\\./[^)#]+|[\\w./-]+)\\)");
  private static final Pattern FILE = Pattern.compile("(?m)^\\[(\\w+)]: (\\S+)$");

  private final String document;
  private final List<MatchResult> rows;
  private final Map<String, Path> files = new HashMap<>();

  SpecificationTest() throws IOException {
    document = Files.readString(SPECIFICATION.resolve("README.md"));
    int from = document.indexOf(HEADING);
    assertThat(from).as(HEADING).isPositive();
    rows = ROW.matcher(document.substring(from)).results().toList();
    FILE.matcher(document)
        .results()
        .forEach(file -> files.put(file.group(1), SPECIFICATION.resolve(file.group(2))));
  }

  @Test
  void everyRuleOfTheModelThatItNamesExists() throws IOException {
    StringBuilder model = new StringBuilder();
    for (String module : List.of("Core.tla", "Fence.tla", "Flow.tla", "Family.tla")) {
      model.append(Files.readString(SPECIFICATION.resolve(module))).append('\n');
    }

    assertThat(rows).hasSizeGreaterThanOrEqualTo(FEWEST_ROWS);
    for (MatchResult row : rows) {
      for (MatchResult name : NAME.matcher(row.group(1)).results().toList()) {
        assertThat(model.toString())
            .containsPattern("(?m)^" + name.group(1) + "(\\([\\w, ]+\\))? ==");
      }
    }
  }

  @Test
  void everyRuleOfTheCodeThatItNamesExists() throws IOException {
    for (MatchResult row : rows) {
      List<MatchResult> rules = CODE.matcher(row.group(2)).results().toList();
      assertThat(rules).as(row.group()).isNotEmpty();
      for (MatchResult rule : rules) {
        assertThat(rule.group(1)).isEqualTo(rule.group(3));
        assertThat(files).containsKey(rule.group(1));
        String source = Files.readString(Objects.requireNonNull(files.get(rule.group(1))));
        assertThat(source)
            .as("%s.%s", rule.group(1), rule.group(2))
            .containsPattern("(?m)^ +[^*/\\n]*\\b" + rule.group(2) + "\\b( =|[(;,])");
      }
    }
  }

  @Test
  void everyFileThatItLinksToExists() {
    for (MatchResult link : LINK.matcher(document).results().toList()) {
      assertThat(SPECIFICATION.resolve(link.group(1))).exists();
    }
  }
}
