package io.doundo.worker.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.JsonNode;

/** The table of how documents are read, which the orchestrator's compiler passes as well. */
class DocumentReadingTest {

  private static final Path TABLE =
      Path.of("..", "protocol/src/test/resources/io/doundo/protocol/registration-reading.json");

  @TempDir Path directory;

  static Stream<JsonNode> rows() throws IOException {
    return Json.MAPPER.readTree(Files.readAllBytes(TABLE)).valueStream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aDocumentReadsAsTheTableSays(JsonNode row) throws IOException {
    Path file = directory.resolve("a.yaml");
    Files.write(file, row.required("document").stringValue().getBytes(UTF_8));

    assertThat(
            RegistrationDocuments.read(
                    List.of(file.toUri().toString()), new PathMatchingResourcePatternResolver())
                .steps()
                .stream()
                .map(step -> step.key().step() + ' ' + step.sharedTopic()))
        .containsExactlyElementsOf(
            row.required("steps")
                .valueStream()
                .map(
                    step ->
                        step.required("name").stringValue()
                            + ' '
                            + step.required("sharedTopic").booleanValue())
                .toList());
  }
}
