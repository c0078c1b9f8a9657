package io.doundo.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.doundo.launcher.cli.ConfirmationPrompt;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents name files, commands and topics that exist. */
class DocumentsTest {

  private static final Path HOME = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern PATH =
      Pattern.compile("`((?:[\\w.-]+/)+[\\w.-]*|[A-Z]\\w+\\.(?:java|lua))`");
  private static final Pattern COMMAND = Pattern.compile("\\./doundo ([a-z][a-z-]+)");
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|[^\\s'])+");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TOPIC = Pattern.compile(">(orchestrator\\.[a-z.-]+)[<,]");

  static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String name : List.of("README.md", "CONTRIBUTING.md")) {
      documents.add(HOME.resolve(name));
    }
    try (Stream<Path> pages = Files.walk(HOME.resolve("docs"))) {
      pages
          .filter(page -> page.toString().endsWith(".md") && !page.toString().contains("/target/"))
          .forEach(documents::add);
    }
    return documents;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsToAFile(Path document) throws IOException {
    Matcher link = LINK.matcher(Files.readString(document));
    while (link.find()) {
      Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
      assertThat(target).as("link in %s", document).exists();
      if (link.group(2) != null && target.toString().endsWith(".md")) {
        assertThat(anchors(target)).as("link in %s", document).contains(link.group(2));
      }
    }
  }

  /** The anchors of a page's headings, as GitHub builds them. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new TreeSet<>();
    for (String line : Files.readAllLines(page)) {
      if (line.matches("#+ .*")) {
        anchors.add(
            line.replaceFirst("#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w\\- ]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }

  @Test
  void everyPathInTheMapsExists() throws IOException {
    Set<String> files = sources();
    for (String name : List.of("README.md", "CONTRIBUTING.md", "docs/architecture.md")) {
      Matcher path = PATH.matcher(Files.readString(HOME.resolve(name)));
      Set<String> missing = new TreeSet<>();
      while (path.find()) {
        String named = path.group(1);
        // The README's example stands for a project elsewhere.
        boolean exists =
            named.startsWith("src/")
                || Files.exists(HOME.resolve(named))
                || files.stream().anyMatch(file -> file.contains("/" + named));
        if (!exists) {
          missing.add(named);
        }
      }
      assertThat(missing).as("paths named in %s", name).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCommandExists(Path document) throws IOException {
    Matcher command = COMMAND.matcher(Files.readString(document));
    while (command.find()) {
      assertThat(Doundo.commandLine(ConfirmationPrompt.ofThisProcess()).getSubcommands())
          .as("commands in %s", document)
          .containsKey(command.group(1));
    }
  }

  /** The cookbook is generated; its commands must also be understood. */
  @Test
  void everyCommandOfTheCookbookHasTheOptionsThatItUses() throws IOException {
    int commands = 0;
    for (String line : Files.readAllLines(HOME.resolve("docs/operations.md"))) {
      if (line.startsWith("./doundo ") && !line.startsWith("./doundo kafka ")) {
        commands++;
        String[] words = words(line.substring("./doundo ".length()));
        assertThatCode(
                () -> Doundo.commandLine(ConfirmationPrompt.ofThisProcess()).parseArgs(words))
            .as(line)
            .doesNotThrowAnyException();
      }
    }
    assertThat(commands).isGreaterThan(20);
  }

  /** The words of a command line, in which a quote lasts until the next one. */
  private static String[] words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      words.add(word.group().replace("'", ""));
    }
    return words.toArray(String[]::new);
  }

  /** A block that begins with a step is an excerpt, which is completed to a document. */
  @Test
  void everySagaOfTheReadmeIsAccepted() throws IOException {
    Matcher block = YAML.matcher(Files.readString(HOME.resolve("README.md")));
    int sagas = 0;
    while (block.find()) {
      String text = block.group(1);
      if (!text.contains("- name:") && !text.contains("steps:")) {
        continue;
      }
      String document =
          text.contains("steps:") ? text : "orchestrationName: readme\nsteps:\n" + text;
      assertThat(RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).problems())
          .as(text)
          .isEmpty();
      sagas++;
    }
    assertThat(sagas).isGreaterThanOrEqualTo(2);
  }

  @Test
  void thePictureShowsTopicsThatExist() throws IOException {
    Set<String> topics = new TreeSet<>();
    for (Field field : Topics.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
        topics.add(constant(field));
      }
    }
    Matcher topic = TOPIC.matcher(Files.readString(HOME.resolve("docs/img/system.svg")));
    int shown = 0;
    while (topic.find()) {
      assertThat(topics).contains(topic.group(1));
      shown++;
    }
    assertThat(shown).isGreaterThan(5);
  }

  private static String constant(Field field) {
    try {
      return String.valueOf(field.get(null));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The source files and folders of all modules, each path with a slash before and after folders.
   */
  private static Set<String> sources() throws IOException {
    Set<String> files = new TreeSet<>();
    try (Stream<Path> modules = Files.list(HOME)) {
      for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml"))).toList()) {
        try (Stream<Path> sources = Files.walk(module.resolve("src"))) {
          sources.forEach(
              path ->
                  files.add("/" + HOME.relativize(path) + (Files.isDirectory(path) ? "/" : "")));
        }
      }
    }
    return files;
  }
}
