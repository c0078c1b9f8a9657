package io.doundo.orchestrator.streams.topology;

import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.streams.test.TestRecord;
import tools.jackson.databind.JsonNode;

/** Plays the workers of all steps: answers each command, as the test says. Not thread-safe. */
final class PlayedWorkers {

  private static final Pattern COMMANDS = Pattern.compile("orchestrator\\..*\\.(do|undo)");

  private final TopologyDriver driver;
  private final Map<String, String> results = new HashMap<>();
  private final Set<String> failing = new HashSet<>();
  private final Set<String> silent = new HashSet<>();

  /** Each command: the flowId, DO or UNDO, and the step. */
  final List<String> handled = new ArrayList<>();

  /** The payload of the last command of each kind, by what {@link #handled} says of it. */
  final Map<String, String> payloads = new HashMap<>();

  PlayedWorkers(TopologyDriver driver) {
    this.driver = driver;
  }

  /** The DO of the step returns this JSON. */
  PlayedWorkers returns(String step, String json) {
    results.put(step, json);
    return this;
  }

  /** The DO of a step in a flow fails for good: {@code flowId step}. */
  PlayedWorkers fails(String flowAndStep) {
    failing.add(flowAndStep);
    return this;
  }

  /** Nobody answers the DO of a step in a flow: {@code flowId step}. */
  PlayedWorkers staysSilent(String flowAndStep) {
    silent.add(flowAndStep);
    return this;
  }

  /** Answers commands until there are no more. */
  PlayedWorkers work() {
    boolean any = true;
    while (any) {
      any = false;
      for (String topic : new TreeSet<>(driver.producedTopics())) {
        if (COMMANDS.matcher(topic).matches()) {
          for (TestRecord<String, byte[]> command : driver.take(topic)) {
            answer(Json.MAPPER.readTree(command.value()));
            any = true;
          }
        }
      }
    }
    return this;
  }

  private void answer(JsonNode command) {
    JsonNode headers = command.get("headers");
    String flowId = headers.get("flowId").stringValue();
    String step = headers.get("stepName").stringValue();
    String action = headers.get("action").stringValue();
    String what = flowId + ' ' + action + ' ' + step;
    handled.add(what);
    payloads.put(what, command.get("payload").toString());
    String place = flowId + ' ' + step;
    boolean isDo = action.equals("DO");
    if (isDo && silent.contains(place)) {
      return;
    }
    boolean fails = isDo && failing.contains(place);
    driver.send(
        Topics.RESPONSE,
        flowId,
        fails ? WireRecords.failure(flowId, step, "FAIL_STEP") : done(flowId, step, action));
  }

  private String done(String flowId, String step, String action) {
    String json = results.get(step);
    return WireRecords.success(
        flowId,
        step,
        action,
        json == null || !action.equals("DO") ? null : Json.MAPPER.readTree(json));
  }

  /** The worker that was silent has done it, and says so. */
  PlayedWorkers landsNow(String flowId, String step) {
    driver.send(Topics.RESPONSE, flowId, done(flowId, step, "DO"));
    return work();
  }
}
