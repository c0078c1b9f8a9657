package io.doundo.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The model holds with every set of faults. Each of its broken twins violates the property that its
 * configuration names: a property that no twin violates would prove nothing.
 */
class ModelTest {

  private static final Path MODELS = Path.of("models");
  private static final Path TWINS = Path.of("twins");
  private static final Path REACHABLE = Path.of("reachable");
  private static final Path MODEL = Path.of("Model.tla");

  private static final Set<String> TOO_LONG = Set.of("ThreeFaults");
  private static final int FEWEST_TWINS = 6;
  private static final Pattern REFUTED_BY = Pattern.compile("\\\\\\* refuted by (\\w+)\n");

  static Stream<String> models() throws IOException {
    boolean deep = Boolean.getBoolean("doundo.spec.deep");
    return wanted(MODELS).filter(name -> deep || !TOO_LONG.contains(name));
  }

  static Stream<String> twins() throws IOException {
    return wanted(TWINS);
  }

  static Stream<String> reachable() throws IOException {
    return wanted(REACHABLE);
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("models")
  void theModelHolds(String name) throws Exception {
    ModelCheckResult verdict = check(MODEL, MODELS.resolve(name + ".cfg"));

    assertThat(verdict.holds()).as(verdict.output()).isTrue();
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("twins")
  void aBrokenTwinIsRefuted(String name) throws Exception {
    assertRefuted(TWINS, name);
  }

  /**
   * Each claims that something never happens; its violation shows that the model is not vacuous.
   */
  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("reachable")
  void whatTheModelIsAboutHappens(String name) throws Exception {
    assertRefuted(REACHABLE, name);
  }

  @Test
  void everyConfigurationHasItsTwin() throws IOException {
    assertThat(names(TWINS)).hasSizeGreaterThanOrEqualTo(FEWEST_TWINS);
    for (Path directory : List.of(TWINS, REACHABLE)) {
      for (String name : names(directory)) {
        assertThat(directory.resolve(name + ".tla")).exists();
      }
    }
  }

  private static void assertRefuted(Path directory, String name) throws Exception {
    Path config = directory.resolve(name + ".cfg");
    Matcher expected = REFUTED_BY.matcher(Files.readString(config));
    assertThat(expected.lookingAt()).as("%s says what refutes it", config).isTrue();
    String property = expected.group(1);

    ModelCheckResult verdict = check(directory.resolve(name + ".tla"), config);

    assertThat(verdict.refuted()).as(verdict.output()).isTrue();
    assertThat(verdict.violated("EveryFlowEnds")).isEqualTo(property);
  }

  private static ModelCheckResult check(Path module, Path config)
      throws IOException, InterruptedException, URISyntaxException {
    long began = System.nanoTime();
    ModelCheckResult verdict = Tlc.check(module, config);
    long seconds = (System.nanoTime() - began) / 1_000_000_000;
    System.out.println(config + ": " + verdict.figures() + ", " + seconds + " s");
    return verdict;
  }

  private static Stream<String> wanted(Path directory) throws IOException {
    List<String> only =
        Stream.of(System.getProperty("doundo.spec.only", "").split(","))
            .filter(name -> !name.isBlank())
            .toList();
    return names(directory).stream().filter(name -> only.isEmpty() || only.contains(name));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cfg"))
          .map(name -> name.replace(".cfg", ""))
          .sorted()
          .toList();
    }
  }
}
