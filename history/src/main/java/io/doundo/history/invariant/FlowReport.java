package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.RecordedControl;
import io.doundo.history.RecordedStart;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.protocol.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Tells what the records hold of a flow, a line each, in order of time. */
final class FlowReport {

  private record Line(long at, Who who, String what) {}

  /** The subject of a line; lines of the same time are in this order. */
  private enum Who {
    INITIATOR,
    OPERATOR,
    ANSWER,
    TRANSITION,
    COMMAND,
    ABORTED,
    WORLD
  }

  private final List<Line> lines = new ArrayList<>();

  private FlowReport() {}

  static String of(FlowHistory flow) {
    FlowReport story = new FlowReport();
    for (RecordedStart start : flow.history().starts()) {
      if (start.flowId().equals(flow.flowId())) {
        story.tell(start.place().at(), Who.INITIATOR, "starts " + start.orchestrationName());
      }
    }
    for (RecordedControl asked : flow.history().controls()) {
      if (asked.control().flowId().equals(flow.flowId())) {
        String step = asked.control().stepName() == null ? "" : " " + asked.control().stepName();
        story.tell(asked.place().at(), Who.OPERATOR, asked.control().action() + step);
      }
    }
    flow.sent().forEach(story::tell);
    flow.answers().forEach(story::tell);
    flow.ledger().forEach(story::tell);
    flow.transitions().forEach(story::tell);
    return story.text();
  }

  private void tell(long at, Who who, String what) {
    lines.add(new Line(at, who, what));
  }

  private void tell(RecordedCommand command) {
    tell(
        command.place().at(),
        command.committed() ? Who.COMMAND : Who.ABORTED,
        "%s %s, attempt %d, generation %d"
            .formatted(command.action(), command.step(), command.attempt(), command.generation()));
  }

  private void tell(RecordedAnswer answered) {
    Answer answer = answered.answer();
    tell(
        answered.place().at(),
        Who.ANSWER,
        "%s %s, attempt %d: %s%s"
            .formatted(
                answer.action(),
                answer.stepName(),
                answer.attempt(),
                answer.status() ? "success" : "failure",
                answer.outcome() == null ? "" : " " + answer.outcome()));
  }

  private void tell(LedgerLine line) {
    tell(
        line.at(),
        Who.WORLD,
        "%s %s, attempt %d, generation %d: %s, begun at %d, %s"
            .formatted(
                line.action(),
                line.step(),
                line.attempt(),
                line.generation(),
                line.kind(),
                line.began(),
                line.answer()));
  }

  private void tell(Transition transition) {
    StringBuilder what = new StringBuilder();
    what.append(transition.number()).append(": ").append(transition.input());
    for (PublishFlowEvent entry : transition.entries()) {
      what.append("\n      → ").append(entry.type());
      what.append(entry.step() == null ? "" : " " + entry.step());
      what.append(entry.reason() == null ? "" : ": " + entry.reason());
    }
    what.append("\n      = ").append(transition.status());
    tell(transition.place().at(), Who.TRANSITION, what.toString());
  }

  private String text() {
    lines.sort(Comparator.comparingLong(Line::at).thenComparing(Line::who));
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append("\n  ")
          .append(line.at())
          .append(' ')
          .append(line.who().name().toLowerCase(Locale.ROOT))
          .append(' ');
      text.append(line.what());
    }
    return text.toString();
  }
}
