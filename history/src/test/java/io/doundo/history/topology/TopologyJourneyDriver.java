package io.doundo.history.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** The whole topology as a driver: everything goes through bytes, topics and stores. */
final class TopologyJourneyDriver implements JourneyDriver {

  private final TopologyDriver driver = new TopologyDriver();
  private final List<String> commandTopics = new ArrayList<>();
  private final List<AuditRecord> audit = new ArrayList<>();
  private final TopologyHistory history = new TopologyHistory();
  private int controls;

  @Override
  public void register(Orchestration orchestration) {
    driver.register(orchestration);
    history.registered(orchestration);
    for (var step : orchestration.steps()) {
      if (!step.isOutside()) {
        continue;
      }
      commandTopics.add(Topics.doTopic(orchestration.name(), step.name()));
      commandTopics.add(Topics.undoTopic(orchestration.name(), step.name()));
    }
  }

  @Override
  public void start(String flowId, String orchestration, Map<String, Object> payload) {
    Map<String, Object> start = new LinkedHashMap<>();
    start.put("headers", Map.of("orchestrationName", orchestration, "flowId", flowId));
    start.put("payload", payload);
    send(Topics.EXECUTION_START, flowId, start, Map.of());
  }

  private void send(
      String topic, String flowId, Map<String, Object> body, Map<String, String> headers) {
    byte[] value = Json.MAPPER.writeValueAsBytes(body);
    history.written(topic, flowId, value, headers, driver.now().toEpochMilli());
    driver.send(topic, flowId, value, headers);
  }

  @Override
  public List<Command> takeCommands() {
    List<Command> commands = new ArrayList<>();
    for (String topic : commandTopics) {
      for (TestRecord<String, byte[]> record : driver.take(topic)) {
        history.sent(topic, record);
        commands.add(command(record));
      }
    }
    return commands;
  }

  private static Command command(TestRecord<String, byte[]> record) {
    JsonNode body = Json.MAPPER.readTree(record.value());
    JsonNode headers = body.get("headers");
    String effect = TopologyDriver.header(record, RecordHeaders.EFFECT);
    return new Command(
        headers.get("stepName").stringValue(),
        CommandAction.valueOf(headers.get("action").stringValue()),
        Integer.parseInt(TopologyDriver.header(record, RecordHeaders.GENERATION)),
        headers.get("attempt").intValue(),
        TopologyDriver.header(record, RecordHeaders.COMMAND_ID),
        effect.isEmpty() ? null : KnownEffect.valueOf(effect),
        Json.MAPPER.convertValue(body.get("payload"), new TypeReference<Map<String, Object>>() {}));
  }

  @Override
  public void succeed(String flowId, Command command, Echo echo, Map<String, Object> result) {
    String outcome = command.action() == CommandAction.DO ? "OK" : "UNDONE";
    history.landed(flowId, command, driver.now().toEpochMilli());
    answer(flowId, command, command.action().name(), true, echo, null, outcome, result);
  }

  @Override
  public void findUnchanged(
      String flowId, Command command, Echo echo, Map<String, Object> result, boolean inDoubt) {
    String outcome = inDoubt ? "UNCHANGED_IN_DOUBT" : "UNCHANGED";
    answer(
        flowId,
        command,
        command.action().name(),
        true,
        echo,
        null,
        outcome,
        result,
        Map.of(RecordHeaders.OUTCOME, outcome));
  }

  @Override
  public void fail(
      String flowId, Command command, Echo echo, String error, @Nullable String outcome) {
    answer(
        flowId,
        command,
        command.action().name(),
        false,
        echo,
        error,
        outcome == null ? "UNKNOWN" : outcome,
        Map.of(),
        outcome == null ? Map.of() : Map.of(RecordHeaders.OUTCOME, outcome));
  }

  @Override
  public void failNotBefore(
      String flowId, Command command, Echo echo, String error, Duration pause) {
    answer(
        flowId,
        command,
        command.action().name(),
        false,
        echo,
        error,
        "UNKNOWN",
        Map.of(),
        Map.of(RecordHeaders.RETRY_AFTER, Long.toString(pause.toMillis())));
  }

  @Override
  public void failForGood(String flowId, Command command, Echo echo, String error) {
    answer(flowId, command, "FAIL_STEP", false, echo, error, "NO_EFFECT", Map.of());
  }

  private void answer(
      String flowId,
      Command command,
      String action,
      boolean status,
      Echo echo,
      @Nullable String error,
      String outcome,
      Map<String, Object> result) {
    answer(flowId, command, action, status, echo, error, outcome, result, Map.of());
  }

  private void answer(
      String flowId,
      Command command,
      String action,
      boolean status,
      Echo echo,
      @Nullable String error,
      String outcome,
      Map<String, Object> result,
      Map<String, String> more) {
    history.serves(command, echo);
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("flowId", flowId);
    headers.put("stepName", command.step());
    headers.put("action", action);
    headers.put("status", status);
    headers.put("errorMessage", error);
    Map<String, String> recordHeaders = new LinkedHashMap<>();
    if (echo != Echo.NOTHING) {
      headers.put("attempt", command.attempt());
    }
    if (echo == Echo.COMMAND_ID) {
      recordHeaders.put(RecordHeaders.COMMAND_ID, command.commandId());
    }
    if (echo == Echo.COMMAND_ID) {
      recordHeaders.put(RecordHeaders.OUTCOME, outcome);
    }
    recordHeaders.putAll(more);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("headers", headers);
    answer.put("payload", result.isEmpty() ? null : result);
    send(Topics.RESPONSE, flowId, answer, recordHeaders);
  }

  @Override
  public void control(
      String flowId, ControlAction verb, @Nullable String step, Map<String, Object> payload) {
    Map<String, Object> control = new LinkedHashMap<>();
    control.put("controlId", "control-" + ++controls);
    control.put("flowId", flowId);
    control.put("action", verb.name());
    control.put("stepName", step);
    control.put("payload", payload.isEmpty() ? null : resolution(verb, payload));
    control.put("reason", "because");
    control.put("requestedBy", "operator");
    send(Topics.CONTROL, flowId, control, Map.of());
  }

  @Override
  public void signal(
      String flowId,
      String signalId,
      String name,
      String by,
      @Nullable Map<String, Object> payload) {
    Map<String, Object> signal = new LinkedHashMap<>();
    signal.put("controlId", signalId);
    signal.put("flowId", flowId);
    signal.put("action", ControlAction.SIGNAL.name());
    signal.put("signal", name);
    if (payload != null) {
      signal.put("payload", payload);
    }
    signal.put("requestedBy", by);
    send(Topics.CONTROL, flowId, signal, Map.of());
  }

  @Override
  public void signalVerified(
      String flowId, String signalId, String name, String by, Map<String, Object> payload) {
    sendMarked(
        ControlCommand.signal(
            signalId, flowId, name, Json.of(Json.MAPPER.valueToTree(payload)), by));
  }

  @Override
  public void completeAs(
      String flowId,
      String signalId,
      String task,
      List<String> names,
      Map<String, Object> payload) {
    RawJson answer = Json.of(Json.MAPPER.valueToTree(payload));
    sendMarked(
        ControlCommand.signal(signalId, flowId, task, answer, names.get(0)).limitedTo(names));
  }

  private void sendMarked(ControlCommand signal) {
    byte[] value = signal.encode();
    String mark = TopologyDriver.SENDERS.of(value, driver.now().toEpochMilli());
    driver.send(Topics.CONTROL, signal.flowId(), value, Map.of(RecordHeaders.SENDER_MARK, mark));
  }

  @Override
  public void assign(String flowId, String controlId, String step, String assignee) {
    Map<String, Object> control = new LinkedHashMap<>();
    control.put("controlId", controlId);
    control.put("flowId", flowId);
    control.put("action", ControlAction.ASSIGN.name());
    control.put("stepName", step);
    control.put("assignee", assignee);
    control.put("requestedBy", "operator");
    send(Topics.CONTROL, flowId, control, Map.of());
  }

  private static Map<String, Object> resolution(ControlAction verb, Map<String, Object> payload) {
    boolean isSettled = payload.containsKey("taken") || payload.containsKey("branch");
    if (verb != ControlAction.RESOLVE || isSettled) {
      return payload;
    }
    Map<String, Object> result = new LinkedHashMap<>(payload);
    Map<String, Object> resolution = new LinkedHashMap<>();
    Object outcome = result.remove("outcome");
    resolution.put("outcome", outcome == null ? "DONE" : outcome);
    if (!result.isEmpty()) {
      resolution.put("result", result);
    }
    return resolution;
  }

  @Override
  public void pass(Duration time) {
    driver.pass(time);
  }

  @Override
  public FlowState flow(String flowId) {
    return driver.flow(flowId);
  }

  @Override
  public List<String> audit(String flowId) {
    takeAudit();
    return audit.stream()
        .filter(record -> record.flowId().equals(flowId))
        .flatMap(record -> record.events().stream())
        .map(
            event ->
                event.type()
                    + (event.step() == null ? "" : " " + event.step())
                    + (event.reason() == null ? "" : " " + event.reason()))
        .toList();
  }

  private void takeAudit() {
    for (TestRecord<String, byte[]> record : driver.take(Topics.FLOW_EVENTS)) {
      audit.add(history.audited(record));
    }
  }

  /** The journey's history is always checked, whatever the journey itself asserts. */
  @Override
  public void close() {
    takeCommands();
    takeAudit();
    driver.take(Topics.DEAD_LETTER).forEach(history::refused);
    long now = driver.now().toEpochMilli();
    driver.close();
    assertThat(history.transitions()).isPositive();
    history.check(now);
  }
}
