package io.doundo.launcher.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks docker-compose.yml and the Dockerfile without Docker: the names in them exist. */
class ComposeFileTest {

  private static final Path ROOT = Path.of("..");

  /** The images of ours, and the modules that they are of. */
  private static final Map<String, String> IMAGES =
      Map.of(
          "orchestrator", "orchestrator",
          "example-workers", "example-workers",
          "fhir-store", "example-plan-approval/fhir-store",
          "plan-approval", "example-plan-approval");

  /** What they are started for is done once they have ended. */
  private static final Set<String> ONE_SHOT = Set.of("no-keys", "plan-key");

  private final JsonNode file = file();
  private final JsonNode services = file.path("services");

  private static JsonNode file() {
    try (InputStream in = Files.newInputStream(ROOT.resolve("docker-compose.yml"))) {
      return yaml(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode yaml(InputStream in) {
    return JsonMapper.shared()
        .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
  }

  @Test
  void everySettingOfOursExists() throws IOException {
    Set<String> known = settings();
    assertThat(known).contains("DOUNDO_STATE_DIR", "DOUNDO_WORKER_REDIS", "DOUNDO_EXAMPLES_STORE");
    List<String> used = new ArrayList<>();
    for (JsonNode service : services) {
      service.path("environment").propertyNames().stream()
          .filter(name -> name.startsWith("DOUNDO_"))
          .forEach(used::add);
    }

    assertThat(used).hasSizeGreaterThanOrEqualTo(8);
    assertThat(used)
        .allSatisfy(name -> assertThat(known).contains(name.replaceAll("_\\d+_.*", "")));
  }

  /** The properties in the configuration metadata of all modules, as environment variables. */
  private static Set<String> settings() throws IOException {
    Set<String> names = new TreeSet<>();
    ClassLoader loader = ComposeFileTest.class.getClassLoader();
    for (URL url :
        Collections.list(loader.getResources("META-INF/spring-configuration-metadata.json"))) {
      try (InputStream in = url.openStream()) {
        for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
          names.add(
              property
                  .path("name")
                  .asString()
                  .replace('.', '_')
                  .replace('-', '_')
                  .toUpperCase(Locale.ROOT));
        }
      }
    }
    return names;
  }

  @Test
  void everyImageOfOursIsBuiltFromWhatIsThere() throws IOException {
    for (String module : List.of("orchestrator", "example-workers")) {
      assertThat(services.path(module).path("build").path("target").asString()).isEqualTo(module);
      assertThat(stage(module + "-build"))
          .anySatisfy(line -> assertThat(line).contains("-pl " + module + " -am"));
      assertThat(stage(module))
          .contains(
              "FROM runtime AS " + module, "COPY --from=" + module + "-build /app/app.jar app.jar");
      assertThat(Files.readString(ROOT.resolve(module).resolve("pom.xml")))
          .contains("<artifactId>doundo-" + module + "</artifactId>")
          .contains("<classifier>exec</classifier>");
      assertThat(services.path(module).path("volumes").toString()).contains(":/data");
    }
    assertThat(stage("runtime")).contains("USER doundo", "VOLUME /data");
    assertThat(
            services.path("orchestrator").path("environment").path("DOUNDO_STATE_DIR").asString())
        .startsWith("/data/");
  }

  @Test
  void theImagesOfServicesLogAsJson() throws IOException {
    for (String image : List.of("orchestrator", "example-workers", "plan-approval")) {
      assertThat(stage(image)).contains("ENV LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs");
    }
  }

  /** The plan approval's programs run on the class paths that the demo starts them on. */
  @Test
  void theImagesOfThePlanApprovalRunMainClassesThatExist() throws IOException {
    for (String image : List.of("fhir-store", "plan-approval")) {
      String module = String.valueOf(IMAGES.get(image));
      assertThat(stage(image + "-build"))
          .anySatisfy(line -> assertThat(line).contains("-pl " + module + " -am"));
      assertThat(stage(image))
          .anySatisfy(line -> assertThat(line).contains("/source/" + module + "/target/lib lib"));
    }
    List<String> programs = new ArrayList<>();
    for (String service : List.of("plan-workers", "plan-facade")) {
      assertThat(services.path(service).path("build").path("target").asString())
          .isEqualTo("plan-approval");
      programs.add(services.path(service).path("command").path(0).asString());
    }
    assertThat(programs)
        .allSatisfy(
            program ->
                assertThat(
                        ROOT.resolve("example-plan-approval/src/main/java")
                            .resolve(program.replace('.', '/') + ".java"))
                    .exists());
    assertThat(stage("fhir-store").toString()).contains("\"io.doundo.fhirstore.FhirStore\"");
    assertThat(
            ROOT.resolve(
                "example-plan-approval/fhir-store/src/main/java/io/doundo/fhirstore/FhirStore.java"))
        .exists();
  }

  /** Maven needs the pom of every module, and the sources of the modules that it builds. */
  @Test
  void imagesAreBuiltFromTheirModulesAndFromNothingElse() throws IOException {
    List<String> modules = new ArrayList<>();
    Matcher module =
        Pattern.compile("<module>([a-z/-]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    while (module.find()) {
      modules.add(module.group(1));
    }
    // Of the profiles with the formal models, which no image needs.
    modules.removeAll(List.of("docs/spec"));
    assertThat(modules).contains("example-plan-approval", "example-plan-approval/fhir-store");
    for (String image : IMAGES.keySet()) {
      List<String> lines = new ArrayList<>(stage("source"));
      lines.addAll(stage(image + "-build"));
      List<String> copied =
          lines.stream()
              .filter(line -> line.startsWith("COPY "))
              .map(line -> line.split(" ", -1)[1])
              .toList();
      assertThat(copied).as(image).doesNotContain(".");
      assertThat(copied).containsAll(modules.stream().map(one -> one + "/pom.xml").toList());
      assertThat(copied)
          .containsAll(
              closure(String.valueOf(IMAGES.get(image))).stream().map(one -> one + "/src").toList())
          .allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
    }
  }

  /** The lines of a stage of the Dockerfile, its FROM first. */
  private static List<String> stage(String name) throws IOException {
    List<String> found = new ArrayList<>();
    boolean isInside = false;
    for (String line : Files.readAllLines(ROOT.resolve("Dockerfile"))) {
      if (line.startsWith("FROM ")) {
        isInside = line.endsWith(" AS " + name);
      }
      if (isInside) {
        found.add(line);
      }
    }
    assertThat(found).as("the stage " + name).isNotEmpty();
    return found;
  }

  /** A module and its own modules among its dependencies, in any scope. */
  private static Set<String> closure(String module) throws IOException {
    Set<String> found = new TreeSet<>(Set.of(module));
    Matcher needed =
        Pattern.compile(
                "<dependency>\\s*<groupId>io\\.doundo</groupId>\\s*<artifactId>doundo-([a-z-]+)<")
            .matcher(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
    while (needed.find()) {
      String other = directory(needed.group(1));
      if (found.add(other)) {
        found.addAll(closure(other));
      }
    }
    return found;
  }

  /** Most modules lie where their artifact's name says. */
  private static String directory(String artifact) {
    return artifact.equals("example-fhir-store") ? "example-plan-approval/fhir-store" : artifact;
  }

  /** A key that may act for anybody is known to the orchestrator only with the profile. */
  @Test
  void theKeyOfThePlanApprovalIsThereOnlyWithItsProfile() throws Exception {
    assertThat(services.path("orchestrator").path("environment").toString())
        .doesNotContain("act-as", "plan-approval");
    assertThat(keys("no-keys")).isEmpty();
    assertThat(services.path("orchestrator").path("depends_on").propertyNames())
        .as("each start begins without the key of an earlier one")
        .contains("no-keys");

    JsonNode keys = keys("plan-key");
    assertThat(services.path("plan-key").path("profiles").toString()).contains("plan-approval");
    assertThat(services.path("plan-key").path("depends_on").propertyNames()).contains("no-keys");
    assertThat(services.path("plan-facade").path("depends_on").propertyNames())
        .contains("plan-key");
    assertThat(keys).hasSize(1);
    assertThat(keys.path(0).path("permissions").asString()).isEqualTo("act-as");
    String argument = "--plan-approval.orchestrator.api-key=";
    String sent =
        services
            .path("plan-facade")
            .path("command")
            .valueStream()
            .map(JsonNode::asString)
            .filter(text -> text.startsWith(argument))
            .findFirst()
            .orElseThrow()
            .substring(argument.length());
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(sent.getBytes(StandardCharsets.UTF_8));
    assertThat(keys.path(0).path("sha256").asString()).isEqualTo(HexFormat.of().formatHex(hash));
  }

  /** What a service copies into the keys file that the orchestrator reads. */
  private JsonNode keys(String service) throws IOException {
    JsonNode command = services.path(service).path("command");
    String source = command.path(1).asString();
    String target = command.path(2).asString();
    assertThat(target)
        .isEqualTo(
            services
                .path("orchestrator")
                .path("environment")
                .path("DOUNDO_API_KEYS_FILE")
                .asString());
    for (String mounted : List.of(service, "orchestrator")) {
      assertThat(services.path(mounted).path("volumes").toString()).contains("keys:/keys");
    }
    assertThat(services.path(service).path("configs").path(0).asString())
        .as("a config is mounted at its name")
        .isEqualTo(source.substring(1));
    String content = file.path("configs").path(source.substring(1)).path("content").asString();
    try (InputStream in = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8))) {
      return yaml(in).path("keys");
    }
  }

  @Test
  void everyServiceSaysWhetherItIsHealthy() {
    for (String name : services.propertyNames()) {
      assertThat(
              services.path(name).has("healthcheck")
                  || name.equals("orchestrator")
                  || ONE_SHOT.contains(name))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void servicesWaitForServicesThatSayWhenTheyAreHealthy() throws IOException {
    for (JsonNode service : services) {
      for (String needed : service.path("depends_on").propertyNames()) {
        if (ONE_SHOT.contains(needed)) {
          assertThat(service.path("depends_on").path(needed).path("condition").asString())
              .isEqualTo("service_completed_successfully");
          continue;
        }
        assertThat(services.path(needed).has("healthcheck") || needed.equals("orchestrator"))
            .as(needed)
            .isTrue();
      }
    }
    assertThat(stage("orchestrator"))
        .anySatisfy(line -> assertThat(line).startsWith("HEALTHCHECK "));
  }
}
