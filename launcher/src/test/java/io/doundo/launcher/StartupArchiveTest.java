package io.doundo.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.doundo.launcher.cli.ConfirmationPrompt;
import io.doundo.launcher.process.ClassPath;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.Topics;
import java.io.File;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartupArchiveTest {

  @Test
  void everyCommandThatItRunsSucceeds() {
    assertThatCode(() -> StartupArchive.main(new String[0])).doesNotThrowAnyException();
  }

  /** The only jars that the script gives them, because every further jar costs time. */
  @Test
  void shortCommandsNeedNoMoreThanTheJarsThatTheScriptGivesThem() throws Exception {
    Matcher light =
        Pattern.compile("^light=\\((.+)\\)$", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("..", "doundo")));
    assertThat(light.find()).isTrue();
    List<String> classPath = new ArrayList<>(List.of(placeOf(Doundo.class)));
    for (String name : light.group(1).split(" ", -1)) {
      classPath.add(place(name));
    }

    Process commands =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classPath),
                StartupArchive.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(commands.getInputStream().readAllBytes(), UTF_8);

    assertThat(commands.waitFor()).as(output).isZero();
  }

  /**
   * A document with expressions or schemas needs their compilers, which would slow down the others.
   */
  @Test
  void validateIsGivenTheJarsThatCompileExpressions() throws Exception {
    assertThat(Files.readString(Path.of("..", "doundo")))
        .contains("[ \"${1:-}\" != validate ] || classpath+=:$target/lib/*");
  }

  private static String place(String name) throws Exception {
    return switch (name) {
      case "doundo-protocol" -> placeOf(Topics.class);
      case "doundo-orchestrator" -> placeOf(RegistrationCompiler.class);
      default ->
          Stream.of(ClassPath.current().split(File.pathSeparator, -1))
              .filter(entry -> entry.matches(".*/" + name + "[-.][0-9][^/]*\\.jar"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no jar " + name));
    };
  }

  private static String placeOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
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
