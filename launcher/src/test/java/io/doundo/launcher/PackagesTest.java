package io.doundo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packages of all modules, as their source folders show them. */
class PackagesTest {

  private static final Path ROOT = Path.of("..");

  /** In a larger package the allowed dependencies between classes are no longer visible. */
  private static final int MOST_FILES = 30;

  @ParameterizedTest
  @CsvSource({
    "protocol, io/doundo/protocol",
    "orchestrator, io/doundo/orchestrator",
    "history, io/doundo/history",
    "launcher, io/doundo/launcher",
    "example-workers, io/doundo/examples",
    "example-plan-approval, io/doundo/plans",
    "example-plan-approval/fhir-store, io/doundo/fhirstore",
    "benchmarks, io/doundo/bench"
  })
  void aModulePutsClassesIntoItsOwnPackagesOnly(String module, String own) throws IOException {
    Path sources = ROOT.resolve(module).resolve("src/main/java");
    assertThat(javaFiles(sources))
        .as("what another module's package holds must be seen in that module alone")
        .isNotEmpty()
        .allMatch(file -> file.startsWith(sources.resolve(own)));
  }

  @Test
  void noPackageIsTooLarge() throws IOException {
    Map<Path, Integer> sizes = new TreeMap<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        for (String kind : List.of("main", "test")) {
          Path sources = module.resolve("src").resolve(kind).resolve("java");
          if (Files.isDirectory(sources)) {
            javaFiles(sources).forEach(file -> sizes.merge(file.getParent(), 1, Integer::sum));
          }
        }
      }
    }
    assertThat(sizes).isNotEmpty();
    sizes.values().removeIf(files -> files <= MOST_FILES);
    assertThat(sizes).as("packages past %d files", MOST_FILES).isEmpty();
  }

  private static List<Path> javaFiles(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .toList();
    }
  }
}
