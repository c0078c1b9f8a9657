package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawEnvelope;
import io.doundo.protocol.json.RawJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A command as a worker reads it. Commands that were put on the topic by hand may lack everything
 * but flowId, stepName and action.
 *
 * @param orchestrationName null when the command does not say
 * @param attempt 1 when the command does not say
 * @param generation 1 when the command does not say
 * @param keys the numbers of the idempotency keys: of a DO its own, of an UNDO those of the DOs
 *     that are not settled; the generation when the command does not say
 * @param effect what an UNDO says of its DO; UNKNOWN when it does not say
 * @param timestamp when it was sent by the orchestrator's clock, or null
 * @param deadline when the attempt times out by the orchestrator's clock, or null
 * @param firstSent when the step's first DO was sent by the orchestrator's clock, or null
 * @param visibleSince no worker can have seen the command before, or null
 * @param undoFailed whether a DO of this step that fails may leave something behind
 * @param headers the body headers as they were written, to be echoed
 * @param payload {@code {}} when it was absent or null
 */
public record ReceivedCommand(
    String flowId,
    @Nullable String orchestrationName,
    String stepName,
    CommandAction action,
    int attempt,
    int generation,
    List<Integer> keys,
    KnownEffect effect,
    @Nullable String commandId,
    @Nullable String incarnation,
    @Nullable Instant timestamp,
    @Nullable Instant deadline,
    @Nullable Instant firstSent,
    @Nullable Instant visibleSince,
    boolean undoFailed,
    Map<String, RawJson> headers,
    RawJson payload) {

  private static final int MOST_KEYS = 100;

  public ReceivedCommand {
    keys = List.copyOf(keys);
  }

  /**
   * Reads a command.
   *
   * @param value the record's value, null for a tombstone
   * @param key the record's key, or null
   */
  public static ReceivedCommand decode(
      byte @Nullable [] value, byte @Nullable [] key, HeaderLookup record)
      throws MalformedRecordException {
    RawEnvelope envelope = Envelope.readRaw(value == null ? new byte[0] : value);
    Map<String, RawJson> body = envelope.headers();
    String action = text(body.get("action"));
    if (action == null) {
      throw new MalformedRecordException("the command has no header \"action\"");
    }
    String stepName = text(body.get("stepName"));
    if (stepName == null) {
      throw new MalformedRecordException("the command has no header \"stepName\"");
    }
    String orchestrationName = text(body.get("orchestrationName"));
    RawJson payload = Envelope.present(envelope.payload());
    int generation = count(RecordHeaders.GENERATION, null, record.text(RecordHeaders.GENERATION));
    return new ReceivedCommand(
        FlowIds.required(text(body.get("flowId")), record, key),
        orchestrationName == null ? null : Names.requireOrchestration(orchestrationName),
        Names.requireName("stepName", stepName),
        Enums.parse(CommandAction.class, "action", action),
        count("attempt", text(body.get("attempt")), record.text(RecordHeaders.ATTEMPT)),
        generation,
        keys(record.text(RecordHeaders.KEYS), generation),
        effect(record.text(RecordHeaders.EFFECT)),
        hex(RecordHeaders.COMMAND_ID, record),
        hex(RecordHeaders.INCARNATION, record),
        instant(text(body.get("timestamp"))),
        millis(RecordHeaders.DEADLINE, record),
        millis(RecordHeaders.FIRST_SENT, record),
        millis(RecordHeaders.VISIBLE_SINCE, record),
        "true".equals(record.text(RecordHeaders.UNDO_FAILED)),
        body,
        payload == null ? RawJson.EMPTY_OBJECT : payload);
  }

  /** A string, number or boolean as text; null for anything else. */
  private static @Nullable String text(@Nullable RawJson header) {
    if (header == null || !header.isScalar()) {
      return null;
    }
    String text = header.toString();
    if (!header.isString()) {
      return text;
    }
    return text.indexOf('\\') >= 0 ? Json.text(header) : text.substring(1, text.length() - 1);
  }

  private static KnownEffect effect(@Nullable String text) throws MalformedRecordException {
    return text == null
        ? KnownEffect.UNKNOWN
        : Enums.parse(KnownEffect.class, RecordHeaders.EFFECT, text);
  }

  private static List<Integer> keys(@Nullable String text, int generation)
      throws MalformedRecordException {
    if (text == null) {
      return List.of(generation);
    }
    List<Integer> keys = new ArrayList<>();
    for (String number : text.split(",", MOST_KEYS)) {
      keys.add((int) WholeNumber.require(RecordHeaders.KEYS, number, 1, Integer.MAX_VALUE));
    }
    return keys;
  }

  private static int count(String name, @Nullable String body, @Nullable String record)
      throws MalformedRecordException {
    String text = body != null ? body : record;
    if (text == null) {
      return 1;
    }
    return (int) WholeNumber.require(name, text, 1, Integer.MAX_VALUE);
  }

  private static @Nullable String hex(String name, HeaderLookup record)
      throws MalformedRecordException {
    String text = record.text(name);
    if (text == null || Names.isDigest(text)) {
      return text;
    }
    throw new MalformedRecordException(
        name + " must be 32 hexadecimal digits but is \"" + Names.shortened(text) + '"');
  }

  private static @Nullable Instant millis(String name, HeaderLookup record)
      throws MalformedRecordException {
    String text = record.text(name);
    if (text == null) {
      return null;
    }
    OptionalLong millis = WholeNumber.parse(text);
    if (millis.isEmpty()) {
      throw new MalformedRecordException(
          name + " must be milliseconds since the epoch but is \"" + Names.shortened(text) + '"');
    }
    return Instant.ofEpochMilli(millis.getAsLong());
  }

  /** The time of sending is informative: an unreadable one is none. */
  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
