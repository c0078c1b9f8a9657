package io.doundo.plans.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/** The page's files are complete, load nothing from elsewhere, and obey the façade's policy. */
class PageFilesTest {

  private static final Path FILES = Path.of("src/main/resources/static");
  private static final Pattern IMPORT = Pattern.compile("import[^'\"]*from '([^']+)'");
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"(page/[^\"]+)\"");

  @Test
  void nothingIsLoadedFromElsewhere() {
    for (Path file : all()) {
      // The namespace of an image is fetched by no browser, and an example in a comment by nobody.
      assertThat(
              text(file).replace("http://www.w3.org/2000/svg", "").replaceAll("(?m)^ *\\*.*$", ""))
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
      use(FILES.resolve(reference.group(1)), used, open);
    }
    assertThat(used).contains("page/app.js", "page/page.css", "page/icon.svg");
    while (!open.isEmpty()) {
      Path file = open.remove();
      Matcher imported = IMPORT.matcher(text(file));
      while (file.toString().endsWith(".js") && imported.find()) {
        assertThat(imported.group(1)).as("an import of %s", name(file)).startsWith(".");
        use(file.resolveSibling(imported.group(1)).normalize(), used, open);
      }
    }
    assertThat(all().stream().map(PageFilesTest::name))
        .containsExactlyInAnyOrderElementsOf(used)
        .contains("plan-approval-client.js");
  }

  private static void use(Path file, Set<String> used, Deque<Path> open) {
    assertThat(file).isRegularFile();
    if (used.add(name(file))) {
      open.add(file);
    }
  }

  @Test
  void noTextBecomesMarkupOrScript() {
    for (Path file : all()) {
      assertThat(text(file))
          .as(name(file))
          .doesNotContain(
              "innerHTML",
              "outerHTML",
              "insertAdjacentHTML",
              "document.write",
              "DOMParser",
              "eval(",
              "new Function",
              "javascript:",
              " style=\"")
          .doesNotContainPattern("<[a-z]+[^>]* on[a-z]+=");
    }
  }

  @Test
  void theKeyIsKeptInMemoryAlone() {
    for (Path file : all()) {
      assertThat(text(file))
          .as(name(file))
          .doesNotContain("localStorage", "sessionStorage", "document.cookie", "indexedDB");
    }
  }

  /** One file that others can copy: it imports nothing. */
  @Test
  void theClientLibraryStandsAlone() {
    assertThat(text(FILES.resolve("plan-approval-client.js")))
        .doesNotContain("import ", "document", "window");
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
