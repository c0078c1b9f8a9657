package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;

/**
 * A text to be found as a part of others, in lower or upper case. An ASCII text is looked for by
 * its last byte, which tells how far the next place is at which it may end (Horspool), so that most
 * bytes are never looked at. Immutable.
 */
public final class SearchText {

  private static final int BYTES = 256;

  private final String lower;
  private final byte[] ascii;
  private final boolean isAscii;

  /** How far the end may move on when a byte stands there, by the byte. */
  private final int[] shift = new int[BYTES];

  public SearchText(String text) {
    lower = text.toLowerCase(Locale.ROOT);
    isAscii = lower.chars().allMatch(c -> c < 0x80);
    ascii = lower.getBytes(UTF_8);
    Arrays.fill(shift, Math.max(1, ascii.length));
    for (int i = 0; i < ascii.length - 1; i++) {
      shift[ascii[i] & 0xFF] = ascii.length - 1 - i;
      shift[upper(ascii[i]) & 0xFF] = ascii.length - 1 - i;
    }
  }

  boolean isIn(byte[] bytes, int from, int to) {
    if (!isAscii) {
      return new String(bytes, from, to - from, UTF_8).toLowerCase(Locale.ROOT).contains(lower);
    }
    int end = ascii.length - 1;
    for (int at = from + end; at < to; at += shift[bytes[at] & 0xFF]) {
      int i = end;
      while (i >= 0 && lower(bytes[at - end + i]) == ascii[i]) {
        i--;
      }
      if (i < 0) {
        return true;
      }
    }
    return ascii.length == 0;
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  private static int upper(int c) {
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
  }
}
