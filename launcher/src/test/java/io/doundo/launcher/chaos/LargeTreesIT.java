package io.doundo.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.History;
import io.doundo.history.Transition;
import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.chaos.ChaosPlan.PlannedVerb;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fifty flows of a hundred items each, each item a flow that begins a flow of another
 * orchestration: 10,050 flows. Half of the fifty are undone: some amid their items, by an operator,
 * the others at their end, when all items have completed. Orchestrators and workers are killed all
 * the while. Nothing may be left, and nothing may be done twice.
 */
@Tag("deep")
@Timeout(1_800)
class LargeTreesIT {

  private static final int FLOWS = 50;
  private static final int ITEMS = 100;
  private static final int PROCESSES = 2;

  /**
   * Longer than any effect takes on a busy machine, and short enough to wait for a dead worker's.
   */
  private static final Duration LEASE = Duration.ofSeconds(15);

  /** So many that the speed of the machine does not decide how an item ends. */
  private static final int ATTEMPTS = 500;

  private static final long ALL_STARTED_MS = 2_000;
  private static final long FIRST_KILL_MS = 4_000;
  private static final long KILL_EVERY_MS = 5_000;
  private static final int KILLS = 8;

  /**
   * Amid the items, however fast the machine is; and once more, because a request for a flow that
   * has not begun for half a minute becomes a dead letter.
   */
  private static final List<Long> UNDO_MS = List.of(6_000L, 50_000L);

  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(20);

  /** How a flow ends. */
  private enum Fate {
    COMPLETES,
    UNDONE_AT_ITS_END,
    UNDONE_AMID_ITS_ITEMS;

    static Fate of(int flow) {
      return flow % 2 == 0 ? COMPLETES : flow % 4 == 1 ? UNDONE_AT_ITS_END : UNDONE_AMID_ITS_ITEMS;
    }
  }

  @Test
  void everyItemEndsAsItsFlowDoes(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
      throws Exception {
    ChaosSettings settings =
        new ChaosSettings(
                FLOWS,
                Duration.ofMillis(ALL_STARTED_MS),
                Duration.ofMillis(KILL_EVERY_MS),
                50,
                1,
                PROCESSES,
                PROCESSES)
            .withAttempts(ATTEMPTS)
            .withLease(LEASE);
    ChaosPlan plan = new ChaosPlan(settings, starts(), kills(), undos(), List.of());
    History history;
    try (RunLog log = new RunLog(directory.resolve("run.log"));
        ChaosStack stack = new ChaosStack(settings, directory)) {
      stack.start();

      ChaosRun.RunResult outcome = new ChaosRun(plan, stack, log, 0, SETTLE_LIMIT).run();

      assertThat(outcome.notInjected()).isEmpty();
      assertThat(outcome.unsettled()).isEmpty();
      history =
          new HistoryCollector(stack.bootstrapServers())
              .collect(
                  WorkersLedger.read(stack.exampleStore()),
                  outcome.windows(),
                  outcome.faultsEndedAt());
    }
    assertThat(HistoryCheck.of(history).violations()).isEmpty();
    assertThat(history.ledger()).hasSizeGreaterThan(FLOWS / 2 * ITEMS * 4);
    itemsEndedAsTheirFlows(history);
  }

  private static void itemsEndedAsTheirFlows(History history) {
    Map<String, FlowStatus> ends = new HashMap<>();
    for (Transition transition : history.transitions()) {
      ends.put(transition.flowId(), transition.status());
    }
    for (int flow = 0; flow < FLOWS; flow++) {
      Fate fate = Fate.of(flow);
      FlowStatus expected = fate == Fate.COMPLETES ? FlowStatus.COMPLETED : FlowStatus.UNDONE;
      assertThat(ends).containsEntry(id(flow), expected);
      Map<FlowStatus, Integer> ofFlow = new TreeMap<>();
      String front = id(flow) + "~";
      ends.forEach(
          (flowId, status) -> {
            if (flowId.startsWith(front)) {
              ofFlow.merge(status, 1, Integer::sum);
            }
          });
      if (fate == Fate.UNDONE_AMID_ITS_ITEMS) {
        // A part that had not begun when it was asked back was rejected instead.
        assertThat(Set.of(FlowStatus.UNDONE, FlowStatus.REJECTED)).containsAll(ofFlow.keySet());
      } else {
        assertThat(ofFlow).as(id(flow)).containsExactly(Map.entry(expected, 2 * ITEMS));
      }
    }
  }

  private static List<PlannedStart> starts() {
    List<PlannedStart> starts = new ArrayList<>();
    for (int flow = 0; flow < FLOWS; flow++) {
      ObjectNode payload = Json.MAPPER.createObjectNode();
      ArrayNode members = payload.putArray("members");
      for (int item = 0; item < ITEMS; item++) {
        members.add(id(flow) + "-" + item);
      }
      payload.put("refused", Fate.of(flow) == Fate.UNDONE_AT_ITS_END);
      starts.add(
          new PlannedStart(
              flow * ALL_STARTED_MS / FLOWS,
              id(flow),
              ChaosOrchestrations.TEAM,
              payload.toString()));
    }
    return starts;
  }

  /** Each process in turn; never both of a kind at the same time. */
  private static List<PlannedFault> kills() {
    List<PlannedFault> kills = new ArrayList<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Fault fault = kill % 2 == 0 ? Fault.KILL_ORCHESTRATOR : Fault.KILL_WORKER;
      kills.add(
          new PlannedFault(FIRST_KILL_MS + kill * KILL_EVERY_MS, fault, kill / 2 % PROCESSES, 500));
    }
    return kills;
  }

  private static List<PlannedVerb> undos() {
    List<PlannedVerb> undos = new ArrayList<>();
    for (int flow = 0; flow < FLOWS; flow++) {
      if (Fate.of(flow) == Fate.UNDONE_AMID_ITS_ITEMS) {
        for (long at : UNDO_MS) {
          String controlId = "undo-%d-%d".formatted(flow, at);
          undos.add(
              new PlannedVerb(at + flow * 100L, controlId, id(flow), ControlAction.UNDO, null));
        }
      }
    }
    undos.sort(Comparator.comparingLong(PlannedVerb::at));
    return undos;
  }

  private static String id(int flow) {
    return "tree-%02d".formatted(flow);
  }
}
