package io.doundo.bench.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.process.ProductClasses;
import io.doundo.launcher.process.ClassPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildsTest {

  @TempDir Path directory;

  @Test
  void theProcessesOfACheckoutLoadItsOwnModules() throws IOException {
    Path target = directory.resolve("checkout/benchmarks/target");
    Files.createDirectories(target.resolve("classes/io/doundo/bench/sdk"));
    for (String jar :
        List.of(
            "doundo-example-workers-1.jar",
            "doundo-launcher-1.jar",
            "doundo-orchestrator-1.jar",
            "doundo-protocol-1.jar",
            "doundo-worker-sdk-1.jar",
            "kafka-clients-4.jar")) {
      Files.createDirectories(target.resolve("lib"));
      Files.writeString(target.resolve("lib").resolve(jar), jar);
    }

    ProductClasses classes =
        Build.of("base", directory.resolve("checkout"))
            .classes(ClassPath.frozenIn(directory.resolve("harness")), directory.resolve("frozen"));

    assertThat(names(classes.orchestrator()).skip(1))
        .containsExactly(
            "doundo-orchestrator-1.jar", "doundo-protocol-1.jar", "kafka-clients-4.jar");
    assertThat(names(classes.sdkWorkers()).skip(1))
        .containsExactly(
            "classes", "doundo-protocol-1.jar", "doundo-worker-sdk-1.jar", "kafka-clients-4.jar");
    assertThat(classes.orchestrator().toString())
        .as("what ends with its parent, of this build")
        .startsWith(directory.resolve("harness").toString());
  }

  /** The file name without the number that prefixes a copy. */
  private static Stream<String> names(ClassPath classPath) {
    return Stream.of(classPath.toString().split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).getFileName().toString().replaceFirst("^[0-9]+-", ""));
  }

  @Test
  void anythingButACheckoutOrACommitIsRefused() throws IOException {
    try (Builds builds = new Builds(directory, directory, line -> {})) {
      assertThatThrownBy(() -> builds.find("no-such-build"))
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining(
              "no-such-build is neither a checkout that can be built nor a commit");
    }
  }

  @Test
  void aCheckoutThatCannotBeBuiltSaysWhy() throws IOException {
    Path checkout = Files.createDirectories(directory.resolve("broken"));
    Files.writeString(checkout.resolve("pom.xml"), "<project />");
    Path script = Files.writeString(checkout.resolve("doundo"), "#!/bin/sh\necho no JDK\nexit 3\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    try (Builds builds = new Builds(directory, directory, line -> {})) {
      assertThatThrownBy(() -> builds.find(checkout.toString()))
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("ended with exit code 3: no JDK");
    }
  }

  @Test
  void theBuildThatMeasuresNeedsNoCheckout() throws Exception {
    try (Builds builds = new Builds(directory, directory, line -> {})) {
      assertThat(builds.find("current").name()).isEqualTo("current");
    }
  }
}
