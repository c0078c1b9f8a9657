package io.doundo.orchestrator.trigger.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Verifies requests of webhooks that prove who sent them with a secret. Every secret is compared
 * with every signature, each in constant time, so that the time of an answer says nothing about
 * them. Stateless.
 */
public final class HookVerifier {

  /** How far the signed time may be from now, in either direction. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final String ALGORITHM = "HmacSHA256";
  private static final String STANDARD_ID = "webhook-id";
  private static final String STANDARD_TIMESTAMP = "webhook-timestamp";
  private static final String STANDARD_SIGNATURE = "webhook-signature";
  private static final String STANDARD_VERSION = "v1,";
  private static final String STANDARD_SECRET = "whsec_";
  private static final String BEARER = "bearer ";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private HookVerifier() {}

  /**
   * What became of a request.
   *
   * @param refusal why it does not count, without any part of a secret or a signature; null when it
   *     does
   * @param id identifies the delivery; null when the request does not say
   * @param isIdSigned whether only the sender can have made the id
   * @param signedTime the time that is signed with the body, as it was sent; null when none is
   */
  public record Result(
      @Nullable String refusal,
      @Nullable String id,
      boolean isIdSigned,
      @Nullable String signedTime) {

    /** A request that counts, and says nothing of itself that is signed. */
    public static final Result UNNAMED = new Result(null, null, false, null);

    /** Whether the request counts. */
    public boolean isVerified() {
      return refusal == null;
    }

    private static Result refused(String reason) {
      return new Result(reason, null, false, null);
    }
  }

  /** A secret in the settings does not have the form that its way of verifying needs. */
  public static final class UnusableSecretException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableSecretException(String reason) {
      super(reason);
    }
  }

  /**
   * Verifies a request.
   *
   * @param verify a way that needs a secret
   * @param secrets the present one and others that are still accepted while it is replaced
   * @param headers the value of a header, by a name of any case; null when it is absent
   * @param body the raw bytes
   * @throws UnusableSecretException when a secret has another form than it must have
   */
  public static Result verify(
      Verification verify,
      List<String> secrets,
      UnaryOperator<@Nullable String> headers,
      byte[] body,
      Instant now)
      throws UnusableSecretException {
    if (verify instanceof Standard) {
      return standard(secrets, headers, body, now);
    }
    if (verify instanceof Hmac hmac) {
      return hmac(hmac, secrets, headers, body, now);
    }
    if (verify instanceof Token token) {
      return token(token, secrets, headers);
    }
    throw new IllegalArgumentException("no secret verifies " + verify);
  }

  private static Result standard(
      List<String> secrets, UnaryOperator<@Nullable String> headers, byte[] body, Instant now)
      throws UnusableSecretException {
    String id = headers.apply(STANDARD_ID);
    String timestamp = headers.apply(STANDARD_TIMESTAMP);
    String signature = headers.apply(STANDARD_SIGNATURE);
    if (id == null || timestamp == null || signature == null) {
      return Result.refused(
          "it needs the headers %s, %s and %s"
              .formatted(STANDARD_ID, STANDARD_TIMESTAMP, STANDARD_SIGNATURE));
    }
    String problem = problemOfTime(timestamp, now);
    if (problem != null) {
      return Result.refused(problem);
    }
    List<byte[]> given = new ArrayList<>();
    for (String part : signature.split(" ", -1)) {
      if (part.startsWith(STANDARD_VERSION)) {
        add(given, part.substring(STANDARD_VERSION.length()), Encoding.BASE64);
      }
    }
    List<byte[]> keys = new ArrayList<>();
    for (String secret : secrets) {
      keys.add(standardKey(secret));
    }
    byte[] signed = concat((id + '.' + timestamp + '.').getBytes(UTF_8), body);
    return isSigned(keys, signed, given)
        ? new Result(null, id, true, timestamp)
        : Result.refused("no signature is right");
  }

  private static byte[] standardKey(String secret) throws UnusableSecretException {
    String encoded =
        secret.startsWith(STANDARD_SECRET) ? secret.substring(STANDARD_SECRET.length()) : secret;
    try {
      byte[] key = Base64.getDecoder().decode(encoded);
      if (key.length > 0) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, without the secret.
    }
    throw new UnusableSecretException(
        "a secret of verify: standard is base64, after whsec_ or alone");
  }

  private static Result hmac(
      Hmac hmac,
      List<String> secrets,
      UnaryOperator<@Nullable String> headers,
      byte[] body,
      Instant now) {
    String header = headers.apply(hmac.header());
    if (header == null) {
      return Result.refused("it needs the header " + hmac.header());
    }
    byte[] signed = body;
    String signedTime = null;
    if (hmac.signed() == Signed.TIMESTAMP_AND_BODY) {
      String timestamp = timestamp(hmac, header, headers);
      if (timestamp == null) {
        return Result.refused("it needs the time at " + hmac.timestamp());
      }
      String problem = problemOfTime(timestamp, now);
      if (problem != null) {
        return Result.refused(problem);
      }
      signed = concat((timestamp + '.').getBytes(UTF_8), body);
      signedTime = timestamp;
    }
    List<byte[]> given = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      String stripped = part.strip();
      if (stripped.startsWith(hmac.prefix())) {
        add(given, stripped.substring(hmac.prefix().length()), hmac.encoding());
      }
    }
    List<byte[]> keys = secrets.stream().map(secret -> secret.getBytes(UTF_8)).toList();
    return isSigned(keys, signed, given)
        ? new Result(null, hmac.id() == null ? null : headers.apply(hmac.id()), false, signedTime)
        : Result.refused("no signature is right");
  }

  /** The time in a header of its own, or in that of the signature. */
  private static @Nullable String timestamp(
      Hmac hmac, String header, UnaryOperator<@Nullable String> headers) {
    String place = hmac.timestamp();
    if (place == null) {
      return null;
    }
    if (!place.endsWith("=")) {
      return headers.apply(place);
    }
    for (String part : header.split(",", -1)) {
      if (part.strip().startsWith(place)) {
        return part.strip().substring(place.length());
      }
    }
    return null;
  }

  private static Result token(
      Token token, List<String> secrets, UnaryOperator<@Nullable String> headers) {
    String value = headers.apply(token.header());
    if (value == null) {
      return Result.refused("it needs the header " + token.header());
    }
    if (token.header().equalsIgnoreCase(Token.DEFAULT_HEADER)) {
      if (!value.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
        return Result.refused("it needs Authorization: Bearer");
      }
      value = value.substring(BEARER.length()).strip();
    }
    // Of their hashes, so that the time does not depend on how long the secret is.
    byte[] given = sha256(value);
    boolean isRight = false;
    for (String secret : secrets) {
      isRight |= MessageDigest.isEqual(given, sha256(secret));
    }
    return isRight ? Result.UNNAMED : Result.refused("the token is not right");
  }

  private static @Nullable String problemOfTime(String timestamp, Instant now) {
    if (!SECONDS.matcher(timestamp).matches()) {
      return "the time is not a number of seconds since 1970";
    }
    Duration apart = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
    return apart.compareTo(TOLERANCE) > 0
        ? "its time is more than %d minutes from now".formatted(TOLERANCE.toMinutes())
        : null;
  }

  private static boolean isSigned(List<byte[]> keys, byte[] signed, List<byte[]> given) {
    boolean isRight = false;
    for (byte[] key : keys) {
      byte[] expected = mac(key, signed);
      for (byte[] signature : given) {
        isRight |= MessageDigest.isEqual(expected, signature);
      }
    }
    return isRight;
  }

  private static void add(List<byte[]> signatures, String text, Encoding encoding) {
    try {
      signatures.add(
          encoding == Encoding.HEX
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      // What is not written like a signature is none; others beside it may be right.
      signatures.add(new byte[0]);
    }
  }

  private static byte[] mac(byte[] key, byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
