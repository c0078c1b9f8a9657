package io.doundo.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import io.doundo.launcher.chaos.ChaosPlan.PlannedSignal;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.chaos.ChaosPlan.PlannedVerb;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChaosPlanTest {

  private static final Duration LENGTH = Duration.ofMinutes(5);

  @Test
  void aSeedAlwaysGivesTheSamePlan() {
    assertThat(plan(7)).isEqualTo(plan(7));
    assertThat(plan(7)).isNotEqualTo(plan(8));
  }

  @Test
  void aRunSaysWhatItWasDrawnFrom() {
    assertThat(ChaosSettings.usual(1_000, Duration.ofMinutes(3), 4711, 3).text())
        .isEqualTo(
            "Seed 4711: 1000 flows in 180 s, a fault every 9 s on average; brokers: 3,"
                + " orchestrators: 2, workers: 3.");
  }

  @Test
  void everyKindOfFaultStrikes() {
    assertThat(plan(3).faults()).extracting(PlannedFault::fault).contains(Fault.values());
  }

  @Test
  void everyPauseIsEnded() {
    Map<ControlAction, Long> verbs =
        plan(5).verbs().stream()
            .collect(Collectors.groupingBy(PlannedVerb::action, Collectors.counting()));

    assertThat(verbs.get(ControlAction.PAUSE)).isPositive();
    assertThat(verbs.get(ControlAction.RESUME)).isEqualTo(verbs.get(ControlAction.PAUSE));
  }

  @Test
  void flowsThatWaitAreSignalledInEveryWay() {
    ChaosPlan plan = plan(1);
    assertThat(plan.starts())
        .anyMatch(start -> ChaosOrchestrations.waitsForSignal(start.payload()))
        .anyMatch(start -> start.payload().contains("coolMillis"))
        .anyMatch(start -> start.payload().contains("withoutRoles"));
    Map<String, Long> signals =
        plan.signals().stream()
            .collect(Collectors.groupingBy(PlannedSignal::flowId, Collectors.counting()));
    assertThat(signals.values()).contains(1L, 2L, 40L);
    assertThat(plan.signals()).extracting(PlannedSignal::name).contains("approved", "aproved");
  }

  @Test
  void everyOrchestrationHasFlowsOfWhichSomeAreInTrouble() {
    List<PlannedStart> starts = plan(1).starts();

    assertThat(starts).hasSize(1_000).extracting(PlannedStart::flowId).doesNotHaveDuplicates();
    assertThat(starts.stream().collect(Collectors.groupingBy(PlannedStart::orchestration)))
        .containsOnlyKeys(ChaosOrchestrations.orchestrations())
        .allSatisfy(
            (orchestration, flows) ->
                assertThat(flows)
                    .anyMatch(flow -> flow.payload().contains("behave"))
                    .anyMatch(flow -> !flow.payload().contains("behave")));
  }

  @Test
  void everyFlowOfThePlainWorkerCanSettle() {
    List<String> payloads =
        plan(1).starts().stream()
            .filter(start -> !ChaosOrchestrations.isFenced(start.orchestration()))
            .map(PlannedStart::payload)
            .toList();

    assertThat(payloads).anySatisfy(payload -> assertThat(payload).contains("\"undo\":{"));
    assertThat(payloads)
        .noneSatisfy(payload -> assertThat(payload).contains("\"undo\":{\"failForGood\""));
  }

  /** Else it would use up all of its attempts, which takes minutes, in a run of seconds. */
  @Test
  void anUndoThatIsLaterThanItsTimeoutIsInTimeAfterAFewAttempts() {
    List<JsonNode> late =
        LongStream.range(0, 10)
            .boxed()
            .flatMap(seed -> plan(seed).starts().stream())
            .flatMap(start -> Json.MAPPER.readTree(start.payload()).path("behave").valueStream())
            .map(step -> step.path("undo"))
            .filter(undo -> undo.has("lateMillis"))
            .toList();

    assertThat(late)
        .anySatisfy(undo -> assertThat(undo.path("lateMillis").asInt()).isGreaterThan(2_000))
        .allSatisfy(
            undo -> assertThat(undo.path("lateTimes").asInt()).isEqualTo(FlowMix.LATE_UNDOS));
  }

  @Test
  void everyVersionOfEveryDocumentIsAccepted() throws IOException {
    for (String orchestration : ChaosOrchestrations.orchestrations()) {
      List<String> hashes =
          List.of(hash(orchestration, 1), hash(orchestration, 2), hash(orchestration, 3));
      assertThat(hashes).doesNotHaveDuplicates();
    }
  }

  private static String hash(String orchestration, int version) throws IOException {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(
            ChaosOrchestrations.registration(orchestration, version), Map.of());
    assertThat(compiled.results())
        .singleElement()
        .satisfies(result -> assertThat(result.problems()).isEmpty())
        .satisfies(result -> assertThat(result.warnings()).isEmpty())
        .satisfies(result -> assertThat(result.orchestrationName()).isEqualTo(orchestration));
    return ((Defined) compiled.results().get(0)).orchestration().id().toString();
  }

  private static ChaosPlan plan(long seed) {
    return ChaosPlan.of(ChaosSettings.usual(1_000, LENGTH, seed, 1));
  }
}
