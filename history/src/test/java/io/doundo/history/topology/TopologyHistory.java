package io.doundo.history.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.LedgerLine.Report;
import io.doundo.history.RecordPosition;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.RecordedControl;
import io.doundo.history.RecordedDeadLetter;
import io.doundo.history.RecordedStart;
import io.doundo.history.StepWorker;
import io.doundo.history.Transition;
import io.doundo.history.invariant.HistoryChecker;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * The topics' records of a journey, with the test's own answers as the workers' ledger: a success
 * is one effect, however often it is reported. The test driver aborts nothing, so everything is
 * committed.
 */
final class TopologyHistory {

  private final Map<String, Orchestration> definitions = new LinkedHashMap<>();
  private final List<RecordedStart> starts = new ArrayList<>();
  private final List<RecordedCommand> sent = new ArrayList<>();
  private final Map<String, Long> sentAt = new HashMap<>();
  private final List<RecordedAnswer> answers = new ArrayList<>();
  private final List<RecordedControl> controls = new ArrayList<>();
  private final List<Transition> transitions = new ArrayList<>();
  private final List<RecordedDeadLetter> deadLetters = new ArrayList<>();
  private final List<LedgerLine> ledger = new ArrayList<>();
  private final Set<String> effects = new HashSet<>();
  private final Set<String> standing = new HashSet<>();
  private final Map<String, StepWorker> services = new HashMap<>();
  private final Map<String, Long> written = new HashMap<>();
  private final Map<String, Long> read = new HashMap<>();

  void registered(Orchestration definition) {
    definitions.put(definition.id().header(), definition);
  }

  /** A record is written to one of the orchestrator's inputs. */
  void written(String topic, String key, byte[] value, Map<String, String> headers, long at) {
    RecordPosition place = new RecordPosition(topic, 0, next(written, topic), at);
    HeaderLookup lookup = name -> bytes(headers.get(name));
    try {
      switch (topic) {
        case Topics.EXECUTION_START -> {
          StartEvent start = StartEvent.decode(value, bytes(key), lookup);
          starts.add(
              new RecordedStart(
                  place, Objects.requireNonNull(start.flowId()), start.orchestrationName()));
        }
        case Topics.RESPONSE ->
            answers.add(
                new RecordedAnswer(place, AnswerEnvelope.decode(value, bytes(key), lookup)));
        case Topics.CONTROL ->
            controls.add(
                new RecordedControl(place, ControlCommand.decode(value, bytes(key), lookup)));
        default -> throw new IllegalArgumentException(topic + " is no input");
      }
    } catch (MalformedRecordException e) {
      throw new AssertionError("a journey writes what can be read", e);
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static long next(Map<String, Long> offsets, String topic) {
    return offsets.merge(topic, 1L, Long::sum) - 1;
  }

  private RecordPosition place(TestRecord<String, byte[]> record, String topic) {
    long at = Objects.requireNonNull(record.getRecordTime()).toEpochMilli();
    return new RecordPosition(topic, 0, next(read, topic), at);
  }

  private static HeaderLookup lookup(TestRecord<?, ?> record) {
    return name -> {
      Header header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  /** A command was read. */
  void sent(String topic, TestRecord<String, byte[]> record) {
    RecordPosition place = place(record, topic);
    try {
      RecordedCommand command =
          RecordedCommand.of(
              place,
              true,
              ReceivedCommand.decode(record.value(), bytes(record.key()), lookup(record)));
      sent.add(command);
      sentAt.put(String.valueOf(command.commandId()), place.at());
    } catch (MalformedRecordException e) {
      throw new AssertionError("a command cannot be read", e);
    }
  }

  /** An audit record was read. */
  AuditRecord audited(TestRecord<String, byte[]> record) {
    try {
      AuditRecord audit = AuditRecord.decode(record.value());
      transitions.add(Transition.of(place(record, Topics.FLOW_EVENTS), audit));
      return audit;
    } catch (MalformedRecordException e) {
      throw new AssertionError("an audit record cannot be read", e);
    }
  }

  /** A dead letter was read. */
  void refused(TestRecord<String, byte[]> record) {
    deadLetters.add(
        new RecordedDeadLetter(
            place(record, Topics.DEAD_LETTER),
            new RecordPosition(
                TopologyDriver.header(record, RecordHeaders.DEAD_LETTER_TOPIC),
                Integer.parseInt(
                    TopologyDriver.header(record, RecordHeaders.DEAD_LETTER_PARTITION)),
                Long.parseLong(TopologyDriver.header(record, RecordHeaders.DEAD_LETTER_OFFSET)),
                Long.parseLong(TopologyDriver.header(record, RecordHeaders.DEAD_LETTER_TIMESTAMP))),
            TopologyDriver.header(record, RecordHeaders.DEAD_LETTER_REASON)));
  }

  /** Records the kind of worker that answers for the step, as its echo shows. */
  void serves(Command command, Echo echo) {
    StepWorker.Kind kind =
        switch (echo) {
          case NOTHING -> StepWorker.Kind.ECHOES_NOTHING;
          case ATTEMPT -> StepWorker.Kind.ECHOES_ATTEMPT;
          case COMMAND_ID -> StepWorker.Kind.FENCED;
        };
    for (Orchestration definition : definitions.values()) {
      services.put(command.step(), new StepWorker(definition.name(), command.step(), kind));
    }
  }

  /** The test reports that the command had its effect. */
  void landed(String flowId, Command command, long at) {
    if (!effects.add(command.commandId())) {
      return;
    }
    boolean forward = command.action() == CommandAction.DO;
    boolean stood = forward ? !standing.add(command.step()) : standing.remove(command.step());
    ledger.add(
        new LedgerLine(
            "effect" + ledger.size(),
            sentAt.getOrDefault(command.commandId(), at),
            at,
            flowId,
            command.step(),
            command.action(),
            command.generation(),
            command.attempt(),
            null,
            forward
                ? LedgerLine.Kind.CREATED
                : stood ? LedgerLine.Kind.REMOVED : LedgerLine.Kind.NOTHING_TO_REMOVE,
            Report.ANSWERED));
  }

  /** The number of transitions, so that a test can see that something is checked. */
  int transitions() {
    return transitions.size();
  }

  /** Checks the records read so far. A flow that has not settled is checked as far as it went. */
  void check(long now) {
    Map<String, FlowStatus> last = new HashMap<>();
    transitions.forEach(transition -> last.put(transition.flowId(), transition.status()));
    boolean settled =
        last.values().stream()
            .allMatch(status -> status.isTerminal() || status == FlowStatus.PARKED);
    Map<String, Long> consumed = new HashMap<>();
    written.forEach((topic, count) -> consumed.put(topic + "-0", count));
    History history =
        new History(
            definitions,
            starts,
            sent,
            answers,
            controls,
            List.of(),
            transitions,
            deadLetters,
            List.of(),
            ledger,
            List.copyOf(services.values()),
            List.of(),
            consumed,
            new History.Quiet(0, now, settled));
    assertThat(new HistoryChecker(new FlowDecider()::decide).check(history)).isEmpty();
  }
}
