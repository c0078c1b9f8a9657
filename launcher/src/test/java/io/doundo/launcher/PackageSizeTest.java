package io.doundo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A package is small enough to be read as a list: past thirty files it gets subpackages. */
class PackageSizeTest {

  private static final int MOST_FILES = 30;
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  static List<String> modules() {
    return List.of(
        "protocol", "worker-sdk", "worker-testkit", "example-workers", "launcher", "benchmarks");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noPackageHasMoreThanThirtyFiles(String module) throws IOException {
    Map<String, Integer> tooLarge = new TreeMap<>();
    int packages = 0;
    for (String kind : List.of("main", "test")) {
      Path sources = ROOT.resolve(module).resolve("src").resolve(kind).resolve("java");
      try (Stream<Path> paths = Files.walk(sources)) {
        for (Path directory : paths.filter(Files::isDirectory).toList()) {
          int files = files(directory);
          packages += files > 0 ? 1 : 0;
          if (files > MOST_FILES) {
            tooLarge.put(ROOT.relativize(directory).toString(), files);
          }
        }
      }
    }
    assertThat(packages).isPositive();
    assertThat(tooLarge).as("packages with more than %d files", MOST_FILES).isEmpty();
  }

  /** Without {@code package-info}, which is the list's heading. */
  private static int files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return (int)
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
              .count();
    }
  }
}
