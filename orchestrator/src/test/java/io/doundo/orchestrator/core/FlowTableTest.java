package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.protocol.CommandAction;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every state of a flow against every event: the flow moves on, refuses with a reason, or stays
 * exactly as it was. The expected result of each cell is listed here.
 */
class FlowTableTest {

  private static final String STEP = SampleFlows.STEP;

  private static Map<String, LongFunction<FlowEvent>> events() {
    Content other = new Content("00000000000000000000000000000bad", 2, true);
    AnswerOf first = new AnswerOf(null, 1, false);
    AnswerOf phantom = new AnswerOf("ffffffffffffffffffffffffffffffff", 1, true);
    Map<String, LongFunction<FlowEvent>> events = new LinkedHashMap<>();
    events.put("other start", at -> start(at, other));
    events.put("definition found", DefinitionFound::new);
    events.put(
        "DO success", at -> new StepSucceeded(at, STEP, CommandAction.DO, first, null, null));
    events.put(
        "DO failure",
        at -> new StepFailed(at, STEP, CommandAction.DO, first, FailureKind.FAILED, "e", null));
    events.put(
        "phantom DO success",
        at -> new StepSucceeded(at, STEP, CommandAction.DO, phantom, null, null));
    events.put(
        "late effect", at -> new EffectLanded(at, STEP, CommandAction.DO, first, null, null));
    events.put(
        "UNDO success", at -> new StepSucceeded(at, STEP, CommandAction.UNDO, first, null, null));
    events.put(
        "UNDO failure",
        at -> new StepFailed(at, STEP, CommandAction.UNDO, first, FailureKind.FAILED, "e", null));
    events.put(
        "success of no step",
        at -> new StepSucceeded(at, "no", CommandAction.DO, first, null, null));
    events.put("signal", at -> new FlowEvent.SignalReceived(at, "s-1", STEP, null, "ann"));
    events.put("turn of another time", at -> new TurnCommitted(at, 99));
    events.put("time, nothing due", TimeReached::new);
    events.put("a day later", at -> new TimeReached(at + 86_400_000));
    events.put(
        "dispatch impossible",
        at -> new DispatchImpossible(at, STEP, CommandAction.DO, 1, true, "no topic"));
    events.put(
        "dispatch held",
        at -> new FlowEvent.DispatchHeld(at, STEP, CommandAction.DO, 1, "partner"));
    events.put("hold ended", at -> new FlowEvent.HoldEnded(at, STEP));
    events.put("the engine fails", at -> new FlowEvent.EngineFailed(at, "IllegalStateException"));
    return events;
  }

  private static FlowStarted start(long at, Content payload) {
    return new FlowStarted(
        at, SampleFlows.FLOW, "life2", "order", payload, "order" + payload.digest(), null);
  }

  private static String outcome(CoreJourneyDriver driver, FlowEvent event) {
    FlowState before = driver.flow(SampleFlows.FLOW);
    Decision decision = driver.take(SampleFlows.FLOW, event);
    FlowState after = Objects.requireNonNull(decision.next());
    if (decision.effects().stream().anyMatch(RefuseEvent.class::isInstance)
        && after.status() == before.status()) {
      assertThat(after).isSameAs(before);
      return "refused";
    }
    if (decision.effects().stream().anyMatch(RefuseSignal.class::isInstance)) {
      assertThat(after.steps()).as("%s", event).isEqualTo(before.steps());
      assertThat(after.status()).isEqualTo(before.status());
      return "refused";
    }
    if (onlyNoted(decision)) {
      assertThat(after.steps()).as("%s", event).isEqualTo(before.steps());
      assertThat(after.status()).isEqualTo(before.status());
      return "ignored";
    }
    if (after.transitions() == before.transitions()) {
      assertThat(decision.effects()).noneMatch(DispatchStep.class::isInstance);
      return "ignored";
    }
    return after.status() == before.status() ? "moves" : "→ " + after.status();
  }

  /** Whether the only effect is an audit entry that the event changed nothing. */
  private static boolean onlyNoted(Decision decision) {
    return decision.effects().stream()
        .findFirst()
        .filter(PublishFlowEvent.class::isInstance)
        .map(PublishFlowEvent.class::cast)
        .filter(entry -> entry.type() == FlowEventType.ANSWER_IGNORED)
        .isPresent();
  }

  private static String statusOf(String place) {
    return place.split(", ", 2)[0];
  }

  /** The outcomes in one status: the most common one alone, the others with their states. */
  private static String cell(String status, Map<String, Set<String>> outcomes) {
    Map<String, List<String>> here = new LinkedHashMap<>();
    outcomes.forEach(
        (outcome, places) -> {
          List<String> ofStatus =
              places.stream().filter(place -> statusOf(place).equals(status)).toList();
          if (!ofStatus.isEmpty()) {
            here.put(outcome, ofStatus);
          }
        });
    return here.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
        .map(entry -> entry.getKey() + placesOf(status, entry.getValue(), here.size()))
        .collect(Collectors.joining("<br>"));
  }

  private static String placesOf(String status, List<String> places, int outcomes) {
    return outcomes == 1
        ? ""
        : places.stream()
            .map(place -> place.equals(status) ? "otherwise" : place.substring(status.length() + 2))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  @Test
  void everyCellMovesRefusesOrIgnores() {
    Map<String, TreeMap<String, Set<String>>> table = new LinkedHashMap<>();
    events()
        .forEach(
            (name, event) ->
                SampleFlows.all()
                    .forEach(
                        (place, sample) -> {
                          CoreJourneyDriver driver = sample.get();
                          driver.takeCommands();
                          if (place.equals("WAITING") && name.equals("definition found")) {
                            driver.register(SampleFlows.plain());
                          }
                          table
                              .computeIfAbsent(name, n -> new TreeMap<>())
                              .computeIfAbsent(
                                  outcome(driver, event.apply(driver.now())), o -> new TreeSet<>())
                              .add(place);
                        }));
    List<String> statuses =
        SampleFlows.all().keySet().stream().map(FlowTableTest::statusOf).distinct().toList();
    StringBuilder rows =
        new StringBuilder("| event | " + String.join(" | ", statuses) + " |\n")
            .append("|---".repeat(statuses.size() + 1))
            .append("|\n");
    table.forEach(
        (event, outcomes) -> {
          rows.append("| ").append(event);
          statuses.forEach(status -> rows.append(" | ").append(cell(status, outcomes)));
          rows.append(" |\n");
        });
    GeneratedDocument.assertUpToDate("events.md", "event table", rows.toString());
  }

  @Test
  void theSamplesCoverEveryStatusAndParkReason() {
    List<FlowState> states =
        SampleFlows.all().values().stream().map(s -> s.get().flow(SampleFlows.FLOW)).toList();
    assertThat(states).extracting(FlowState::status).contains(FlowStatus.values());
    assertThat(states).extracting(FlowState::parkReason).contains(ParkReason.values());
  }

  @Test
  void everySampleHasATimerExactlyWhenSomethingIsDue() {
    SampleFlows.all()
        .forEach(
            (place, sample) -> {
              CoreJourneyDriver driver = sample.get();
              FlowState state = driver.flow(SampleFlows.FLOW);
              boolean due =
                  state.parkReason() != ParkReason.ENGINE_FAULT
                      && (state.status() == FlowStatus.WAITING
                          || state.steps().stream().anyMatch(step -> step.dueAt() > 0));
              assertThat(state.times().wakeAt() > 0).as(place).isEqualTo(due);
              assertThat(driver.timerOf(SampleFlows.FLOW))
                  .as(place)
                  .isEqualTo(state.times().wakeAt());
            });
  }
}
