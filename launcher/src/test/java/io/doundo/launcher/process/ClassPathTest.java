package io.doundo.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {

  @Test
  void onlyFilesThatABuildOverwritesAreCopied(@TempDir Path directory) throws IOException {
    List<String> current =
        ClassPath.entries(ClassPath.current()).stream().map(Path::toString).toList();
    List<String> frozen =
        List.of(ClassPath.frozenIn(directory).toString().split(File.pathSeparator, -1));

    assertThat(frozen).hasSameSizeAs(current);
    for (int i = 0; i < frozen.size(); i++) {
      boolean copied = Path.of(frozen.get(i)).startsWith(directory);
      boolean own =
          Files.isDirectory(Path.of(current.get(i))) || current.get(i).contains("/doundo-");
      assertThat(copied).as(current.get(i)).isEqualTo(own);
    }
    assertThat(frozen.stream().map(Path::of))
        .anyMatch(entry -> Files.exists(entry.resolve("io/doundo/launcher/Doundo.class")));
  }

  @Test
  void anEmptyEntryIsNotTakenForTheWorkingDirectory() {
    String separator = File.pathSeparator;

    assertThat(ClassPath.entries("a.jar" + separator + separator + "b.jar" + separator))
        .containsExactly(Path.of("a.jar"), Path.of("b.jar"));
  }

  @Test
  void aModuleCanBeLeftOut(@TempDir Path directory) throws IOException {
    List<String> rest =
        List.of(
            ClassPath.frozenIn(directory)
                .without(ClassPathTest.class)
                .toString()
                .split(File.pathSeparator, -1));

    assertThat(rest).hasSize(ClassPath.entries(ClassPath.current()).size() - 1);
    assertThat(rest.stream().map(Path::of))
        .noneMatch(
            entry -> Files.exists(entry.resolve("io/doundo/launcher/process/ClassPathTest.class")));
  }

  @Test
  void theClassPathOfAnotherBuildIsSplitByItsFileNames(@TempDir Path directory) throws IOException {
    Path build = Files.createDirectories(directory.resolve("build"));
    Path classes = Files.createDirectories(build.resolve("classes"));
    Path own = Files.writeString(build.resolve("doundo-worker-sdk-2.jar"), "sdk");
    Path foreign = Files.writeString(build.resolve("kafka-clients-4.jar"), "kafka");

    ClassPath all = ClassPath.frozenIn(directory.resolve("frozen"), List.of(classes, own, foreign));

    assertThat(all.toString().split(File.pathSeparator, -1))
        .hasSize(3)
        .contains(foreign.toString());
    assertThat(all.withoutFiles("doundo-worker-sdk-", "classes").toString())
        .isEqualTo(foreign.toString());
    ClassPath launcher = ClassPath.frozenIn(directory.resolve("own")).only(ClassPath.class);
    assertThat(launcher.and(all).toString()).isEqualTo(launcher + File.pathSeparator + all);
    assertThat(Path.of(launcher.toString()).resolve("io/doundo/launcher/Doundo.class")).exists();
  }
}
