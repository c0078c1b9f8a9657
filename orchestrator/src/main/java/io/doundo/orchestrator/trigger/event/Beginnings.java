package io.doundo.orchestrator.trigger.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From which offset on each trigger of a partition fires. It is kept in the metadata of the
 * committed offset, so that it is committed with it and moves with the partition from one instance
 * to another. Immutable.
 */
final class Beginnings {

  /** The most triggers that a topic can have: the metadata of an offset has at most 4,096 bytes. */
  static final int MOST = 200;

  /** No trigger has begun. */
  static final Beginnings NONE = new Beginnings(Map.of(), false);

  private static final String MARK = "1;";
  private static final int DIGEST_BYTES = 6;
  private static final int RADIX = 36;

  private final Map<String, Long> offsets;

  /** Whether the offset was set by somebody who knows nothing of triggers, such as an operator. */
  private final boolean isForeign;

  private Beginnings(Map<String, Long> offsets, boolean isForeign) {
    this.offsets = Map.copyOf(offsets);
    this.isForeign = isForeign;
  }

  /**
   * Reads the metadata of a committed offset. An offset that an operator has set has none: it is
   * foreign, and holds for every trigger that there is.
   */
  static Beginnings of(@Nullable String metadata) {
    if (metadata == null || !metadata.startsWith(MARK)) {
      return new Beginnings(Map.of(), true);
    }
    Map<String, Long> offsets = new TreeMap<>();
    for (String entry : metadata.substring(MARK.length()).split(",", -1)) {
      int equals = entry.indexOf('=');
      if (!entry.isEmpty()) {
        offsets.put(
            equals < 0 ? entry : entry.substring(0, equals),
            equals < 0 ? 0L : Long.parseLong(entry.substring(equals + 1), RADIX));
      }
    }
    return new Beginnings(offsets, false);
  }

  /**
   * Whether the offset was set by somebody who knows nothing of triggers. It has to be {@link
   * #heldFor} the triggers that there are before it is committed again.
   */
  boolean isForeign() {
    return isForeign;
  }

  /** Those of an offset that somebody has set: these triggers fire from there on, whatever else. */
  static Beginnings heldFor(Collection<String> triggers) {
    Map<String, Long> begun = new TreeMap<>();
    triggers.forEach(trigger -> begun.put(key(trigger), 0L));
    return new Beginnings(begun, false);
  }

  /** Whether a trigger has begun in this partition. */
  boolean knows(String trigger) {
    return offsets.containsKey(key(trigger));
  }

  /** The first offset at which a trigger fires. */
  long beginning(String trigger) {
    return offsets.getOrDefault(key(trigger), 0L);
  }

  /** The same where a trigger begins at an offset. */
  Beginnings with(String trigger, long offset) {
    Map<String, Long> more = new TreeMap<>(offsets);
    more.put(key(trigger), offset);
    return new Beginnings(more, isForeign);
  }

  Beginnings without(String trigger) {
    Map<String, Long> fewer = new TreeMap<>(offsets);
    fewer.remove(key(trigger));
    return new Beginnings(fewer, isForeign);
  }

  /** The same where no trigger fires before an offset. */
  Beginnings notBefore(long offset) {
    Map<String, Long> later = new TreeMap<>(offsets);
    later.replaceAll((trigger, beginning) -> Math.max(beginning, offset));
    return new Beginnings(later, isForeign);
  }

  /**
   * The metadata of a committed offset.
   *
   * @param position the offset; beginnings before it need not be kept
   */
  String metadata(long position) {
    StringBuilder text = new StringBuilder(MARK);
    new TreeMap<>(offsets)
        .forEach(
            (trigger, beginning) -> {
              if (text.length() > MARK.length()) {
                text.append(',');
              }
              text.append(trigger);
              if (beginning > position) {
                text.append('=').append(Long.toString(beginning, RADIX));
              }
            });
    return text.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Beginnings that
        && offsets.equals(that.offsets)
        && isForeign == that.isForeign;
  }

  @Override
  public int hashCode() {
    return offsets.hashCode();
  }

  @Override
  public String toString() {
    return offsets.toString();
  }

  /** A name would take too much room. */
  private static String key(String trigger) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(trigger.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
