package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.play.DryRun;
import io.doundo.orchestrator.play.PlannedCommand;
import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.play.UndoPlan;
import io.doundo.orchestrator.play.UndoPlanner;
import io.doundo.orchestrator.play.VerbRow;
import io.doundo.orchestrator.play.VerbTable;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares forecasts with what then happens, for each state of a flow. */
class ForecastTableTest {

  private static final String FLOW = SampleFlows.FLOW;
  private static final Presence NOBODY = new Presence(Map.of());

  @ParameterizedTest
  @EnumSource(value = ControlAction.class, mode = EnumSource.Mode.EXCLUDE, names = "SIGNAL")
  void aDryRunIsWhatThenHappens(ControlAction verb) {
    for (String place : List.of("", "reserve", SampleFlows.STEP, "ship")) {
      @Nullable String step = place.isEmpty() ? null : place;
      SampleFlows.all()
          .forEach(
              (name, sample) -> {
                CoreJourneyDriver driver = sample.get();
                driver.takeCommands();
                FlowState before = driver.flow(FLOW);
                ControlRequested request =
                    new ControlRequested(
                        driver.now(), "c", verb, step, null, Resolution.DONE, "why", "kim");
                DryRun run =
                    DryRun.of(driver.definitionOf(FLOW), before, request, driver.evaluations());

                Decision decision = driver.take(FLOW, request);

                String where = verb + " of " + step + " on " + name;
                List<PublishFlowEvent> told =
                    decision.effects().stream()
                        .filter(PublishFlowEvent.class::isInstance)
                        .map(PublishFlowEvent.class::cast)
                        .toList();
                assertThat(run.events().subList(0, told.size()))
                    .as(where)
                    .extracting(DryRun.Entry::type)
                    .isEqualTo(told.stream().map(PublishFlowEvent::type).toList());
                assertThat(run.status()).as(where).isEqualTo(driver.flow(FLOW).status());
                assertThat(run.refusal())
                    .as(where)
                    .isEqualTo(
                        Objects.requireNonNull(driver.flow(FLOW).notes().outcomeOf("c")).refusal());
                assertThat(ids(run)).as(where).isEqualTo(ids(driver.takeCommands()));
              });
    }
  }

  private static List<String> ids(DryRun run) {
    return run.commands().stream().map(PlannedCommand::commandId).map(String::valueOf).toList();
  }

  private static List<String> ids(List<Command> commands) {
    return commands.stream().map(Command::commandId).toList();
  }

  @Test
  void theVerbsOfAFlowAreThoseThatTheCoreCarriesOut() {
    SampleFlows.all()
        .forEach(
            (name, sample) -> {
              CoreJourneyDriver driver = sample.get();
              List<VerbRow> rows =
                  VerbTable.of(
                      driver.definitionOf(FLOW),
                      driver.flow(FLOW),
                      driver.now(),
                      driver.evaluations());
              assertThat(rows).as(name).extracting(VerbRow::verb).containsAll(ControlAction.VERBS);
              for (VerbRow row : rows) {
                CoreJourneyDriver asked = sample.get();
                Decision decision =
                    asked.take(
                        FLOW,
                        new ControlRequested(
                            asked.now(),
                            "c",
                            row.verb(),
                            row.step(),
                            null,
                            Resolution.DONE,
                            null,
                            null));
                assertThat(asked.flow(FLOW).notes().outcomeOf("c"))
                    .as("%s on %s: %s", row, name, decision)
                    .isNotNull()
                    .satisfies(outcome -> assertThat(outcome.accepted()).isEqualTo(row.allowed()));
                assertThat(row.allowed() ? row.effect() : row.refusal()).as(name).isNotBlank();
              }
            });
  }

  @Test
  void anUndoPlanIsTheOrderInWhichTheCommandsThenGo() {
    SampleFlows.all()
        .forEach(
            (name, sample) -> {
              CoreJourneyDriver driver = sample.get();
              UndoPlan plan =
                  UndoPlanner.plan(
                      driver.definitionOf(FLOW),
                      driver.flow(FLOW),
                      driver.now(),
                      NOBODY,
                      driver.evaluations());
              if (!plan.possible() || !plan.drain().isEmpty()) {
                return;
              }
              driver.takeCommands();
              driver.control(FLOW, ControlAction.UNDO, null, Map.of());
              List<String> sent = new ArrayList<>();
              for (List<Command> next = driver.takeCommands();
                  !next.isEmpty();
                  next = driver.takeCommands()) {
                for (Command command : next) {
                  assertThat(command.action()).isEqualTo(CommandAction.UNDO);
                  sent.add(command.step() + ' ' + command.commandId());
                  driver.succeed(FLOW, command, Echo.ATTEMPT, Map.of());
                }
              }
              assertThat(plan.stages().stream().flatMap(List::stream))
                  .as(name)
                  .extracting(step -> step.step() + ' ' + step.commandId())
                  .isEqualTo(sent);
              assertThat(driver.flow(FLOW).status())
                  .as(name)
                  .isIn(FlowStatus.UNDONE, FlowStatus.REJECTED);
            });
  }
}
