package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.protocol.ControlAction;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every verb against every state of a flow: it is carried out, or refused with the reason. */
class VerbTableTest {

  private static Decision ask(CoreJourneyDriver driver, ControlAction verb) {
    boolean concernsStep =
        verb == ControlAction.RETRY || verb == ControlAction.SKIP || verb == ControlAction.RESOLVE;
    FlowState state = driver.flow(SampleFlows.FLOW);
    String step = state.parkReason() == ParkReason.FORWARD_EXHAUSTED ? "ship" : SampleFlows.STEP;
    return driver.take(
        SampleFlows.FLOW,
        new ControlRequested(
            driver.now(),
            "the-control",
            verb,
            concernsStep ? step : null,
            null,
            Resolution.DONE,
            null,
            null));
  }

  private static Stream<PublishFlowEvent> audit(Decision decision) {
    return decision.effects().stream()
        .filter(PublishFlowEvent.class::isInstance)
        .map(PublishFlowEvent.class::cast);
  }

  @ParameterizedTest
  @EnumSource(value = ControlAction.class, mode = EnumSource.Mode.EXCLUDE, names = "SIGNAL")
  void everyVerbIsCarriedOutOrRefusedWithAReasonAndOnlyOnce(ControlAction verb) {
    SampleFlows.all()
        .forEach(
            (name, sample) -> {
              CoreJourneyDriver driver = sample.get();
              Decision decision = ask(driver, verb);
              PublishFlowEvent first = audit(decision).findFirst().orElseThrow();
              assertThat(first.type())
                  .as("%s on %s", verb, name)
                  .isIn(FlowEventType.CONTROL_ACCEPTED, FlowEventType.CONTROL_REFUSED);
              if (first.type() == FlowEventType.CONTROL_ACCEPTED) {
                driver.takeCommands();
                assertThat(ask(driver, verb).effects()).as("%s again on %s", verb, name).isEmpty();
                assertThat(driver.takeCommands()).isEmpty();
              } else {
                assertThat(first.reason()).startsWith(verb + " refused: ").hasSizeGreaterThan(20);
                assertThat(decision.effects()).hasSizeLessThanOrEqualTo(2);
              }
            });
  }

  @Test
  void theTableInTheDocumentsIsTheCode() {
    StringBuilder table = new StringBuilder("| flow |");
    for (ControlAction verb : ControlAction.VERBS) {
      table.append(' ').append(verb).append(" |");
    }
    table.append("\n|---|").append("---|".repeat(ControlAction.VERBS.size())).append('\n');
    SampleFlows.all()
        .forEach(
            (name, sample) -> {
              table.append("| ").append(name).append(" |");
              for (ControlAction verb : ControlAction.VERBS) {
                table.append(' ').append(cell(sample.get(), verb)).append(" |");
              }
              table.append('\n');
            });
    GeneratedDocument.assertUpToDate("protocol.md", "verb table", table.toString());
  }

  private static String cell(CoreJourneyDriver driver, ControlAction verb) {
    FlowStatus before = driver.flow(SampleFlows.FLOW).status();
    Decision decision = ask(driver, verb);
    PublishFlowEvent first = audit(decision).findFirst().orElseThrow();
    if (first.type() == FlowEventType.CONTROL_REFUSED) {
      String reason = Objects.requireNonNull(first.reason());
      return "refused: " + reason.substring((verb + " refused: ").length());
    }
    FlowState after = driver.flow(SampleFlows.FLOW);
    String visible =
        audit(decision)
            .skip(1)
            .map(entry -> entry.type().name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .collect(Collectors.joining(", "));
    String status = after.status() == before ? "" : "→ **" + after.status() + "**";
    String text = status.isEmpty() ? visible : status + (visible.isEmpty() ? "" : ": " + visible);
    return text.isEmpty() ? "next attempt now" : text;
  }

  @Test
  void theDiagramInTheDocumentsIsTheCode() {
    StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n");
    diagram.append("  [*] --> WAITING\n  [*] --> IN_PROGRESS\n");
    for (FlowStatus from : FlowStatus.values()) {
      for (FlowStatus to : from.successors()) {
        diagram.append("  ").append(from).append(" --> ").append(to).append('\n');
      }
      if (from.isTerminal()) {
        diagram.append("  ").append(from).append(" --> [*]\n");
      }
    }
    diagram.append("```\n");
    GeneratedDocument.assertUpToDate("protocol.md", "status diagram", diagram.toString());
  }
}
