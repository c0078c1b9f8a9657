package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Draws the flows of a run: which orchestration, when, and how its steps behave. Half of them just
 * work; the others have a step or two that fails, throws after its effect, is late, hangs beyond
 * its timeout or takes its worker down.
 */
final class FlowMix {

  private static final int PER_MILLE_TROUBLED = 400;
  private static final int PER_MILLE_IN_A_BURST = 300;
  private static final int BURSTS = 5;
  private static final int CRASH_ONE_IN = 4;
  private static final int UNDO_FAILURES = 3;

  /**
   * Further UNDOs of a step return at once. One that always took longer than the step's timeout
   * would use up all of its attempts, which takes minutes.
   */
  static final int LATE_UNDOS = 3;

  private static final int LONGEST_WAIT_MS = 3_000;

  private final ChaosSettings settings;
  private final Random random;

  /** Waits are drawn from a separate stream. */
  private final Random waits;

  FlowMix(ChaosSettings settings) {
    this.settings = settings;
    this.random = new Random(settings.seed() * 31);
    this.waits = new Random(settings.seed() * 31 + 3);
  }

  List<PlannedStart> starts() {
    long length = settings.length().toMillis();
    List<PlannedStart> starts = new ArrayList<>();
    for (int i = 0; i < settings.flows(); i++) {
      long at = random.nextLong(length);
      if (random.nextInt(1_000) < PER_MILLE_IN_A_BURST) {
        // Many at the same moment, as after an outage upstream.
        at = (at * BURSTS / length) * (length / BURSTS) + random.nextLong(20);
      }
      starts.add(start(i, at));
    }
    starts.sort(Comparator.comparingLong(PlannedStart::at));
    return starts;
  }

  private PlannedStart start(int number, long at) {
    String orchestration = ChaosOrchestrations.any(random);
    String flowId = "%s-%d-%d".formatted(orchestration, settings.seed(), number);
    ObjectNode payload = ChaosOrchestrations.payload(orchestration, flowId);
    if (orchestration.equals(ChaosOrchestrations.WAITING)) {
      letWait(payload);
    }
    if (random.nextInt(1_000) < PER_MILLE_TROUBLED) {
      List<String> steps = ChaosOrchestrations.steps(orchestration);
      ObjectNode behave = payload.putObject("behave");
      for (int troubled = 1 + random.nextInt(2); troubled > 0; troubled--) {
        trouble(behave.withObjectProperty(steps.get(random.nextInt(steps.size()))));
      }
      if (!ChaosOrchestrations.isFenced(orchestration)) {
        keepMoving(behave);
      }
    }
    return new PlannedStart(at, flowId, orchestration, Json.MAPPER.writeValueAsString(payload));
  }

  private void letWait(ObjectNode payload) {
    if (waits.nextInt(10) < 6) {
      ChaosOrchestrations.waitForSignal(payload);
    }
    if (waits.nextInt(10) < 4) {
      payload.put("coolMillis", waits.nextInt(LONGEST_WAIT_MS));
    }
    if (waits.nextInt(10) < 3) {
      payload.put("withoutRoles", true);
    }
  }

  /**
   * The plain worker handles the commands of a partition one by one, and repeats one whose outcome
   * it does not know: so its slow commands are less slow and none throws. Its {@code FAIL_STEP}
   * does not end an UNDO, so an UNDO that fails for good would be retried for a day.
   */
  private static void keepMoving(ObjectNode behave) {
    for (JsonNode step : behave) {
      for (Map.Entry<String, JsonNode> action : step.properties()) {
        ObjectNode manners = (ObjectNode) action.getValue();
        manners.remove(List.of("throwTimes", "hangMillis"));
        if (manners.has("lateMillis")) {
          manners.put("lateMillis", manners.path("lateMillis").asInt() / 10);
        }
        if (action.getKey().equals("undo") && manners.remove("failForGood") != null) {
          manners.put("failTimes", UNDO_FAILURES);
        }
      }
    }
  }

  private void trouble(ObjectNode step) {
    ObjectNode once = step.withObjectProperty("do");
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> once.put("failTimes", 1 + random.nextInt(5));
      case 3, 4, 5, 6 -> once.put("failForGood", true);
      case 7, 8, 9 -> once.put("throwTimes", 1 + random.nextInt(5));
      case 10, 11 -> once.put("lateMillis", 200 + random.nextInt(4_000));
      case 12 ->
          once.put("lateMillis", ChaosOrchestrations.STEP_TIMEOUT_MS + random.nextInt(4_000));
      case 13 ->
          once.put("hangMillis", ChaosOrchestrations.STEP_TIMEOUT_MS + random.nextInt(4_000));
      case 14 -> {
        // It takes a worker seconds to be back, with all that it serves.
        if (random.nextInt(CRASH_ONE_IN) == 0) {
          once.put("crash", true);
        }
      }
      case 15, 16, 17 -> {
        once.put("failForGood", true);
        undoTrouble(step.withObjectProperty("undo"));
      }
      default -> undoTrouble(step.withObjectProperty("undo"));
    }
  }

  private void undoTrouble(ObjectNode undo) {
    switch (random.nextInt(6)) {
      case 0, 1 -> undo.put("failTimes", 1 + random.nextInt(3));
      case 2, 3 -> undo.put("throwTimes", 1 + random.nextInt(3));
      case 4 -> undo.put("lateMillis", 200 + random.nextInt(4_000)).put("lateTimes", LATE_UNDOS);
      default -> undo.put("failForGood", true);
    }
  }
}
