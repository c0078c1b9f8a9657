package io.doundo.launcher.demo;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** The scenarios against the documents that the example workers register. */
class DemoScenariosTest {

  private static final Path EXAMPLES = Path.of("../registration-examples");

  @Test
  void everyRegisteredStepIsExpected() throws IOException {
    Map<String, List<String>> registered = registered();

    assertThat(DemoScenarios.ALL)
        .allSatisfy(
            scenario ->
                assertThat(scenario.expected().steps().stream().map(ExpectedStep::step).toList())
                    .as(scenario.key())
                    .isEqualTo(registered.get(scenario.orchestration())));
  }

  @Test
  void payloadsAreJsonAndTellOnlyKnownStepsHowToBehave() {
    assertThat(DemoScenarios.ALL)
        .allSatisfy(
            scenario -> {
              JsonNode behave = Json.MAPPER.readTree(scenario.payload()).path("behave");
              assertThat(
                      scenario.expected().steps().stream().map(ExpectedStep::step).collect(toSet()))
                  .containsAll(behave.propertyNames());
            });
  }

  @Test
  void keysAreUsedOnceAsTheyNameTheFlows() {
    assertThat(DemoScenarios.ALL).extracting(DemoScenario::key).doesNotHaveDuplicates();
  }

  private static Map<String, List<String>> registered() throws IOException {
    Map<String, List<String>> steps = new HashMap<>();
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".yaml")).toList()) {
        for (Object document : new Yaml().loadAll(Files.readString(file))) {
          JsonNode json = Json.MAPPER.valueToTree(document);
          if (json.path("as").asString("").equals("initiator")) {
            steps.put(
                json.path("orchestrationName").asString(),
                json.path("steps")
                    .valueStream()
                    .map(step -> step.path("name").asString())
                    .toList());
          }
        }
      }
    }
    return steps;
  }
}
