package io.doundo.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both models hold with every set of faults: that of one flow, and that of a flow and its parts.
 * Each of their broken twins violates the property that its configuration names: a property that no
 * twin violates would prove nothing.
 */
class ModelTest {

  /** The model of one flow, and that of a flow and its parts, each with its configurations. */
  private enum Subject {
    FLOW("", "Model.tla"),
    FAMILY("family", "Family.tla");

    private final Path directory;
    private final Path module;

    Subject(String directory, String module) {
      this.directory = Path.of(directory);
      this.module = Path.of(module);
    }

    Path models() {
      return directory.resolve("models");
    }

    Path twins() {
      return directory.resolve("twins");
    }

    Path reachable() {
      return directory.resolve("reachable");
    }
  }

  private static final String DEEP_ONLY = "takes too long for every run";
  private static final String NAMED_ONLY = "takes longer than a night";
  private static final int FEWEST_TWINS = 6;
  private static final Pattern REFUTED_BY = Pattern.compile("\\\\\\* refuted by (\\w+)\n");

  static Stream<Path> flowModels() throws IOException {
    return models(Subject.FLOW);
  }

  static Stream<Path> familyModels() throws IOException {
    return models(Subject.FAMILY);
  }

  static Stream<Path> twins() throws IOException {
    return Stream.concat(wanted(Subject.FLOW.twins()), wanted(Subject.FAMILY.twins()));
  }

  static Stream<Path> reachable() throws IOException {
    return Stream.concat(wanted(Subject.FLOW.reachable()), wanted(Subject.FAMILY.reachable()));
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("flowModels")
  void theModelOfAFlowHolds(Path config) throws Exception {
    assertHolds(Subject.FLOW, config);
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("familyModels")
  void theModelOfAFamilyHolds(Path config) throws Exception {
    assertHolds(Subject.FAMILY, config);
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("twins")
  void aBrokenTwinIsRefuted(Path config) throws Exception {
    assertRefuted(config);
  }

  /**
   * Each claims that something never happens; its violation shows that the model is not vacuous.
   */
  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("reachable")
  void whatTheModelIsAboutHappens(Path config) throws Exception {
    assertRefuted(config);
  }

  @Test
  void everyConfigurationHasItsTwin() throws IOException {
    // The output of each is stored under its name.
    Set<String> names = new HashSet<>();
    for (Subject subject : Subject.values()) {
      assertThat(configurations(subject.twins())).hasSizeGreaterThanOrEqualTo(FEWEST_TWINS);
      for (Path directory : List.of(subject.models(), subject.twins(), subject.reachable())) {
        for (Path config : configurations(directory)) {
          assertThat(names.add(nameOf(config))).as("there is one %s", nameOf(config)).isTrue();
          if (!directory.equals(subject.models())) {
            assertThat(moduleOf(config)).exists();
          }
        }
      }
    }
  }

  private static void assertHolds(Subject subject, Path config) throws Exception {
    ModelCheckResult result = check(subject.module, config);

    assertThat(result.holds()).as(result.output()).isTrue();
  }

  private static void assertRefuted(Path config) throws Exception {
    Matcher expected = REFUTED_BY.matcher(Files.readString(config));
    assertThat(expected.lookingAt()).as("%s says what refutes it", config).isTrue();
    String property = expected.group(1);

    ModelCheckResult result = check(moduleOf(config), config);

    assertThat(result.refuted()).as(result.output()).isTrue();
    assertThat(result.violated("EveryFlowEnds")).isEqualTo(property);
  }

  private static ModelCheckResult check(Path module, Path config)
      throws IOException, InterruptedException, URISyntaxException {
    long began = System.nanoTime();
    ModelCheckResult result = Tlc.check(module, config);
    long seconds = (System.nanoTime() - began) / 1_000_000_000;
    System.out.println(config + ": " + result.figures() + ", " + seconds + " s");
    return result;
  }

  private static Stream<Path> models(Subject subject) throws IOException {
    Stream.Builder<Path> models = Stream.builder();
    for (Path config : configurations(subject.models())) {
      if (isWanted(config)) {
        models.add(config);
      }
    }
    return models.build();
  }

  private static boolean isWanted(Path config) throws IOException {
    List<String> named = named();
    if (!named.isEmpty() && !named.contains(nameOf(config))) {
      return false;
    }
    String text = Files.readString(config);
    return text.contains(NAMED_ONLY)
        ? !named.isEmpty()
        : Boolean.getBoolean("doundo.spec.deep") || !text.contains(DEEP_ONLY);
  }

  private static Stream<Path> wanted(Path directory) throws IOException {
    List<String> named = named();
    return configurations(directory).stream()
        .filter(config -> named.isEmpty() || named.contains(nameOf(config)));
  }

  /** The models that are asked for by name; empty for all. */
  private static List<String> named() {
    return Stream.of(System.getProperty("doundo.spec.only", "").split(","))
        .filter(name -> !name.isBlank())
        .toList();
  }

  private static List<Path> configurations(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".cfg")).sorted().toList();
    }
  }

  private static String nameOf(Path config) {
    return config.getFileName().toString().replace(".cfg", "");
  }

  private static Path moduleOf(Path config) {
    return config.resolveSibling(nameOf(config) + ".tla");
  }
}
