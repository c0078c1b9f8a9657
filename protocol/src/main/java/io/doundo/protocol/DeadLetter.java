package io.doundo.protocol;

import io.doundo.protocol.json.Printable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record in {@code orchestrator.dead-letter} for one that could not be processed: its value
 * byte for byte, with the reason and the source in headers. A value over the limit keeps a prefix,
 * its SHA-256 and its length.
 */
public final class DeadLetter {

  private static final int MAX_REASON_LENGTH = 4_000;

  /**
   * Where a record stands.
   *
   * @param timestamp when it was appended, ms since the epoch
   */
  public record Source(String topic, int partition, long offset, long timestamp) {}

  private final byte[] value;
  private final Map<String, byte[]> headers;

  private DeadLetter(byte[] value, Map<String, byte[]> headers) {
    this.value = value;
    this.headers = headers;
  }

  /** The value to write; the array must not be changed. */
  public byte[] value() {
    return value;
  }

  /** The record headers to write. */
  public Map<String, byte[]> headers() {
    return headers;
  }

  /**
   * Makes the dead letter of a record.
   *
   * @param value the record's value, null for a tombstone
   * @param maxBytes the longest value to keep whole
   */
  public static DeadLetter of(byte @Nullable [] value, Source source, String reason, int maxBytes) {
    byte[] whole = value == null ? new byte[0] : value;
    Map<String, byte[]> headers = new LinkedHashMap<>();
    put(headers, RecordHeaders.DEAD_LETTER_REASON, Printable.line(reason, MAX_REASON_LENGTH));
    put(headers, RecordHeaders.DEAD_LETTER_TOPIC, source.topic());
    put(headers, RecordHeaders.DEAD_LETTER_PARTITION, String.valueOf(source.partition()));
    put(headers, RecordHeaders.DEAD_LETTER_OFFSET, String.valueOf(source.offset()));
    put(headers, RecordHeaders.DEAD_LETTER_TIMESTAMP, String.valueOf(source.timestamp()));
    if (whole.length <= maxBytes) {
      return new DeadLetter(whole, headers);
    }
    put(headers, RecordHeaders.DEAD_LETTER_SHA256, sha256(whole));
    put(headers, RecordHeaders.DEAD_LETTER_LENGTH, String.valueOf(whole.length));
    return new DeadLetter(Arrays.copyOf(whole, maxBytes), headers);
  }

  private static void put(Map<String, byte[]> headers, String name, String value) {
    headers.put(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
