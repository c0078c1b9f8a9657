package io.doundo.launcher.cli;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Command lines to type next, quoted for a shell, with the command named as it was called. */
public final class Shell {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private Shell() {}

  /** How this command was called; the doundo script knows. */
  public static String command() {
    return quoted(System.getProperty("doundo.command", "doundo"));
  }

  /** A whole command line; a word that begins with a hyphen must be meant as an option. */
  public static String line(List<String> words) {
    return command() + ' ' + words.stream().map(Shell::quoted).collect(Collectors.joining(" "));
  }

  /**
   * One word as a POSIX shell takes it back unchanged in any locale; control characters as bash and
   * zsh do.
   */
  public static String quoted(String word) {
    if (PLAIN.matcher(word).matches()) {
      return word;
    }
    return word.codePoints().anyMatch(Shell::isInvisible)
        ? "$'" + word.codePoints().mapToObj(Shell::escaped).collect(Collectors.joining()) + '\''
        : '\'' + word.replace("'", "'\\''") + '\'';
  }

  private static boolean isInvisible(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
  }

  private static String escaped(int c) {
    String text = Character.toString(c);
    if (isInvisible(c)) {
      return HexFormat.of().withPrefix("\\x").formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
    return c == '\'' || c == '\\' ? "\\" + text : text;
  }
}
