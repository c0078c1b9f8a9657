package io.doundo.plans.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the tests of the client library and of the page's modules without DOM, in src/test/js.
 * Skipped where there is no Node.js.
 */
class PageModelTest {

  @Test
  void theTestsInJavaScriptPass() throws IOException, InterruptedException {
    assumeTrue(
        Browser.program("node").isPresent(), "needs node in the PATH: apt-get install nodejs");
    List<String> command = new ArrayList<>(List.of("node", "--test", "--test-reporter=tap"));
    try (Stream<Path> files = Files.list(Path.of("src/test/js"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".test.js")).forEach(command::add);
    }
    Process node = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).as(output).isZero();
    assertThat(output).as("as many tests ran as there are").containsPattern("# pass [1-9]\\d");
  }
}
