package io.doundo.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.FaultWindow;
import io.doundo.history.History;
import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import io.doundo.launcher.chaos.ChaosPlan.PlannedSignal;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.protocol.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The guarantee, on real processes: whatever is killed while flows run, every flow ends or waits
 * for an operator with a reason, and the workers' effects agree with how it ended. All tests share
 * one stack; each has its own flows.
 */
@Timeout(300)
@TestInstance(Lifecycle.PER_CLASS)
class ChaosIT {

  private static final int FLOWS = 200;
  private static final int LEAST_IN_FLIGHT = 50;
  private static final int TEAMS = 30;
  private static final int MEMBERS = 8;
  private static final long ALL_STARTED_MS = 1_000;

  /** Enough flows that many are in flight at once, however slow the machine is. */
  private static final int FIRST_STEP_MS = 2_500;

  /**
   * Of one worker. That of the other one is the SDK's own, 30 s, which is longer than every step's
   * timeout; this one is shorter than most.
   */
  private static final Duration SHORT_LEASE = Duration.ofSeconds(4);

  private static final long KILL_AT_MS = 1_000;
  private static final long NEXT_KILL_AT_MS = 2_000;

  private final List<FaultWindow> windows = new ArrayList<>();
  private ChaosStack stack;
  private RunLog log;
  private @Nullable History history;

  @BeforeAll
  void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path data) throws Exception {
    log = new RunLog(data.resolve("run.log"));
    stack =
        new ChaosStack(
            settings(FLOWS, Duration.ofSeconds(1), 0),
            data,
            worker -> worker == 1 ? Optional.of(SHORT_LEASE) : Optional.empty());
    stack.start();
  }

  @AfterAll
  void stop() {
    stack.close();
    log.close();
  }

  @ParameterizedTest
  @CsvSource({"KILL_WORKER, KILL_REDIS, 1", "EMPTY_REDIS, KILL_ORCHESTRATOR, 2"})
  void everyFlowEndsThoughProcessesAreKilled(Fault fault, Fault another, long seed)
      throws Exception {
    ChaosSettings settings = settings(FLOWS, Duration.ofMillis(ALL_STARTED_MS), seed);
    ChaosPlan plan = ChaosPlan.of(settings);
    List<PlannedStart> starts = plan.starts().stream().map(ChaosIT::slowly).toList();
    List<PlannedFault> kills =
        List.of(
            new PlannedFault(KILL_AT_MS, fault, 0, 500),
            new PlannedFault(NEXT_KILL_AT_MS, another, 0, 500));

    ChaosRun.RunResult outcome =
        new ChaosRun(
                new ChaosPlan(settings, starts, kills, List.of(), plan.signals()),
                stack,
                log,
                LEAST_IN_FLIGHT)
            .run();

    assertThat(outcome.injected()).containsOnlyKeys(fault, another);
    assertThat(outcome.fewestInFlight()).isGreaterThanOrEqualTo(LEAST_IN_FLIGHT);
    assertIsAsPromised(outcome);
  }

  /** The seed draws a new version of an orchestration, and no restart of everything. */
  @Test
  void aShortRunOfManyFaultsLeavesNoViolation() throws Exception {
    ChaosSettings settings =
        new ChaosSettings(120, Duration.ofSeconds(20), Duration.ofSeconds(4), 28, 1, 2, 2);

    ChaosRun.RunResult outcome = new ChaosRun(ChaosPlan.of(settings), stack, log).run();

    assertThat(outcome.injected())
        .containsKeys(Fault.FREEZE_ORCHESTRATOR, Fault.REREGISTER, Fault.KILL_WORKER);
    assertIsAsPromised(outcome);
  }

  /** Each item is a flow, and each of these begins a flow of another orchestration. */
  @Test
  void everyTreeOfFlowsEndsWholeThoughTheOrchestratorsAreKilled() throws Exception {
    ChaosSettings settings = settings(TEAMS, Duration.ofMillis(ALL_STARTED_MS), 4);
    List<PlannedStart> starts = new ArrayList<>();
    for (int i = 0; i < TEAMS; i++) {
      String flowId = "team-" + i;
      ObjectNode payload = Json.MAPPER.createObjectNode();
      ArrayNode members = payload.putArray("members");
      for (int member = 0; member < MEMBERS; member++) {
        members.add(flowId + "-" + member);
      }
      payload.put("refused", i % 2 == 1);
      starts.add(
          new PlannedStart(
              i * ALL_STARTED_MS / TEAMS, flowId, ChaosOrchestrations.TEAM, payload.toString()));
    }
    List<PlannedFault> kills =
        List.of(
            new PlannedFault(1_500, Fault.KILL_ORCHESTRATOR, 0, 500),
            new PlannedFault(3_000, Fault.KILL_WORKER, 0, 500),
            new PlannedFault(4_500, Fault.KILL_ORCHESTRATOR, 1, 500));

    // How many flows are left at the later kills depends on the machine.
    ChaosRun.RunResult outcome =
        new ChaosRun(new ChaosPlan(settings, starts, kills, List.of(), List.of()), stack, log)
            .run();

    assertThat(outcome.injected()).containsEntry(Fault.KILL_ORCHESTRATOR, 2);
    assertIsAsPromised(outcome);
    // There are twice as many parts. On a busy machine all attempts of a step may time out, so that
    // its list fails before all of them have begun.
    Map<FlowEventType, Long> entries = entriesOf("team-");
    assertThat(entries.get(FlowEventType.PART_BEGUN))
        .isGreaterThanOrEqualTo((long) TEAMS * MEMBERS);
    assertThat(entries.get(FlowEventType.FLOW_UNDONE))
        .isGreaterThanOrEqualTo(TEAMS / 2 * (1L + MEMBERS));
  }

  /** No signal is lost, none is taken twice, and every wait ends by a signal or a timeout. */
  @Test
  void everySignalIsTakenOnceOrRefusedThoughTheOrchestratorsAreKilled() throws Exception {
    ChaosSettings settings = settings(FLOWS, Duration.ofMillis(ALL_STARTED_MS), 3);
    List<PlannedStart> starts = new ArrayList<>();
    for (int i = 0; i < FLOWS; i++) {
      String flowId = "waiting-" + i;
      ObjectNode payload = ChaosOrchestrations.payload(ChaosOrchestrations.WAITING, flowId);
      ChaosOrchestrations.waitForSignal(payload);
      payload.put("coolMillis", i * 10);
      starts.add(
          new PlannedStart(
              i * ALL_STARTED_MS / FLOWS, flowId, ChaosOrchestrations.WAITING, payload.toString()));
    }
    List<PlannedSignal> signals = new SignalSchedule(settings).signals(starts);
    List<PlannedFault> kills =
        List.of(
            new PlannedFault(2_500, Fault.KILL_ORCHESTRATOR, 0, 500),
            new PlannedFault(5_000, Fault.KILL_ORCHESTRATOR, 1, 500));

    ChaosRun.RunResult outcome =
        new ChaosRun(
                new ChaosPlan(settings, starts, kills, List.of(), signals),
                stack,
                log,
                LEAST_IN_FLIGHT)
            .run();

    assertThat(outcome.injected()).containsEntry(Fault.KILL_ORCHESTRATOR, 2);
    assertIsAsPromised(outcome);
    Map<FlowEventType, Long> entries = entriesOf("waiting-");
    assertThat(entries.get(FlowEventType.STEP_WAITING)).isGreaterThanOrEqualTo(FLOWS);
    assertThat(entries)
        .containsKeys(
            FlowEventType.SIGNAL_TAKEN,
            FlowEventType.SIGNAL_KEPT,
            FlowEventType.SIGNAL_REFUSED,
            FlowEventType.STEP_TIMED_OUT);
  }

  private Map<FlowEventType, Long> entriesOf(String flows) {
    return Objects.requireNonNull(history).transitions().stream()
        .filter(transition -> transition.flowId().startsWith(flows))
        .flatMap(transition -> transition.entries().stream())
        .collect(Collectors.groupingBy(PublishFlowEvent::type, Collectors.counting()));
  }

  /** Counts all flows so far, including those of earlier tests. */
  private void assertIsAsPromised(ChaosRun.RunResult outcome) throws Exception {
    assertThat(outcome.unsettled()).as("what has not come to rest").isEmpty();
    windows.addAll(outcome.windows());
    History whole =
        new HistoryCollector(stack.bootstrapServers())
            .collect(WorkersLedger.read(stack.exampleStore()), windows, outcome.faultsEndedAt());
    history = whole;
    assertThat(whole.ledger()).isNotEmpty();
    assertThat(HistoryCheck.of(whole).violations()).isEmpty();
  }

  private static ChaosSettings settings(int flows, Duration length, long seed) {
    return new ChaosSettings(flows, length, Duration.ofSeconds(4), 100 + seed, 1, 2, 2);
  }

  /**
   * The same flow with a slow first step; not with the plain worker, which runs one command at a
   * time.
   */
  private static PlannedStart slowly(PlannedStart start) {
    if (!ChaosOrchestrations.isFenced(start.orchestration())) {
      return start;
    }
    ObjectNode payload = (ObjectNode) Json.MAPPER.readTree(start.payload());
    // The test chooses who dies and when; and no flow waits for a timeout.
    for (JsonNode step : payload.path("behave")) {
      for (JsonNode action : step) {
        ((ObjectNode) action).remove(List.of("crash", "hangMillis", "lateMillis"));
      }
    }
    String first = ChaosOrchestrations.steps(start.orchestration()).get(0);
    payload
        .withObjectProperty("behave")
        .withObjectProperty(first)
        .withObjectProperty("do")
        .put("lateMillis", FIRST_STEP_MS);
    return new PlannedStart(
        start.at(), start.flowId(), start.orchestration(), Json.MAPPER.writeValueAsString(payload));
  }
}
