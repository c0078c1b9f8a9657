package io.doundo.launcher.chaos;

import io.doundo.history.FaultWindow;
import io.doundo.history.History;
import io.doundo.history.History.Quiet;
import io.doundo.history.LedgerLine;
import io.doundo.history.RecordPosition;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.RecordedControl;
import io.doundo.history.RecordedDeadLetter;
import io.doundo.history.RecordedStart;
import io.doundo.history.Transition;
import io.doundo.history.UnreadableRecord;
import io.doundo.launcher.chaos.TopicScanner.Isolation;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.AuditRecord;
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
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads what the topics hold of a run, once all is quiet, into a history. Serves one reading. */
final class HistoryCollector {

  /** The consumer group of the orchestrators. */
  private static final String ORCHESTRATORS = "doundo";

  private static final Set<String> COMMITTED_TOPICS =
      Set.of(
          Topics.DEFINITIONS,
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.FLOW_EVENTS,
          Topics.DEAD_LETTER);

  /** Topics with other writers than the orchestrator may hold anything. */
  private static final Set<String> INPUTS =
      Set.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL);

  private final String bootstrapServers;
  private final Map<String, Orchestration> definitions = new LinkedHashMap<>();
  private final List<RecordedStart> starts = new ArrayList<>();
  private final List<RecordedCommand> sent = new ArrayList<>();
  private final List<RecordedAnswer> answers = new ArrayList<>();
  private final List<RecordedControl> controls = new ArrayList<>();
  private final List<Transition> transitions = new ArrayList<>();
  private final List<RecordedDeadLetter> deadLetters = new ArrayList<>();
  private final List<UnreadableRecord> unreadable = new ArrayList<>();
  private final Set<String> committedCommands = new HashSet<>();

  HistoryCollector(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Reads all topics.
   *
   * @param ledger what the workers did
   * @param windows in which something may happen that must not happen otherwise
   * @param quietSince when the last fault was over, ms since the epoch
   */
  History collect(List<LedgerLine> ledger, List<FaultWindow> windows, long quietSince)
      throws InterruptedException, ExecutionException {
    try (TopicScanner reader = new TopicScanner(bootstrapServers, Isolation.COMMITTED)) {
      reader.readAll(COMMITTED_TOPICS::contains, this::add);
      reader.readAll(
          ChaosTopics::isCommands, record -> committedCommands.add(place(record).toString()));
    }
    try (TopicScanner reader = new TopicScanner(bootstrapServers, Isolation.ALL)) {
      reader.readAll(ChaosTopics::isCommands, this::add);
    }
    return new History(
        definitions,
        starts,
        sent,
        answers,
        controls,
        List.of(),
        transitions,
        deadLetters,
        unreadable,
        ledger,
        ChaosOrchestrations.services(),
        windows,
        consumed(),
        new Quiet(quietSince, System.currentTimeMillis(), true));
  }

  private void add(ConsumerRecord<byte[], byte[]> record) {
    try {
      read(record);
    } catch (MalformedRecordException e) {
      if (!INPUTS.contains(record.topic())) {
        throw new IllegalStateException(place(record) + " cannot be read: " + e.getMessage(), e);
      }
      unreadable.add(new UnreadableRecord(place(record), e.reason()));
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    HeaderLookup headers = name -> last(record, name);
    RecordPosition place = place(record);
    switch (record.topic()) {
      case Topics.DEFINITIONS -> addDefinition(record);
      case Topics.EXECUTION_START -> {
        StartEvent start = StartEvent.decode(record.value(), record.key(), headers);
        starts.add(
            new RecordedStart(
                place, Objects.requireNonNull(start.flowId()), start.orchestrationName()));
      }
      case Topics.RESPONSE ->
          answers.add(
              new RecordedAnswer(
                  place, AnswerEnvelope.decode(record.value(), record.key(), headers)));
      case Topics.CONTROL ->
          controls.add(
              new RecordedControl(
                  place, ControlCommand.decode(record.value(), record.key(), headers)));
      case Topics.FLOW_EVENTS -> {
        if (AuditRecord.isOfFlow(record.key())) {
          transitions.add(Transition.of(place, AuditRecord.decode(record.value())));
        }
      }
      case Topics.DEAD_LETTER -> addDeadLetter(place, headers);
      default -> addCommand(record, place, headers);
    }
  }

  /** Records repeated by this run do not count as the orchestrator's commands. */
  private void addCommand(
      ConsumerRecord<byte[], byte[]> record, RecordPosition place, HeaderLookup headers)
      throws MalformedRecordException {
    if (record.headers().lastHeader(RecordDuplicator.MARK) == null) {
      ReceivedCommand command = ReceivedCommand.decode(record.value(), record.key(), headers);
      sent.add(RecordedCommand.of(place, committedCommands.contains(place.toString()), command));
    }
  }

  private void addDefinition(ConsumerRecord<byte[], byte[]> record)
      throws MalformedRecordException {
    boolean isDefinition = new String(record.key(), StandardCharsets.UTF_8).contains(":");
    if (isDefinition && record.value() != null) {
      Orchestration definition = DefinitionCodec.decode(record.value());
      definitions.put(definition.id().header(), definition);
    }
  }

  private void addDeadLetter(RecordPosition place, HeaderLookup headers)
      throws MalformedRecordException {
    deadLetters.add(
        new RecordedDeadLetter(
            place,
            new RecordPosition(
                required(headers, RecordHeaders.DEAD_LETTER_TOPIC),
                Integer.parseInt(required(headers, RecordHeaders.DEAD_LETTER_PARTITION)),
                Long.parseLong(required(headers, RecordHeaders.DEAD_LETTER_OFFSET)),
                Long.parseLong(required(headers, RecordHeaders.DEAD_LETTER_TIMESTAMP))),
            reason(headers)));
  }

  private static String reason(HeaderLookup headers) {
    byte[] reason = headers.last(RecordHeaders.DEAD_LETTER_REASON);
    return reason == null ? "" : new String(reason, StandardCharsets.UTF_8);
  }

  private static String required(HeaderLookup headers, String name)
      throws MalformedRecordException {
    String value = headers.text(name);
    if (value == null) {
      throw new MalformedRecordException("a dead letter has no header " + name);
    }
    return value;
  }

  private Map<String, Long> consumed() throws InterruptedException, ExecutionException {
    Map<String, Long> consumed = new HashMap<>();
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
      admin
          .listConsumerGroupOffsets(ORCHESTRATORS)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> consumed.put(partition.toString(), offset.offset()));
    }
    return consumed;
  }

  private static RecordPosition place(ConsumerRecord<?, ?> record) {
    return new RecordPosition(
        record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  private static byte @Nullable [] last(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : header.value();
  }
}
