package io.doundo.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTrialTest {

  @Test
  void everyQuestionIsAnsweredWhileOtherFlowsAreWritten(@TempDir Path directory)
      throws IOException {
    List<String> lines = new ArrayList<>();
    new SearchTrial(3_000, 2_000, directory, lines::add).run();

    assertThat(lines).anyMatch(line -> line.startsWith("3,000 flows take "));
    assertThat(lines)
        .filteredOn(line -> line.contains(" match "))
        .hasSize(12)
        .noneMatch(line -> line.contains("?"));
    assertThat(lines.get(lines.size() - 1))
        .matches("meanwhile [1-9][\\d,]* flows a second started and ended");
  }
}
