package io.doundo.protocol;

/** The names of Kafka record headers. Values are UTF-8 text; no header is trusted unchecked. */
public final class RecordHeaders {

  /** Deterministic id of a command, 32 hexadecimal digits; echoed by the SDK. */
  public static final String COMMAND_ID = "saga-command-id";

  /** On a control record: its sender reads the outcome in the audit log. */
  public static final String ANSWERED = "saga-answered";

  public static final String ATTEMPT = "saga-attempt";
  public static final String GENERATION = "saga-generation";

  /**
   * The numbers of the step's idempotency keys, with commas between them: of a DO the number of its
   * key, of an UNDO those of the DOs that are not settled. Absent when it is the generation alone.
   */
  public static final String KEYS = "saga-keys";

  /** Milliseconds since the epoch, by the orchestrator's clock. */
  public static final String DEADLINE = "saga-deadline";

  /** {@code name@hash} of the flow's definition. */
  public static final String DEFINITION = "saga-definition";

  /**
   * Tells this life of a flowId from an earlier one, 32 hexadecimal digits; on every command, for
   * fences, whose records must not outlive it.
   */
  public static final String INCARNATION = "saga-incarnation";

  /**
   * When the step's first DO was sent, milliseconds since the epoch by the orchestrator's clock;
   * for fences, which cannot know what was done before their storage began. DOs that have failed
   * without effect do not count once another one is sent.
   */
  public static final String FIRST_SENT = "saga-first-sent";

  /**
   * On a DO: no worker can have seen this command before without its answer having been read,
   * milliseconds since the epoch. Earlier than the time of sending when a transaction that was
   * aborted may have sent the same command.
   */
  public static final String VISIBLE_SINCE = "saga-visible-since";

  /**
   * {@code true} on the commands of a step that is registered with {@code undoFailed: true}: a DO
   * of it that fails may leave something behind.
   */
  public static final String UNDO_FAILED = "saga-undo-failed";

  /** On an UNDO: {@code DONE}, {@code UNKNOWN} or {@code FAILED}. */
  public static final String EFFECT = "saga-effect";

  /**
   * On an UNDO of a known result: a JSON array of the names of the result's fields, which stand in
   * the payload among those of the request; {@code []} when the DO returned none.
   */
  public static final String RESULT_FIELDS = "saga-result-fields";

  /** On an UNDO: a JSON object of those fields of the request that the result replaced. */
  public static final String REPLACED = "saga-replaced";

  /** On an answer of the SDK: the outcome of the command. */
  public static final String OUTCOME = "saga-outcome";

  /**
   * {@code true} on an answer to a DO whose fence may have forgotten that the step's UNDO was there
   * first: its effect is to be undone again if an UNDO was sent.
   */
  public static final String MAY_FOLLOW_UNDO = "saga-may-follow-undo";

  /**
   * On the answer of a failed attempt: the next attempt is not sent earlier than this many
   * milliseconds after the answer was read.
   */
  public static final String RETRY_AFTER = "saga-retry-after";

  /**
   * {@code service} on a failed answer: the service itself is unwell, independently of the command.
   */
  public static final String FAULT = "saga-fault";

  /** On an answer: the service that gives it. */
  public static final String WORKER = "saga-worker";

  /** On an answer: the version of the service that gives it, at most 64 printable characters. */
  public static final String WORKER_VERSION = "saga-worker-version";

  /**
   * On an answer: when the handler of the command began, milliseconds since the epoch by the clock
   * of the worker.
   */
  public static final String PICKED_UP = "saga-picked-up";

  /** On an answer: how long the handler of the command ran, in milliseconds. */
  public static final String HANDLED_MS = "saga-handled-ms";

  public static final String TRACEPARENT = "traceparent";

  /** On a start or a registration that came by REST: whose key or login it came with. */
  public static final String REQUESTED_BY = "requestedBy";

  /** On a control record or a start of the orchestrator's API: a {@link SenderMark}. */
  public static final String SENDER_MARK = "saga-sender-mark";

  /**
   * On a dead letter of an event: the only trigger that could not map it, {@code
   * orchestration/trigger}. When it is sent again, it is for that trigger alone.
   */
  public static final String TRIGGER = "saga-trigger";

  /**
   * On an event that was sent again after it had become a dead letter: {@code
   * topic/partition/offset/timestamp} of the record that was read first. All copies of one event
   * have the same, and so take effect once.
   */
  public static final String EVENT_ORIGIN = "saga-event-origin";

  /** On a dead letter: why, in one sentence for a person. */
  public static final String DEAD_LETTER_REASON = "dead-letter-reason";

  public static final String DEAD_LETTER_TOPIC = "dead-letter-source-topic";
  public static final String DEAD_LETTER_PARTITION = "dead-letter-source-partition";
  public static final String DEAD_LETTER_OFFSET = "dead-letter-source-offset";

  /** When the source record was appended, milliseconds since the epoch. */
  public static final String DEAD_LETTER_TIMESTAMP = "dead-letter-source-timestamp";

  /** On a dead letter that had to be cut: SHA-256 of the whole value, 64 hexadecimal digits. */
  public static final String DEAD_LETTER_SHA256 = "dead-letter-sha256";

  /** On a dead letter that had to be cut: the length of the whole value in bytes. */
  public static final String DEAD_LETTER_LENGTH = "dead-letter-length";

  /** The beginning of the names of all headers that are about dead letters. */
  public static final String DEAD_LETTER_PREFIX = "dead-letter-";

  /**
   * On a dead letter that an operator has sent again: the {@code partition-offset} of the dead
   * letter. If it fails once more, the next dead letter has this header too.
   */
  public static final String DEAD_LETTER_RESENT_FROM = "dead-letter-resent-from";

  /** On a dead letter that was sent again: by whom. */
  public static final String DEAD_LETTER_RESENT_BY = "dead-letter-resent-by";

  /** On a dead letter that was sent again: the reason that was given for it. */
  public static final String DEAD_LETTER_RESENT_REASON = "dead-letter-resent-reason";

  private RecordHeaders() {}
}
