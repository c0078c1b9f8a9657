package io.doundo.protocol.json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as bytes, in the spelling of {@link Json#MAPPER}: made for the few small objects that
 * are written for each record, at a fraction of a general generator's cost. The caller is
 * responsible for correct nesting. Not thread-safe.
 */
public final class JsonWriter {

  private static final long DAY_MS = 86_400_000;

  /** The first day of the year 0, and the first of the year 10000, counted from the epoch. */
  private static final long FIRST_DAY = -719_528;

  private static final long LAST_DAY = 2_932_897;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int size;

  /** Whether the next value follows another one. */
  private boolean separated;

  /**
   * @param expectedSize in bytes
   */
  public JsonWriter(int expectedSize) {
    bytes = new byte[Math.max(64, expectedSize)];
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Begins the object that is written, or one in an array. */
  public JsonWriter beginObject() {
    separate();
    return begin('{');
  }

  public JsonWriter beginObject(String name) {
    name(name);
    return begin('{');
  }

  public JsonWriter endObject() {
    return end('}');
  }

  /** Begins the array that is written. */
  public JsonWriter beginArray() {
    separate();
    return begin('[');
  }

  public JsonWriter beginArray(String name) {
    name(name);
    return begin('[');
  }

  public JsonWriter endArray() {
    return end(']');
  }

  public JsonWriter field(String name, String value) {
    name(name);
    quoted(value);
    return this;
  }

  /** Writes nothing for null. */
  public JsonWriter present(String name, @Nullable String value) {
    return value == null ? this : field(name, value);
  }

  public JsonWriter field(String name, long value) {
    name(name);
    number(value);
    return this;
  }

  public JsonWriter field(String name, boolean value) {
    name(name);
    plain(value ? "true" : "false");
    return this;
  }

  /** A value byte for byte as it is. */
  public JsonWriter field(String name, RawJson value) {
    name(name);
    reserve(value.size());
    System.arraycopy(value.bytes(), 0, bytes, size, value.size());
    size += value.size();
    return this;
  }

  /** Writes an element of the current array, byte for byte. */
  public JsonWriter element(RawJson value) {
    separate();
    reserve(value.size());
    System.arraycopy(value.bytes(), 0, bytes, size, value.size());
    size += value.size();
    return this;
  }

  /**
   * All fields of another object, byte for byte; the caller knows that none is here already.
   *
   * @param object without surrounding blanks, or null for none
   */
  public JsonWriter fieldsOf(@Nullable RawJson object) {
    if (object == null || object.size() <= 2) {
      return this;
    }
    separate();
    int length = object.size() - 2;
    reserve(length);
    System.arraycopy(object.bytes(), 1, bytes, size, length);
    size += length;
    separated = true;
    return this;
  }

  /** The same under a name that may be anything. */
  public JsonWriter anyField(String name, RawJson value) {
    separate();
    quoted(name);
    put(':');
    reserve(value.size());
    System.arraycopy(value.bytes(), 0, bytes, size, value.size());
    size += value.size();
    return this;
  }

  /**
   * A time as {@link Instant#toString} writes it.
   *
   * @param at ms since the epoch
   */
  public JsonWriter time(String name, long at) {
    name(name);
    put('"');
    instant(at);
    put('"');
    return this;
  }

  private JsonWriter begin(char bracket) {
    put(bracket);
    separated = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    put(bracket);
    separated = true;
    return this;
  }

  /** Names are the callers' own constants and need no escapes. */
  private void name(String name) {
    separate();
    reserve(name.length() + 3);
    bytes[size++] = '"';
    for (int i = 0; i < name.length(); i++) {
      bytes[size++] = (byte) name.charAt(i);
    }
    bytes[size++] = '"';
    bytes[size++] = ':';
  }

  private void separate() {
    if (separated) {
      put(',');
    }
    separated = true;
  }

  private void quoted(String text) {
    int length = text.length();
    // No character takes more than six bytes.
    reserve(2 + 6 * length);
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        character(c);
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xC0 | (c >> 6));
        bytes[size++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        bytes[size++] = (byte) (0xE0 | (c >> 12));
        bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[size++] = (byte) (0x80 | (c & 0x3F));
      } else if (i + 1 < length && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        i++;
        int point = Character.toCodePoint(c, text.charAt(i));
        bytes[size++] = (byte) (0xF0 | (point >> 18));
        bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        bytes[size++] = (byte) (0x80 | (point & 0x3F));
      } else {
        // Half a character, left where a text was cut: no UTF-8 can carry it, an escape can.
        escaped(c);
      }
    }
    bytes[size++] = '"';
  }

  /** An ASCII character within a string; room is there. */
  private void character(char c) {
    if (c >= ' ' && c != '"' && c != '\\') {
      bytes[size++] = (byte) c;
      return;
    }
    char shortForm =
        switch (c) {
          case '"', '\\' -> c;
          case '\b' -> 'b';
          case '\t' -> 't';
          case '\n' -> 'n';
          case '\f' -> 'f';
          case '\r' -> 'r';
          default -> 0;
        };
    if (shortForm == 0) {
      escaped(c);
    } else {
      bytes[size++] = '\\';
      bytes[size++] = (byte) shortForm;
    }
  }

  private void escaped(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(c >> shift) & 0xF];
    }
  }

  private void number(long value) {
    if (value < 0) {
      plain(Long.toString(value));
      return;
    }
    int digits = 1;
    for (long rest = value; rest > 9; rest /= 10) {
      digits++;
    }
    digits(value, digits);
  }

  /** A number with leading zeroes. */
  private void digits(long value, int digits) {
    reserve(digits);
    long rest = value;
    for (int i = size + digits - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
  }

  private void instant(long at) {
    long day = Math.floorDiv(at, DAY_MS);
    if (day < FIRST_DAY || day >= LAST_DAY) {
      plain(Instant.ofEpochMilli(at).toString());
      return;
    }
    // Years are counted from March, so that a leap day is the last of its year.
    long sinceYearZero = day - FIRST_DAY - 60;
    long era = Math.floorDiv(sinceYearZero, 146_097L);
    long dayOfEra = sinceYearZero - era * 146_097;
    long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long month = (5 * dayOfYear + 2) / 153;
    boolean nextYear = month >= 10;
    long time = at - day * DAY_MS;
    digits(yearOfEra + era * 400 + (nextYear ? 1 : 0), 4);
    put('-');
    digits(nextYear ? month - 9 : month + 3, 2);
    put('-');
    digits(dayOfYear - (153 * month + 2) / 5 + 1, 2);
    put('T');
    digits(time / 3_600_000, 2);
    put(':');
    digits(time / 60_000 % 60, 2);
    put(':');
    digits(time / 1_000 % 60, 2);
    if (time % 1_000 > 0) {
      put('.');
      digits(time % 1_000, 3);
    }
    put('Z');
  }

  private void plain(String ascii) {
    reserve(ascii.length());
    for (int i = 0; i < ascii.length(); i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
  }

  private void put(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
