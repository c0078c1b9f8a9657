package io.doundo.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at eight bytes of a text at once. Stateless. */
final class EightBytes {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** One in each byte, and the highest bit of each byte. */
  private static final long ONES = 0x0101010101010101L;

  private static final long HIGHEST = 0x8080808080808080L;

  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long BLANKS = ' ' * ONES;

  private EightBytes() {}

  /** Where the first byte beyond ASCII stands, or one of the seven before it; else the end. */
  static int asciiUntil(byte[] text) {
    int at = 0;
    while (at <= text.length - Long.BYTES && ((long) LONGS.get(text, at) & HIGHEST) == 0) {
      at += Long.BYTES;
    }
    return at;
  }

  /**
   * Passes over what means nothing within a JSON string: everything but quotes, backslashes and
   * control characters. Stops at the first of these, or up to seven bytes before it or the end.
   */
  static int ordinaryUntil(byte[] text, int from) {
    int at = from;
    while (at <= text.length - Long.BYTES && !hasSpecial((long) LONGS.get(text, at))) {
      at += Long.BYTES;
    }
    return at;
  }

  /** Whether a byte is a quote, a backslash or a control character; eight at once. */
  private static boolean hasSpecial(long bytes) {
    long quotes = bytes ^ QUOTES;
    long backslashes = bytes ^ BACKSLASHES;
    long found =
        ((quotes - ONES) & ~quotes)
            | ((backslashes - ONES) & ~backslashes)
            | ((bytes - BLANKS) & ~bytes);
    return (found & HIGHEST) != 0;
  }
}
