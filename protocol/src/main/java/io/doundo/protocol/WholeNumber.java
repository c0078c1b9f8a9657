package io.doundo.protocol;

import io.doundo.protocol.json.MalformedRecordException;
import java.math.BigDecimal;
import java.util.OptionalLong;

/**
 * Reads whole numbers in any spelling that JSON libraries give them: {@code 1}, {@code 1.0}, {@code
 * 1e0}, {@code "1"}.
 */
final class WholeNumber {

  private static final int LONGEST = 50;

  private WholeNumber() {}

  /** The number, or empty when the text is none, has a fraction or does not fit a long. */
  static OptionalLong parse(String text) {
    if (text.length() > LONGEST) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          isPlain(text) ? Long.parseLong(text) : new BigDecimal(text.strip()).longValueExact());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    } catch (ArithmeticException e) {
      // It has a fraction, or is too large.
      return OptionalLong.empty();
    }
  }

  /**
   * A number of this range.
   *
   * @param name whose it is, for the error text
   */
  static long require(String name, String text, long least, long most)
      throws MalformedRecordException {
    OptionalLong number = parse(text);
    if (number.isPresent() && number.getAsLong() >= least && number.getAsLong() <= most) {
      return number.getAsLong();
    }
    throw new MalformedRecordException(
        "%s must be a whole number from %d%s but is \"%s\""
            .formatted(
                name,
                least,
                most >= Integer.MAX_VALUE ? "" : " to " + most,
                Names.shortened(text)));
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
