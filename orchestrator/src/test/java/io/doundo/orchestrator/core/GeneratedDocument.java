package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a document that is generated from the code, between {@code <!-- begin NAME -->} and
 * {@code <!-- end NAME -->}. Run the test with {@code -Ddoundo.docs.update=true} to write it.
 */
public final class GeneratedDocument {

  private static final Path DOCS = Path.of("..", "docs");

  private GeneratedDocument() {}

  public static void assertUpToDate(String file, String name, String generated) {
    Path path = DOCS.resolve(file);
    String begin = "<!-- begin " + name + " -->\n";
    String end = "<!-- end " + name + " -->";
    try {
      String text = Files.readString(path);
      int from = text.indexOf(begin);
      int to = text.indexOf(end);
      assertThat(from).as("%s has %s", file, begin).isNotNegative();
      assertThat(to).as("%s has %s", file, end).isGreaterThan(from);
      if (Boolean.getBoolean("doundo.docs.update")) {
        Files.writeString(
            path, text.substring(0, from + begin.length()) + generated + text.substring(to));
      } else {
        assertThat(text.substring(from + begin.length(), to))
            .as("the part %s of docs/%s; -Ddoundo.docs.update=true writes it", name, file)
            .isEqualTo(generated);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
