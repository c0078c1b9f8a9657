package io.doundo.launcher.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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

/**
 * What can be known of docker-compose.yml and the Dockerfiles without an engine: they name things
 * that exist.
 */
class ComposeFileTest {

  private static final Path ROOT = Path.of("..");

  private final JsonNode services = services();

  private static JsonNode services() {
    try (InputStream in = Files.newInputStream(ROOT.resolve("docker-compose.yml"))) {
      Object file = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return JsonMapper.shared().valueToTree(file).path("services");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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

  /** What the configuration metadata of all modules knows, as environment variables. */
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
      String dockerfile = services.path(module).path("build").path("dockerfile").asString();
      assertThat(dockerfile).isEqualTo(module + "/Dockerfile");
      String text = Files.readString(ROOT.resolve(dockerfile));
      assertThat(text).contains("-pl " + module + " -am").contains("USER doundo");
      assertThat(Files.readString(ROOT.resolve(module).resolve("pom.xml")))
          .contains("<artifactId>doundo-" + module + "</artifactId>")
          .contains("<classifier>exec</classifier>");
      assertThat(services.path(module).path("volumes").toString()).contains(":/data");
    }
    assertThat(
            services.path("orchestrator").path("environment").path("DOUNDO_STATE_DIR").asString())
        .startsWith("/data/");
  }

  /** Maven wants the pom of every module, and the sources of those that a module is built from. */
  @Test
  void imagesAreBuiltFromTheirModulesAndFromNothingElse() throws IOException {
    List<String> modules = new ArrayList<>();
    Matcher module =
        Pattern.compile("<module>([a-z-]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    while (module.find()) {
      modules.add(module.group(1));
    }
    for (String image : List.of("orchestrator", "example-workers")) {
      List<String> copied =
          Files.readAllLines(ROOT.resolve(image).resolve("Dockerfile")).stream()
              .filter(line -> line.startsWith("COPY ") && !line.startsWith("COPY --from"))
              .map(line -> line.split(" ", -1)[1])
              .toList();
      assertThat(copied).as(image).doesNotContain(".");
      assertThat(copied).containsAll(modules.stream().map(one -> one + "/pom.xml").toList());
      assertThat(copied)
          .containsAll(closure(image).stream().map(one -> one + "/src").toList())
          .allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
    }
  }

  /** A module and those of ours that it depends on, in any scope. */
  private static Set<String> closure(String module) throws IOException {
    Set<String> found = new TreeSet<>(Set.of(module));
    Matcher needed =
        Pattern.compile(
                "<dependency>\\s*<groupId>io\\.doundo</groupId>\\s*<artifactId>doundo-([a-z-]+)<")
            .matcher(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
    while (needed.find()) {
      if (found.add(needed.group(1))) {
        found.addAll(closure(needed.group(1)));
      }
    }
    return found;
  }

  @Test
  void everyServiceSaysWhetherItIsHealthy() {
    for (String name : services.propertyNames()) {
      assertThat(services.path(name).has("healthcheck") || name.equals("orchestrator"))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void servicesWaitForServicesThatSayWhenTheyAreHealthy() throws IOException {
    for (JsonNode service : services) {
      for (String needed : service.path("depends_on").propertyNames()) {
        assertThat(services.path(needed).has("healthcheck") || needed.equals("orchestrator"))
            .as(needed)
            .isTrue();
      }
    }
    assertThat(Files.readString(ROOT.resolve("orchestrator/Dockerfile"))).contains("HEALTHCHECK");
  }
}
