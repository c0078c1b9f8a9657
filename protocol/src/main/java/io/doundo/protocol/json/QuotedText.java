package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for strings in JSON that is not decoded, for readers that pass over most of what they read.
 * A string is found where it stands in quotes, as a name or as a value, without escapes. Immutable.
 */
public final class QuotedText {

  private static final int LETTERS = 128;

  /** The words with their quotes, by their first letter: it rules out most places. */
  private final byte[][][] words = new byte[LETTERS][][];

  private QuotedText(Map<Integer, List<byte[]>> words) {
    words.forEach((letter, some) -> this.words[letter] = some.toArray(byte[][]::new));
  }

  /** The name of a field, to look for its value. Immutable. */
  public static final class Field {

    private final byte[] quoted;

    /**
     * Prepares the search.
     *
     * @param name of ASCII characters, none of which is escaped in JSON
     */
    public Field(String name) {
      this.quoted = ('"' + name + "\":\"").getBytes(StandardCharsets.US_ASCII);
    }
  }

  /**
   * Any of these words.
   *
   * @param words of ASCII characters, none of which is escaped in JSON; none is empty
   */
  public static QuotedText anyOf(Collection<String> words) {
    return new QuotedText(
        words.stream()
            .map(word -> ('"' + word + '"').getBytes(StandardCharsets.US_ASCII))
            .collect(Collectors.groupingBy(word -> (int) word[1])));
  }

  /** Whether one of the words stands in it. */
  public boolean standsIn(byte[] json) {
    for (int at = 0; at < json.length - 1; at++) {
      if (json[at] == '"' && json[at + 1] >= 0 && anyStandsAt(json, at, words[json[at + 1]])) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyStandsAt(byte[] json, int at, byte @Nullable [][] words) {
    if (words != null) {
      for (byte[] word : words) {
        if (standsAt(json, at, word)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The value of the first field of this name, in whatever object it stands, if it is a string;
   * null when there is none. Escapes stay as they are.
   *
   * @param json without white space between its tokens
   */
  public static @Nullable String valueOf(Field field, byte[] json) {
    byte[] before = field.quoted;
    for (int at = 0; at < json.length; at++) {
      if (json[at] == '"' && standsAt(json, at, before)) {
        int from = at + before.length;
        int to = from;
        while (to < json.length && json[to] != '"') {
          to++;
        }
        return new String(json, from, to - from, StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  private static boolean standsAt(byte[] json, int at, byte[] text) {
    return at + text.length <= json.length
        && Arrays.equals(json, at, at + text.length, text, 0, text.length);
  }
}
