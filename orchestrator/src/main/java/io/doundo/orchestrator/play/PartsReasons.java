package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why a step waits for its parts, in sentences. Not thread-safe. */
final class PartsReasons {

  /** How many of the parts are named that are parked, and how many of those that are paused. */
  private static final int MOST_NAMED = 5;

  /** What a shell takes as it stands. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:@%+,/~-]+");

  private final FlowState state;
  private final StepState is;
  private final Step step;
  private final PartsState parts;
  private final SpokenTimes times;

  PartsReasons(FlowState state, StepState is, Step step, PartsState parts, SpokenTimes times) {
    this.state = state;
    this.is = is;
    this.step = step;
    this.parts = parts;
    this.times = times;
  }

  /**
   * A part that does not go on before an operator acts.
   *
   * @param since when it stopped, ms since the epoch; 0 if that is not recorded
   */
  record HeldUp(String sentence, long since) {}

  /** How far the parts are. */
  String standing() {
    int running = parts.sets().at(PartPlace.RUNNING).size();
    int asked = parts.sets().at(PartPlace.ASKED).size();
    int repairing = parts.repairing().size() + parts.earlier().size();
    String what;
    if (asked > 0) {
      what = "%s takes back its parts: %d have yet to answer".formatted(step.name(), asked);
    } else if (is.status() == StepStatus.UNDOING && repairing > 0) {
      what = "%s waits for %d of its parts to undo a late effect".formatted(step.name(), repairing);
    } else if (parts.nextAt() > times.now()) {
      what =
          "%s begins its next part at %s, %s"
              .formatted(step.name(), SpokenTimes.at(parts.nextAt()), times.in(parts.nextAt()));
    } else {
      what =
          "%s waits for %d of its %d parts: %d done, %d failed, %d not begun"
              .formatted(
                  step.name(),
                  running,
                  parts.plan().total(),
                  parts.sets().at(PartPlace.DONE).size()
                      + parts.sets().at(PartPlace.RELEASED).size(),
                  parts.sets().at(PartPlace.FAILED).size(),
                  parts.plan().total() - parts.next());
    }
    return what + (is.dueAt() == 0 ? "" : "; it times out at " + SpokenTimes.at(is.dueAt())) + '.';
  }

  /** The parts that wait for an operator: those that are parked first. */
  List<HeldUp> heldUp() {
    List<HeldUp> heldUp = new ArrayList<>();
    parts
        .parked()
        .numbers()
        .limit(MOST_NAMED)
        .forEach(
            index ->
                heldUp.add(
                    new HeldUp(
                        "%s waits for %s, which is parked."
                            .formatted(step.name(), flowIdOf(parts.attempt(), index)),
                        0)));
    addFurther(heldUp, parts.parked().size(), "parked");
    parts.paused().stream().limit(MOST_NAMED).forEach(part -> heldUp.add(paused(part)));
    addFurther(heldUp, parts.paused().size(), "paused by themselves");
    return heldUp;
  }

  private void addFurther(List<HeldUp> heldUp, int all, String how) {
    if (all > MOST_NAMED) {
      heldUp.add(
          new HeldUp(
              "%d more parts of %s are %s.".formatted(all - MOST_NAMED, step.name(), how), 0));
    }
  }

  private HeldUp paused(PausedPart part) {
    String flowId = flowIdOf(part.attempt(), part.index());
    return new HeldUp(
        "%s waits for %s, which %s %s: %s."
            .formatted(
                step.name(),
                flowId,
                part.by() == null ? "was paused" : part.by() + " paused",
                times.ago(part.since()),
                untilResumed(flowId)),
        part.since());
  }

  private static String untilResumed(String flowId) {
    String command = command(flowId);
    return "it sends nothing until it is resumed" + (command == null ? "" : " (" + command + ')');
  }

  /** Whether the step's parts may have parts of their own. */
  static boolean mayStandAboveOthers(Step step) {
    return step.work() instanceof Work.Parts work
        && (work.bodies().isEmpty()
            || work.bodies().stream()
                .flatMap(body -> body.steps().stream())
                .anyMatch(inner -> inner.work() instanceof Work.Parts));
  }

  /**
   * The parts of its parts, at any depth, that wait for an operator.
   *
   * @param all those of the whole flow; the step's own parts among them do not count
   */
  List<HeldUp> furtherDown(List<PartFurtherDown> all) {
    String front = state.flowId() + Names.PART_SEPARATOR + step.name() + Names.PART_SEPARATOR;
    List<PartFurtherDown> below =
        all.stream()
            .filter(part -> part.flowId().startsWith(front))
            .filter(part -> !part.parent().equals(state.flowId()))
            .toList();
    List<HeldUp> heldUp = new ArrayList<>();
    below.stream().limit(MOST_NAMED).forEach(part -> heldUp.add(heldUp(part)));
    if (below.size() > MOST_NAMED) {
      heldUp.add(
          new HeldUp(
              "%d more parts further down are parked or paused by themselves."
                  .formatted(below.size() - MOST_NAMED),
              0));
    }
    return heldUp;
  }

  private HeldUp heldUp(PartFurtherDown part) {
    String how = part.parked() ? "is parked" : "is paused: " + untilResumed(part.flowId());
    return new HeldUp(
        "%s waits for %s, a part of %s, which %s."
            .formatted(step.name(), part.flowId(), part.parent(), how),
        0);
  }

  /** Null for a flowId with characters that a terminal does not show. */
  private static @Nullable String command(String flowId) {
    if (PLAIN.matcher(flowId).matches()) {
      return "doundo resume " + (flowId.startsWith("-") ? "-- " : "") + flowId;
    }
    boolean isVisible =
        flowId
            .codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    return isVisible ? "doundo resume -- '" + flowId.replace("'", "'\\''") + '\'' : null;
  }

  private String flowIdOf(int attempt, int index) {
    return PartOf.flowIdOf(
        new PartLink(state.flowId(), state.incarnation(), step.name(), attempt, index));
  }
}
