package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A schedule on a real broker, whose engine is stopped and started, and loses its disk. */
class SchedulesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ScheduleName NAME = new ScheduleName("beat", "second");

  private Installation installation;
  private KafkaWorker worker;

  @BeforeEach
  void open() {
    installation = new Installation();
    worker = new KafkaWorker(installation.bootstrap());
  }

  @AfterEach
  void close() {
    worker.close();
    installation.close();
  }

  /** Each second either starts one flow or is told as missed, and none does both. */
  @Test
  void everyTimeStartsOneFlowOrIsMissedWhateverStopsTheEngine() {
    declare("every: 1s, overlap: allow");
    awaitStarts(4);
    installation.stopEngine();
    installation.startEngine();
    awaitStarts(8);
    installation.stopEngine();
    installation.wipeState();
    installation.startEngine();
    awaitStarts(12);
    // Nothing more is due, so that what was counted can be compared.
    tell(null);
    await().atMost(PATIENCE).until(() -> audited("SCHEDULE_WITHDRAWN").size() == 1);

    List<Instant> started = instants(audited("RUN_STARTED"));
    long missed =
        audited("RUNS_MISSED").stream()
            .mapToLong(entry -> entry.required("count").intValue())
            .sum();
    Set<Instant> different = new TreeSet<>(started);
    Instant first = started.get(0);
    Instant last = started.get(started.size() - 1);

    assertThat(different).as("no time starts twice").hasSameSizeAs(started);
    assertThat(started.size() + missed)
        .as("every second is decided")
        .isEqualTo(Duration.between(first, last).toSeconds() + 1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(flowsStarted().keySet()).hasSize(started.size()));
    assertThat(flowsStarted().values()).as("each flow has one life").containsOnly(1);
  }

  private void declare(String schedule) {
    String document =
        "{orchestrationName: beat, vocabulary: 2, triggers: [{name: second, schedule: {%s}}],"
                .formatted(schedule)
            + " steps: [{name: tick, undo: none}]}";
    Orchestration definition =
        ((Defined)
                RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0))
            .orchestration();
    installation.register(definition);
    tell(new ScheduleMessage.Declared(NAME, definition.triggers().get(0).schedule(), null));
  }

  /**
   * Tells the schedule what the control plane would.
   *
   * @param declared null when it is withdrawn
   */
  private void tell(ScheduleMessage.@Nullable Declared declared) {
    ScheduleMessage message =
        declared == null ? new ScheduleMessage.Declared(NAME, null, null) : declared;
    installation.send(
        new ProducerRecord<>(
            Topics.REKEY, ScheduleKey.of(NAME).getBytes(UTF_8), ScheduleMessage.encode(message)));
  }

  private void awaitStarts(int count) {
    await().atMost(PATIENCE).until(() -> audited("RUN_STARTED").size() >= count);
  }

  private List<JsonNode> audited(String type) {
    List<JsonNode> entries = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : installation.read(Topics.FLOW_EVENTS)) {
      if (!AuditRecord.isOfFlow(record.key())) {
        JsonNode entry = Json.MAPPER.readTree(record.value());
        if (entry.required("type").stringValue().equals(type)) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  private static List<Instant> instants(List<JsonNode> entries) {
    return entries.stream()
        .map(entry -> Instant.parse(entry.required("planned").stringValue()))
        .sorted()
        .toList();
  }

  /** How often each flow of the schedule was started. */
  private Map<String, Integer> flowsStarted() {
    Map<String, Integer> starts = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : installation.read(Topics.FLOW_EVENTS)) {
      if (AuditRecord.isOfFlow(record.key())) {
        JsonNode transition = Json.MAPPER.readTree(record.value());
        if (transition.required("transition").intValue() == 1) {
          starts.merge(transition.required("flowId").stringValue(), 1, Integer::sum);
        }
      }
    }
    return starts;
  }
}
