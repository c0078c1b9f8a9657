package io.doundo.orchestrator.resend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.query.deadletter.NamedFlow;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter.StoredHeader;
import io.doundo.orchestrator.trigger.EventOrigin;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.EventType;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.ServiceName;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it would be sent again, with the judgement of the decoder that will read it. The
 * sender is the operator who asks: a start, a registration and a control record carry that name,
 * whatever the dead letter said. Sent twice, it takes effect once: a control record and a start
 * without a flowId get an id that is made of the dead letter's, and an event names the place where
 * it was read first.
 *
 * @param deed what the record does; null when it was not understood
 * @param problems why it would not be understood or accepted; empty when it would
 * @param command the control record; null for other records
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the arrays are not written.
public record Resend(
    String topic,
    byte @Nullable [] key,
    byte[] value,
    List<StoredHeader> headers,
    boolean edited,
    @Nullable Deed deed,
    List<String> problems,
    @Nullable ControlCommand command) {

  private static final String RESENT = "resent-";
  private static final int MAX_NAME = 200;
  private static final int MAX_REASON = 1_000;

  public Resend {
    headers = List.copyOf(headers);
    problems = List.copyOf(problems);
  }

  /**
   * Who sends it again, and what has to be known for it.
   *
   * @param by the operator
   * @param reason why, or null
   * @param isOfRegisteredStep whether commands of a registered step go to a topic
   * @param isOfTrigger whether a trigger reads a topic
   */
  public record Sender(
      String by,
      @Nullable String reason,
      Predicate<String> isOfRegisteredStep,
      Predicate<String> isOfTrigger,
      StartCheck starts) {}

  /**
   * The record to send.
   *
   * @throws ResendRefusedException when it must not be sent, whatever the decoder would say
   */
  public static Resend of(StoredDeadLetter letter, ResendEdit edit, Sender sender)
      throws ResendRefusedException {
    String refusal =
        ResendTargets.refusal(letter.topic(), sender.isOfRegisteredStep(), sender.isOfTrigger());
    if (refusal != null) {
      throw new ResendRefusedException(refusal);
    }
    if (!letter.whole() && edit.value() == null) {
      throw new ResendRefusedException(
          "only the beginning of the value was kept, so it cannot be sent again as it was; give the whole value");
    }
    ProtectedParts.requireUntouched(letter, edit);
    return new Draft(letter, edit, sender).resend();
  }

  /** Builds the record. Used once. */
  private static final class Draft {

    private final StoredDeadLetter letter;
    private final Sender sender;
    private final byte[] value;
    private final boolean isEdited;
    private final List<StoredHeader> headers = new ArrayList<>();

    Draft(StoredDeadLetter letter, ResendEdit edit, Sender sender) {
      this.letter = letter;
      this.sender = sender;
      byte[] edited = edit.value();
      this.value = edited == null ? letter.value() : edited;
      boolean hasNewHeader = false;
      for (StoredHeader header : letter.headers()) {
        if (!edit.headers().containsKey(header.name()) && isKept(header.name())) {
          headers.add(header);
        }
      }
      for (Map.Entry<String, @Nullable String> header : edit.headers().entrySet()) {
        String text = header.getValue();
        byte[] before = letter.header(header.getKey()).orElse(null);
        byte[] after = text == null ? null : text.getBytes(UTF_8);
        hasNewHeader |= !Arrays.equals(before, after);
        if (after != null) {
          headers.add(new StoredHeader(header.getKey(), after));
        }
      }
      this.isEdited = hasNewHeader || !Arrays.equals(value, letter.value());
    }

    /** What the dead letter says of itself, and what only its own sender could promise. */
    private static boolean isKept(String name) {
      return !name.startsWith(RecordHeaders.DEAD_LETTER_PREFIX)
          && !name.equals(RecordHeaders.REQUESTED_BY)
          && !name.equals(RecordHeaders.SENDER_MARK)
          && !name.equals(RecordHeaders.ANSWERED);
    }

    Resend resend() {
      put(RecordHeaders.DEAD_LETTER_RESENT_FROM, letter.id());
      put(RecordHeaders.DEAD_LETTER_RESENT_BY, Printable.line(sender.by(), MAX_NAME));
      if (sender.reason() != null) {
        put(RecordHeaders.DEAD_LETTER_RESENT_REASON, Printable.line(sender.reason(), MAX_REASON));
      }
      try {
        return read(deed());
      } catch (MalformedRecordException e) {
        return of(null, value, List.of(e.reason()), null);
      }
    }

    private Deed deed() throws MalformedRecordException {
      return switch (letter.topic()) {
        case Topics.REGISTRATION -> Deed.REGISTRATION;
        case Topics.EXECUTION_START -> Deed.START;
        case Topics.RESPONSE -> Deed.ANSWER;
        case Topics.CONTROL -> Deed.CONTROL;
        case Topics.SHARED_EVENT ->
            switch (EventType.of(value, lookup())) {
              case REGISTRATION -> Deed.REGISTRATION;
              case START -> Deed.START;
              case ANSWER -> Deed.ANSWER;
              case COMMAND -> Deed.COMMAND;
            };
        default -> Topics.isOfStep(letter.topic()) ? Deed.COMMAND : Deed.EVENT;
      };
    }

    private Resend read(Deed deed) {
      try {
        return switch (deed) {
          case REGISTRATION -> registration();
          case START -> start();
          case ANSWER -> answer();
          case CONTROL -> control();
          case COMMAND -> {
            ReceivedCommand.decode(value, letter.key(), lookup());
            yield of(deed, value, List.of(), null);
          }
          // Whether a trigger can map it now depends on the trigger, which reads it.
          case EVENT -> event();
        };
      } catch (MalformedRecordException e) {
        return of(deed, value, List.of(e.reason()), null);
      }
    }

    private Resend registration() {
      put(RecordHeaders.REQUESTED_BY, sender.by());
      List<String> problems =
          RegistrationCompiler.compile(value, services()).problems().stream()
              .map(Problem::toString)
              .toList();
      return of(Deed.REGISTRATION, value, problems, null);
    }

    private Resend start() throws MalformedRecordException {
      put(RecordHeaders.REQUESTED_BY, sender.by());
      if (isEdited && !NamedFlow.isReadable(letter.value()) && services().isEmpty()) {
        // Who started it cannot be read from the original, so the edit does not say it either.
        put(ServiceName.REGISTRANT.get(0), editor());
      }
      if (StartEvent.decode(value, letter.key(), lookup()).flowId() == null) {
        put(ProtectedParts.FLOW_ID, RESENT + letter.id());
      }
      StartEvent event = StartEvent.decode(value, letter.key(), lookup());
      return of(
          Deed.START,
          value,
          sender.starts().problems(event.orchestrationName(), event.payload()),
          null);
    }

    private Resend answer() throws MalformedRecordException {
      if (isEdited) {
        // The audit log names who gave an answer, and this one is an operator's.
        headers.removeIf(header -> header.name().equals(RecordHeaders.WORKER));
        put(RecordHeaders.WORKER, editor());
      }
      AnswerEnvelope.decode(value, letter.key(), lookup());
      return of(Deed.ANSWER, value, List.of(), null);
    }

    private Resend event() {
      headers.removeIf(header -> header.name().equals(RecordHeaders.EVENT_ORIGIN));
      EventOrigin origin = origin();
      if (origin != null) {
        put(RecordHeaders.EVENT_ORIGIN, origin.text());
      }
      return of(Deed.EVENT, value, List.of(), null);
    }

    /** A copy that became a dead letter again stands elsewhere, and says where the first stood. */
    private @Nullable EventOrigin origin() {
      if (letter.header(RecordHeaders.DEAD_LETTER_RESENT_FROM).isPresent()) {
        EventOrigin kept = EventOrigin.parse(text(RecordHeaders.EVENT_ORIGIN));
        if (kept != null && kept.topic().equals(letter.topic())) {
          return kept;
        }
      }
      return EventOrigin.parse(
          String.join(
              "/",
              letter.topic(),
              text(RecordHeaders.DEAD_LETTER_PARTITION),
              text(RecordHeaders.DEAD_LETTER_OFFSET),
              text(RecordHeaders.DEAD_LETTER_TIMESTAMP)));
    }

    private String text(String header) {
      return letter.header(header).map(bytes -> new String(bytes, UTF_8)).orElse("");
    }

    private String editor() {
      return "operator %s (edited dead letter %s)"
          .formatted(Printable.line(sender.by(), MAX_NAME), letter.id());
    }

    private Resend control() throws MalformedRecordException {
      ControlCommand said = ControlCommand.decode(value, letter.key(), lookup());
      ControlCommand command =
          new ControlCommand(
              controlId(said),
              said.flowId(),
              said.action(),
              said.stepName(),
              said.payload(),
              said.resolution(),
              said.reason(),
              sender.by(),
              said.expect(),
              said.signal(),
              said.assignee(),
              said.onBehalfOf(),
              said.asOneOf());
      return of(Deed.CONTROL, command.encode(), List.of(), command);
    }

    /**
     * A copy that became a dead letter again is the same request as the one that was sent again
     * first, unless it was edited.
     */
    private String controlId(ControlCommand said) {
      String before = said.controlId();
      boolean isCopy = letter.header(RecordHeaders.DEAD_LETTER_RESENT_FROM).isPresent();
      if (isCopy && !isEdited && before != null && before.startsWith(RESENT)) {
        return before;
      }
      return RESENT + letter.id() + '-' + digest();
    }

    /** The same value is the same request, however often it is sent; another one is another. */
    private String digest() {
      CRC32 digest = new CRC32();
      digest.update(value);
      return Long.toHexString(digest.getValue());
    }

    private Resend of(
        @Nullable Deed deed, byte[] sent, List<String> problems, @Nullable ControlCommand command) {
      return new Resend(
          letter.topic(), letter.key(), sent, headers, isEdited, deed, problems, command);
    }

    private void put(String name, String text) {
      headers.add(new StoredHeader(name, text.getBytes(UTF_8)));
    }

    private HeaderLookup lookup() {
      return name -> {
        byte[] found = null;
        for (StoredHeader header : headers) {
          if (header.name().equals(name)) {
            found = header.value();
          }
        }
        return found;
      };
    }

    private Map<String, String> services() {
      Map<String, String> services = new HashMap<>();
      for (String name : ServiceName.REGISTRANT) {
        byte[] service = lookup().last(name);
        if (service != null) {
          services.put(name, new String(service, UTF_8));
        }
      }
      return services;
    }
  }
}
