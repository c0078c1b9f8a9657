package io.doundo.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The console's files are complete, load nothing from elsewhere, and obey the server's policy. */
class ConsoleFilesTest {

  private static final Pattern IMPORT =
      Pattern.compile("(?:import|export)\\s*(?:[\\w$*{},\\s]*?from\\s*)?[\"']([^\"']+)[\"']");
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"\\{root\\}([^\"]+)\"");

  /** The URI of an XML namespace, which no browser fetches. */
  private static final Pattern NAMESPACE =
      Pattern.compile("http://www\\.w3\\.org/(?:2000/svg|1998/Math/MathML)");

  private static final Path FILES = files();

  private static Path files() {
    URL page = ConsoleFilesTest.class.getResource("/static/console/index.html");
    try {
      return Path.of(new URI(String.valueOf(page))).resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the console is on no class path", e);
    }
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    for (Path file : all()) {
      assertThat(NAMESPACE.matcher(text(file)).replaceAll(""))
          .as(name(file))
          .doesNotContain("http://", "https://");
    }
  }

  @Test
  void everyImportIsThereAndEveryFileIsUsed() {
    Set<String> used = new TreeSet<>(List.of("index.html"));
    Deque<Path> open = new ArrayDeque<>();
    Matcher reference = REFERENCE.matcher(text(FILES.resolve("index.html")));
    while (reference.find()) {
      Path file = FILES.resolve(reference.group(1).substring("console/".length()));
      assertThat(file).exists();
      if (used.add(name(file))) {
        open.add(file);
      }
    }
    assertThat(used).contains("app.js", "app.css");
    while (!open.isEmpty()) {
      Path file = open.remove();
      if (!file.toString().endsWith(".js")) {
        continue;
      }
      Matcher imported = IMPORT.matcher(text(file));
      while (imported.find()) {
        assertThat(imported.group(1)).as("an import of %s", name(file)).startsWith(".");
        Path target = file.resolveSibling(imported.group(1)).normalize();
        assertThat(target).as("imported by %s", name(file)).isRegularFile();
        if (used.add(name(target))) {
          open.add(target);
        }
      }
    }
    assertThat(all().stream().map(ConsoleFilesTest::name).filter(name -> !name.endsWith("LICENSE")))
        .containsExactlyInAnyOrderElementsOf(used);
  }

  @Test
  void noTextBecomesMarkupOrScript() {
    for (Path file : all()) {
      if (!name(file).startsWith("lib/")) {
        assertThat(text(file))
            .as(name(file))
            .doesNotContain(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "unsafe",
                "eval(",
                "new Function",
                "javascript:",
                "createPolicy",
                " style=\"",
                " style=$")
            .doesNotContainPattern("<[a-z]+[^>]* on[a-z]+=");
      }
    }
  }

  @Test
  void theKeyIsKeptInMemoryAlone() {
    for (Path file : all()) {
      if (text(file).contains("localStorage")) {
        assertThat(name(file)).isEqualTo("app.js");
        assertThat(text(file)).doesNotContainPattern("remember\\('(?!zone|theme|columns)");
      }
      assertThat(text(file))
          .as(name(file))
          .doesNotContain("sessionStorage", "document.cookie", "indexedDB");
    }
  }

  private static List<Path> all() {
    try (Stream<Path> files = Files.walk(FILES)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path file) {
    return FILES.relativize(file).toString().replace('\\', '/');
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
