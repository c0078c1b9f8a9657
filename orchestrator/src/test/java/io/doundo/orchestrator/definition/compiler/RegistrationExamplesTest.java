package io.doundo.orchestrator.definition.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Declared;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.json.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of registration-examples is valid, and consistent with the others. */
class RegistrationExamplesTest {

  private static final Path FOLDER = Path.of("..", "registration-examples");

  static List<String> registrations() throws IOException {
    return files("-registration.yaml", "-registration.json", "-registrations.yaml");
  }

  static List<String> startEvents() throws IOException {
    return files("-event.json");
  }

  @ParameterizedTest
  @MethodSource("registrations")
  void aRegistrationCompilesWithoutAWarningAndNamesItsSchema(String file) throws IOException {
    byte[] document = Files.readAllBytes(FOLDER.resolve(file));
    CompiledRegistration compiled = RegistrationCompiler.compile(document, Map.of());

    assertThat(compiled.problems()).isEmpty();
    assertThat(compiled.results()).isNotEmpty().allSatisfy(r -> assertThat(r.warnings()).isEmpty());
    assertThat(RegistrationSchema.load().check(document)).isEmpty();
    assertThat(new String(document, UTF_8))
        .startsWith(
            file.endsWith(".json")
                ? "{\"$schema\":\"./orchestration.schema.json\","
                : "# yaml-language-server: $schema=./orchestration.schema.json\n");
  }

  @ParameterizedTest
  @MethodSource("startEvents")
  void aStartEventStartsAnOrchestrationOfTheExamples(String file)
      throws IOException, MalformedRecordException {
    StartEvent event =
        StartEvent.decode(Files.readAllBytes(FOLDER.resolve(file)), null, HeaderLookup.NONE);

    assertThat(definitions()).containsKey(event.orchestrationName());
    assertThat(event.flowId()).isNotNull();
    assertThat(event.payload().isObject()).isTrue();
  }

  @Test
  void everyJsonFileIsOneLine() throws IOException {
    List<String> files = files("-registration.json", "-event.json");

    assertThat(files).hasSizeGreaterThanOrEqualTo(6);
    for (String file : files) {
      assertThat(Files.readString(FOLDER.resolve(file)).strip()).doesNotContain("\n");
    }
  }

  @Test
  void theJsonAndYamlFormsSayTheSame() throws IOException {
    for (String name :
        List.of(
            "initiator-registration",
            "parallel-initiator-registration",
            "graph-initiator-registration",
            "plain-worker-registration",
            "worker-registration")) {
      CompiledRegistration yaml = compile(name + ".yaml");
      assertThat(compile(name + ".json").results()).isEqualTo(yaml.results());
    }
    assertThat(compile("worker-registration.yaml").results())
        .containsExactly(
            new Declared(
                new WorkerDeclaration(
                    "tenant-worker",
                    "tenantCreation",
                    List.of("createRealm", "createClient", "assignRoles")),
                List.of()));
  }

  @Test
  void theGraphIsTheOneItsPictureShows() throws IOException {
    Orchestration order = definitions().get("orderProcessing");

    assertThat(order).isNotNull();
    Map<String, List<String>> edges = new TreeMap<>();
    order.steps().forEach(step -> edges.put(step.name(), step.dependsOn()));
    assertThat(edges)
        .containsOnly(
            Map.entry("validateOrder", List.of()),
            Map.entry("reserveInventory", List.of("validateOrder")),
            Map.entry("authorizePayment", List.of("validateOrder")),
            Map.entry("createShipment", List.of("reserveInventory", "authorizePayment")),
            Map.entry("capturePayment", List.of("createShipment")),
            Map.entry("sendConfirmation", List.of("capturePayment")));
    assertThat(order.steps().stream().filter(Step::pivot).map(Step::name))
        .containsExactly("capturePayment");
  }

  private static Map<String, Orchestration> definitions() throws IOException {
    Map<String, Orchestration> definitions = new TreeMap<>();
    for (String file : registrations()) {
      compile(file).results().stream()
          .filter(Defined.class::isInstance)
          .map(result -> ((Defined) result).orchestration())
          .forEach(definition -> definitions.put(definition.name(), definition));
    }
    return definitions;
  }

  private static CompiledRegistration compile(String file) throws IOException {
    return RegistrationCompiler.compile(Files.readAllBytes(FOLDER.resolve(file)), Map.of());
  }

  private static List<String> files(String... endings) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> Stream.of(endings).anyMatch(name::endsWith))
          .sorted()
          .toList();
    }
  }
}
