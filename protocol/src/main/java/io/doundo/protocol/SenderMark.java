package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Marks the control records and starts that the orchestrator's API writes, so that readers know
 * that their {@code requestedBy} was authenticated. Only the holder of the secret can make a mark;
 * it is valid for the value of one record, and only for a short time. Thread-safe.
 */
public final class SenderMark {

  /** A record that is appended later than this was copied from another. */
  static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final String CONTROL = "control";
  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\.([\\w-]{43})");
  private static final int RANDOM_BYTES = 32;

  private final SecretKeySpec key;

  private SenderMark(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** Marks shared by all holders of this secret. */
  public static SenderMark of(String secret) {
    return new SenderMark(secret.getBytes(UTF_8));
  }

  /** Marks with a random secret that no other process knows. */
  public static SenderMark ofThisProcess() {
    byte[] secret = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(secret);
    return new SenderMark(secret);
  }

  /**
   * The mark of a record's value.
   *
   * @param now ms since the epoch
   */
  public String of(byte[] value, long now) {
    return mark(CONTROL, value, now);
  }

  /**
   * The mark of a start.
   *
   * @param value the record's value, which names the flow
   * @param requestedBy its header of this name
   * @param now ms since the epoch
   */
  public String ofStart(byte[] value, String requestedBy, long now) {
    return mark(start(requestedBy), value, now);
  }

  /**
   * Whether the mark was made for this value, shortly before the record was appended.
   *
   * @param appendedAt ms since the epoch
   */
  public boolean isOf(byte[] value, String mark, long appendedAt) {
    return isMark(CONTROL, value, mark, appendedAt);
  }

  /** Whether the mark was made for this start by this caller, shortly before it was appended. */
  public boolean isOfStart(byte[] value, String requestedBy, String mark, long appendedAt) {
    return isMark(start(requestedBy), value, mark, appendedAt);
  }

  /** Says how long the name is, so that no part of the value can be taken for its end. */
  private static String start(String requestedBy) {
    return "start:" + requestedBy.length() + ':' + requestedBy;
  }

  private String mark(String kind, byte[] value, long now) {
    return now + "." + signature(kind, value, now);
  }

  private boolean isMark(String kind, byte[] value, String mark, long appendedAt) {
    Matcher parts = FORM.matcher(mark);
    if (!parts.matches()) {
      return false;
    }
    long madeAt = Long.parseLong(parts.group(1));
    // The clocks of the broker and of the API may differ in either direction.
    return Math.abs(appendedAt - madeAt) <= LIFETIME.toMillis()
        && MessageDigest.isEqual(
            signature(kind, value, madeAt).getBytes(UTF_8), parts.group(2).getBytes(UTF_8));
  }

  private String signature(String kind, byte[] value, long madeAt) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      // No other text signed with the same secret begins like this.
      mac.update((kind + ":" + madeAt + ":").getBytes(UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(value));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Omits the secret, because settings are logged. */
  @Override
  public String toString() {
    return "SenderMark";
  }
}
