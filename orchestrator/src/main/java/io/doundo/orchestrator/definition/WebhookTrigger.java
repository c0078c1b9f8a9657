package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * Requests to the hook of a trigger start flows of an orchestration, or signal them.
 *
 * @param secret the name of the secret with which requests are verified; null where none is needed
 */
public record WebhookTrigger(Verification verify, @Nullable String secret, EventMapping mapping)
    implements TriggerSource {

  /** How a request proves who sent it. */
  public sealed interface Verification {}

  /** It does not. Accepted only from the machine of an orchestrator that asks nobody to log in. */
  public record Unsigned() implements Verification {}

  /** By an API key of the orchestrator with the role OPERATOR. */
  public record ApiKey() implements Verification {}

  /** By a signature of the specification Standard Webhooks, which covers id, time and body. */
  public record Standard() implements Verification {}

  /**
   * By the secret itself.
   *
   * @param header the header in which it stands; in {@code Authorization} behind {@code Bearer}
   */
  public record Token(String header) implements Verification {

    /** The default of {@code header}. */
    public static final String DEFAULT_HEADER = "Authorization";
  }

  /**
   * By an HMAC with SHA-256.
   *
   * @param header the header with the signature, or several separated by commas
   * @param prefix what stands before each signature in the header; may be empty
   * @param id the header that identifies the delivery, which is not signed; null for none
   * @param timestamp the header with the time of the delivery, in seconds since 1970; or, if it
   *     ends in {@code =}, what stands before the time in the header of the signature. Null when
   *     the time is not signed
   */
  public record Hmac(
      String header,
      String prefix,
      Encoding encoding,
      Signed signed,
      @Nullable String id,
      @Nullable String timestamp)
      implements Verification {}

  /** How a signature is written. */
  public enum Encoding {
    /** In hexadecimal digits of any case. The default. */
    HEX,
    BASE64
  }

  /** What a signature covers. */
  public enum Signed {
    /** The body. The default. */
    BODY,
    /** The time of the delivery, a dot, and the body. */
    TIMESTAMP_AND_BODY
  }
}
