package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code orchestrator.control} that is for a circuit breaker: its action is {@code
 * BREAKER}.
 *
 * @param controlId makes the request idempotent; null when the record has none, and then the reader
 *     derives one from the record's coordinates
 * @param breaker the name of the breaker
 * @param figures what {@link BreakerVerb#CONFIGURE} changes; null for other verbs
 * @param until when the breaker is to try again, for {@link BreakerVerb#OPEN}; null for other verbs
 * @param reason why, or null
 * @param requestedBy who, or null
 */
public record BreakerCommand(
    @Nullable String controlId,
    String breaker,
    BreakerVerb verb,
    @Nullable Figures figures,
    @Nullable Instant until,
    @Nullable String reason,
    @Nullable String requestedBy) {

  /** The action of such a control record. */
  public static final String ACTION = "BREAKER";

  private static final int MOST_DIGITS = 15;

  /**
   * The figures of a breaker; null leaves one as it is.
   *
   * @param windowMs in ms
   * @param openForMs in ms
   */
  public record Figures(
      @Nullable Integer faults,
      @Nullable Long windowMs,
      @Nullable Long openForMs,
      @Nullable Integer firstWave) {}

  /**
   * Reads a control record if it is for a breaker.
   *
   * @param value the record's value, null for a tombstone
   * @return null when it is for something else, or is no control record
   * @throws MalformedRecordException when it is for a breaker but does not say which, or what
   */
  public static @Nullable BreakerCommand decodeIfOne(byte @Nullable [] value)
      throws MalformedRecordException {
    ControlFields body = ControlFields.ofAction(ACTION, value);
    if (body == null) {
      return null;
    }
    BreakerVerb verb = Enums.parse(BreakerVerb.class, "verb", body.required("verb"));
    return new BreakerCommand(
        body.controlId(),
        Names.requireName("breaker", body.required("breaker")),
        verb,
        verb == BreakerVerb.CONFIGURE ? figures(body) : null,
        verb == BreakerVerb.OPEN ? instant("until", body.required("until")) : null,
        body.reason(),
        body.requestedBy());
  }

  private static Figures figures(ControlFields body) throws MalformedRecordException {
    Long faults = number(body, "faults");
    Long firstWave = number(body, "firstWave");
    return new Figures(
        faults == null ? null : Math.toIntExact(Math.min(faults, Integer.MAX_VALUE)),
        number(body, "windowMs"),
        number(body, "openForMs"),
        firstWave == null ? null : Math.toIntExact(Math.min(firstWave, Integer.MAX_VALUE)));
  }

  private static @Nullable Long number(ControlFields body, String name)
      throws MalformedRecordException {
    String text = body.optional(name);
    if (text == null) {
      return null;
    }
    boolean isNumber = text.length() <= MOST_DIGITS && text.chars().allMatch(BreakerCommand::digit);
    if (!isNumber) {
      throw new MalformedRecordException(
          "\"%s\" must be a whole number but is \"%s\"".formatted(name, Names.shortened(text)));
    }
    return Long.valueOf(text);
  }

  private static boolean digit(int character) {
    return character >= '0' && character <= '9';
  }

  private static Instant instant(String name, String text) throws MalformedRecordException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedRecordException(
          "\"%s\" must be a time such as 2027-05-04T12:00:00Z but is \"%s\""
              .formatted(name, Names.shortened(text)));
    }
  }

  /** The record value. */
  public byte[] encode() {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    put(fields, "controlId", controlId);
    put(fields, "action", ACTION);
    put(fields, "breaker", breaker);
    put(fields, "verb", verb.name());
    if (figures != null) {
      put(fields, "faults", figures.faults());
      put(fields, "windowMs", figures.windowMs());
      put(fields, "openForMs", figures.openForMs());
      put(fields, "firstWave", figures.firstWave());
    }
    put(fields, "until", until);
    put(fields, "reason", reason);
    put(fields, "requestedBy", requestedBy);
    return Json.object(fields).bytes();
  }

  private static void put(Map<String, RawJson> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, Json.string(value.toString()));
    }
  }
}
