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

/** The failure matrix of the documents names tests that exist, for every row. */
class FailureMatrixTest {

  private static final Path DOCUMENTS = Path.of("..", "docs");

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| (.+) \\|$");
  private static final Pattern TEST = Pattern.compile("\\[(\\w+)\\.(\\w+)]\\[(\\w+)]");
  private static final Pattern FILE = Pattern.compile("(?m)^\\[(\\w+)]: (\\S+)$");

  private final String matrix;
  private final Map<String, Path> files = new HashMap<>();

  FailureMatrixTest() throws IOException {
    matrix = Files.readString(DOCUMENTS.resolve("failure-matrix.md"));
    FILE.matcher(matrix)
        .results()
        .forEach(file -> files.put(file.group(1), DOCUMENTS.resolve(file.group(2))));
  }

  @Test
  void everyRowIsThereAndHasATest() {
    List<MatchResult> rows = ROW.matcher(matrix).results().toList();

    assertThat(rows).hasSizeGreaterThan(30);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).group(1)).isEqualTo(Integer.toString(i + 1));
      assertThat(TEST.matcher(rows.get(i).group(2)).results().toList())
          .as("tests of row %d", i + 1)
          .isNotEmpty();
    }
  }

  @Test
  void everyTestItNamesExists() throws IOException {
    for (MatchResult test : TEST.matcher(matrix).results().toList()) {
      assertThat(test.group(1)).isEqualTo(test.group(3));
      assertThat(files).containsKey(test.group(3));
      String source = Files.readString(Objects.requireNonNull(files.get(test.group(3))));
      assertThat(source)
          .as("%s.%s", test.group(1), test.group(2))
          .containsPattern(
              "(?s)@(Test|ParameterizedTest)\\b.{0,400}?\\bvoid\\s+" + test.group(2) + "\\(");
    }
  }
}
