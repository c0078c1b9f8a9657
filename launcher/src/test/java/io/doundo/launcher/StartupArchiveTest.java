package io.doundo.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.history.HistoryFiles;
import io.doundo.launcher.cli.ConfirmationPrompt;
import io.doundo.launcher.process.ClassPath;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.Topics;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class paths on which the script starts commands, and the archive of their classes. */
class StartupArchiveTest {

  /** What each jar of the installation stands for, by its path there. */
  private final Map<String, String> jars = new TreeMap<>();

  @TempDir private Path directory;
  private Path home = Path.of("");

  /**
   * Lays out what the script finds after a build, with a JDK that prints what it is asked to do.
   */
  @BeforeEach
  void install() throws IOException, URISyntaxException {
    home = directory.toRealPath();
    executable(home.resolve("doundo"), Files.readString(Path.of("..", "doundo")));
    executable(home.resolve("jdk/bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    executable(home.resolve("jdk/bin/javac"), "#!/bin/sh\n");
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path target = home.resolve("launcher/target");
    jar(target.resolve("doundo-launcher-1.jar"), placeOf(Doundo.class));
    Path lib = target.resolve("lib");
    jar(lib.resolve("doundo-protocol-1.jar"), placeOf(Topics.class));
    jar(lib.resolve("doundo-expression-1.jar"), placeOf(ExpressionCompiler.class));
    jar(lib.resolve("doundo-orchestrator-1.jar"), placeOf(RegistrationCompiler.class));
    jar(lib.resolve("doundo-history-1.jar"), placeOf(HistoryFiles.class));
    for (String entry : ClassPath.current().split(File.pathSeparator, -1)) {
      if (!jars.containsValue(entry)) {
        jar(lib.resolve(jarName(entry)), entry);
      }
    }
    Files.createFile(target.resolve("doundo.built"));
  }

  private static void executable(Path file, String content) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, content);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private void jar(Path file, String place) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, "");
    jars.put(file.toString(), place);
  }

  /** The name of a jar, also for a module whose classes are not in one. */
  private String jarName(String entry) {
    Path name = Path.of(entry).getFileName();
    return name != null && name.toString().endsWith(".jar")
        ? name.toString()
        : "module-" + jars.size() + ".jar";
  }

  private static String placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** The class path on which the script starts the command. */
  private String classPathFor(String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(home.resolve("doundo").toString()));
    line.addAll(List.of(command));
    ProcessBuilder script = new ProcessBuilder(line);
    script.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    List<String> arguments = run(script).lines().toList();
    assertThat(arguments).contains("-cp").endsWith(command);
    List<String> places = new ArrayList<>();
    String given = arguments.get(arguments.indexOf("-cp") + 1);
    String all = home.resolve("launcher/target/lib") + "/";
    for (String entry : given.split(":", -1)) {
      if (entry.equals(all + "*")) {
        jars.forEach(
            (jar, place) -> {
              if (jar.startsWith(all)) {
                places.add(place);
              }
            });
      } else {
        places.add(Objects.requireNonNull(jars.get(entry), entry));
      }
    }
    return String.join(File.pathSeparator, places);
  }

  private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static ProcessBuilder java(String classPath, String... command) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath));
    line.addAll(List.of(command));
    return new ProcessBuilder(line);
  }

  @Test
  void everyCommandThatItRunsSucceeds() {
    assertThatCode(() -> StartupArchive.main(new String[0])).doesNotThrowAnyException();
  }

  /** The only jars that the script gives them, because every further jar costs time. */
  @Test
  void shortCommandsNeedNoMoreThanTheJarsThatTheScriptGivesThem() throws Exception {
    String light = classPathFor("show", "f-1");
    assertThat(light.split(File.pathSeparator, -1)).hasSizeLessThan(12);
    assertThat(run(java(light, StartupArchive.class.getName()))).isNotNull();
  }

  /**
   * A document with expressions or schemas needs their compilers, which would slow down the others.
   */
  @Test
  void validateIsGivenTheJarsThatCompileExpressions() throws Exception {
    String document =
        Path.of("..", "registration-examples", "approval-registration.yaml").toString();
    String full = classPathFor("validate", document);
    assertThat(run(java(full, Doundo.class.getName(), "validate", document)))
        .contains("purchaseApproval");
    String light = classPathFor("show", "f-1");
    assertThat(full.split(File.pathSeparator, -1))
        .as("its archive is that of the others, whose jars come first")
        .startsWith(light.split(File.pathSeparator, -1));
  }

  @Test
  void aCommandThatIsNamedIsMadeAlone() {
    ConfirmationPrompt questions = new ConfirmationPrompt(false, Reader.nullReader());

    assertThat(Doundo.commandLine(questions, "show", "f").getSubcommands())
        .containsOnlyKeys("show");
    assertThat(Doundo.commandLine(questions, "--version").getSubcommands()).isEmpty();
    assertThat(Doundo.commandLine(questions, "shwo").getSubcommands()).hasSizeGreaterThan(20);
    assertThat(Doundo.commandLine(questions).getSubcommands())
        .containsKeys("dev", "demo", "undo", "abandon", "dead-letters", "kafka", "bench");
  }
}
