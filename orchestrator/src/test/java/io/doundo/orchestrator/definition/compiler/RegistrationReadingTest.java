package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The table of how documents are read, which the SDK's reader must pass as well. */
class RegistrationReadingTest {

  private static final Path TABLE =
      Path.of("..", "protocol/src/test/resources/io/doundo/protocol/registration-reading.json");

  static Stream<JsonNode> rows() throws IOException {
    return Json.MAPPER.readTree(Files.readAllBytes(TABLE)).valueStream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aDocumentReadsAsTheTableSays(JsonNode row) {
    List<Step> steps =
        definition(row.required("document").stringValue()).steps().stream()
            .sorted(Comparator.comparingInt(Step::seq))
            .toList();

    assertThat(steps.stream().map(step -> step.name() + ' ' + step.remote().sharedTopic()))
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
