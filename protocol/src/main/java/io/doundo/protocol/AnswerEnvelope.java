package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of {@code orchestrator.response.result}. Workers of other code bases copy all
 * body headers of the command and set {@code action}, {@code status} and {@code errorMessage}; the
 * SDK adds record headers. Body headers win over record headers, and these over the key.
 */
public final class AnswerEnvelope {

  /** Longer error messages are cut, because they are kept with the flow. */
  public static final int MAX_ERROR_LENGTH = 1_000;

  /** The longest pause that a worker can request. */
  public static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /** No handler is believed to have run longer than the longest timeout of a step. */
  private static final Duration LONGEST_RUN = Duration.ofDays(365);

  /** The end of the year 9999: later times have no common text form. */
  private static final long LAST_TIME = 253_402_300_799_999L;

  /** Longer versions of workers are cut, because they are kept with the flow. */
  public static final int MAX_VERSION_LENGTH = 64;

  /** A writer wants room for the longest form that its next name may have. */
  private static final int ROOM = 256;

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x21-\\x7e]");

  /** The value of {@link RecordHeaders#FAULT}. */
  public static final String SERVICE_FAULT = "service";

  private AnswerEnvelope() {}

  /**
   * Reads one answer.
   *
   * @param value the record's value, null for a tombstone
   * @param key the record's key, or null
   */
  public static Answer decode(byte @Nullable [] value, byte @Nullable [] key, HeaderLookup headers)
      throws MalformedRecordException {
    Envelope envelope = Envelope.read(value == null ? new byte[0] : value);
    Map<String, String> body = envelope.headers();
    AnswerAction action = action(required(body, "action"));
    boolean status = status(body.get("status"), action);
    String stepName = Names.requireName("stepName", required(body, "stepName"));
    boolean unsaid = action == AnswerAction.FAIL_STEP;
    return new Answer(
        FlowIds.required(body.get("flowId"), headers, key),
        stepName,
        action,
        status,
        errorMessage(body.get("errorMessage")),
        attempt(either(body, headers, "attempt", RecordHeaders.ATTEMPT)),
        commandId(either(body, headers, RecordHeaders.COMMAND_ID, RecordHeaders.COMMAND_ID)),
        outcome(either(body, headers, RecordHeaders.OUTCOME, RecordHeaders.OUTCOME), status),
        ServiceName.find(ServiceName.WORKER, headers, body),
        envelope.payload(),
        unsaid ? echoedAction(body, stepName) : null,
        unsaid ? echoedTimestamp(body) : 0,
        "true".equals(headers.text(RecordHeaders.MAY_FOLLOW_UNDO)),
        retryAfter(either(body, headers, RecordHeaders.RETRY_AFTER, RecordHeaders.RETRY_AFTER)),
        SERVICE_FAULT.equals(either(body, headers, RecordHeaders.FAULT, RecordHeaders.FAULT)),
        workerVersion(
            either(body, headers, RecordHeaders.WORKER_VERSION, RecordHeaders.WORKER_VERSION)),
        informative(body, headers, RecordHeaders.PICKED_UP, LAST_TIME),
        informative(body, headers, RecordHeaders.HANDLED_MS, LONGEST_RUN.toMillis()));
  }

  /**
   * Writes the answer to a command: all its body headers again, with the answer's own over them.
   *
   * @param echoed the body headers of the command
   * @param payload the result of a DO, or null
   */
  public static byte[] encode(
      Map<String, RawJson> echoed,
      AnswerAction action,
      boolean status,
      @Nullable String errorMessage,
      @Nullable RawJson payload) {
    Map<String, RawJson> own = new LinkedHashMap<>();
    own.put("action", RawJson.trusted(quoted(action)));
    own.put("status", status ? RawJson.TRUE : RawJson.FALSE);
    String reason = errorMessage(errorMessage);
    if (reason != null) {
      own.put("errorMessage", Json.string(reason));
    }
    RawJson result = payload == null ? RawJson.NULL : payload;
    JsonWriter out = new JsonWriter(size(echoed) + size(own) + result.size() + ROOM);
    out.beginObject().beginObject("headers");
    for (Map.Entry<String, RawJson> header : echoed.entrySet()) {
      // Where the command has one of the answer's own, it keeps its place.
      RawJson ours = own.remove(header.getKey());
      out.anyField(header.getKey(), ours == null ? header.getValue() : ours);
    }
    own.forEach(out::anyField);
    return out.endObject().field("payload", result).endObject().toByteArray();
  }

  /** About the size of these fields. */
  private static int size(Map<String, RawJson> fields) {
    int size = 0;
    for (Map.Entry<String, RawJson> field : fields.entrySet()) {
      size += field.getKey().length() + 4 + field.getValue().size();
    }
    return size;
  }

  private static byte[] quoted(AnswerAction action) {
    return ('"' + action.name() + '"').getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The version of a worker as it is kept. What cannot be shown is replaced: a strange version is
   * no reason to refuse an answer.
   */
  public static @Nullable String workerVersion(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    String version = text.strip();
    int end = Math.min(version.length(), MAX_VERSION_LENGTH);
    return UNPRINTABLE.matcher(version.substring(0, end)).replaceAll("?");
  }

  /**
   * A number that only people read: 0 when it is absent, and when it makes no sense, which is no
   * reason to refuse an answer.
   */
  private static long informative(
      Map<String, String> body, HeaderLookup headers, String name, long most)
      throws MalformedRecordException {
    String text = either(body, headers, name, name);
    long number = text == null ? 0 : WholeNumber.parse(text).orElse(0);
    return number < 0 || number > most ? 0 : number;
  }

  private static @Nullable String either(
      Map<String, String> body, HeaderLookup headers, String bodyName, String recordName)
      throws MalformedRecordException {
    String value = body.get(bodyName);
    return value != null ? value : headers.text(recordName);
  }

  private static String required(Map<String, String> body, String name)
      throws MalformedRecordException {
    String value = body.get(name);
    if (value == null || value.isBlank()) {
      throw new MalformedRecordException("the answer has no header \"" + name + '"');
    }
    return value;
  }

  private static AnswerAction action(String text) throws MalformedRecordException {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "DO" -> AnswerAction.DO;
      case "UNDO" -> AnswerAction.UNDO;
      case "FAIL_STEP" -> AnswerAction.FAIL_STEP;
      default ->
          throw new MalformedRecordException(
              "action must be DO, UNDO or FAIL_STEP but is \"" + Names.shortened(text) + '"');
    };
  }

  private static boolean status(@Nullable String text, AnswerAction action)
      throws MalformedRecordException {
    if (action == AnswerAction.FAIL_STEP) {
      // Clients copy the status from the start, or leave it at its default: the action says it.
      return false;
    }
    if (text == null) {
      throw new MalformedRecordException("the answer has no header \"status\"");
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new MalformedRecordException(
              "status must be true or false but is \"" + Names.shortened(text) + '"');
    };
  }

  private static @Nullable String errorMessage(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    return text.length() <= MAX_ERROR_LENGTH ? text : text.substring(0, MAX_ERROR_LENGTH) + "…";
  }

  private static int attempt(@Nullable String text) throws MalformedRecordException {
    return text == null ? 0 : (int) WholeNumber.require("attempt", text, 0, Integer.MAX_VALUE);
  }

  private static long retryAfter(@Nullable String text) throws MalformedRecordException {
    return text == null
        ? 0
        : Math.min(
            WholeNumber.require(RecordHeaders.RETRY_AFTER, text, 0, Long.MAX_VALUE),
            LONGEST_RETRY_AFTER.toMillis());
  }

  /**
   * Which action a copied header {@code eventType} names: that of the command which is answered.
   */
  private static @Nullable CommandAction echoedAction(Map<String, String> body, String stepName) {
    String eventType = body.get("eventType");
    if (eventType == null) {
      return null;
    }
    if (eventType.equals("do" + stepName)) {
      return CommandAction.DO;
    }
    return eventType.equals("undo" + stepName) ? CommandAction.UNDO : null;
  }

  /** The copied header {@code timestamp}, ms since the epoch; 0 when there is none to be read. */
  private static long echoedTimestamp(Map<String, String> body) {
    String text = body.get("timestamp");
    if (text == null) {
      return 0;
    }
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      // It is informative: some clients write their own time in their own form.
      return 0;
    }
  }

  private static @Nullable String commandId(@Nullable String text) throws MalformedRecordException {
    if (text == null || Names.isDigest(text)) {
      return text;
    }
    throw new MalformedRecordException(
        RecordHeaders.COMMAND_ID
            + " must be the 32 hexadecimal digits of the command's id but is \""
            + Names.shortened(text)
            + '"');
  }

  private static @Nullable Outcome outcome(@Nullable String text, boolean status)
      throws MalformedRecordException {
    if (text == null) {
      return null;
    }
    Outcome outcome = Enums.parse(Outcome.class, RecordHeaders.OUTCOME, text);
    boolean contradicts =
        switch (outcome) {
          case OK, UNCHANGED, UNCHANGED_IN_DOUBT, UNDONE, UNDONE_EMPTY -> !status;
          case NO_EFFECT, UNKNOWN -> status;
          case LATE_EFFECT, FENCED -> false;
        };
    if (contradicts) {
      throw new MalformedRecordException(
          RecordHeaders.OUTCOME + ' ' + outcome + " contradicts status " + status);
    }
    return outcome;
  }
}
