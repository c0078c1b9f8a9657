package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Begin;
import io.doundo.orchestrator.core.effect.FlowMessage.Handed;
import io.doundo.orchestrator.core.effect.FlowMessage.PartInput;
import io.doundo.orchestrator.core.state.FlowOrigin;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.Sha256;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The parts of a flow's steps, as their parent speaks to them. */
final class Parts {

  /**
   * How many parts a step begins at a time, so that other flows need not wait for them: 300 a
   * second, where an engine on two cores carries thousands of flows.
   */
  static final int MOST_BEGUN = 30;

  /** The pause before it begins the next ones, in ms. */
  static final long PAUSE_MS = 100;

  /** How many flows may stand above each other. */
  static final int MOST_DEPTH = 16;

  private static final int DIGEST_BYTES = 16;

  private Parts() {}

  static Work.Parts workOf(FlowDraft flow, int step) {
    if (flow.definitionOf(step).work() instanceof Work.Parts parts) {
      return parts;
    }
    throw new IllegalStateException("step " + flow.definitionOf(step).name() + " has no parts");
  }

  static PartsDraft of(FlowDraft flow, int step) {
    return Objects.requireNonNull(flow.steps[step].parts, "the step has begun its parts");
  }

  /** How many flows stand above the parts of this flow. */
  static int depthBelow(FlowDraft flow) {
    PartOf above = flow.before().origin().partOf();
    return above == null ? 1 : above.depth() + 1;
  }

  static void begin(FlowDraft flow, int step, int index) {
    PartsDraft parts = of(flow, step);
    FlowOrigin origin = flow.before().origin();
    PartLink link = link(flow, step, index);
    DefinitionId own = flow.definition().id();
    PartOf partOf =
        new PartOf(
            link,
            origin.root(),
            depthBelow(flow),
            parts.plan.flow() == null ? own : parts.plan.flow(),
            path(flow, step, index),
            parts.plan.captured());
    PartInput input =
        new PartInput(
            parts.plan.input() == null || flow.steps[step].input != null
                ? Payloads.forDo(flow, step)
                : List.of(parts.plan.input()),
            parts.plan.items(),
            parts.loop);
    flow.add(
        new TellFlow(
            flowIdOf(link),
            new Begin(
                partOf,
                incarnationOf(link),
                input,
                origin.initiator(),
                origin.headers(),
                origin.requestedBy())));
  }

  static void ask(
      FlowDraft flow, int step, int index, ParentVerb verb, @Nullable String why, long until) {
    PartLink link = link(flow, step, index);
    flow.add(new TellFlow(flowIdOf(link), new Asked(link, verb, why, until)));
  }

  static void hand(FlowDraft flow, int step, int index, Signal signal) {
    PartLink link = link(flow, step, index);
    flow.add(new TellFlow(flowIdOf(link), new Handed(link, signal)));
  }

  /** Asks all parts that have not ended, of all steps. */
  static void askRunning(FlowDraft flow, ParentVerb verb, @Nullable String why) {
    for (int step = 0; step < flow.steps.length; step++) {
      PartsDraft parts = flow.steps[step].parts;
      if (parts != null) {
        int asked = step;
        parts
            .at(PartPlace.RUNNING)
            .or(parts.at(PartPlace.ASKED))
            .numbers()
            .forEach(index -> ask(flow, asked, index, verb, why, 0));
      }
    }
  }

  /** Asks the parts that the flow has to hear of for how they stand; each answers. */
  static void askHowTheyStand(FlowDraft flow) {
    for (int step = 0; step < flow.steps.length; step++) {
      PartsDraft parts = flow.steps[step].parts;
      if (parts != null) {
        int asked = step;
        parts
            .at(PartPlace.RUNNING)
            .numbers()
            .forEach(index -> ask(flow, asked, index, ParentVerb.KEEP, null, 0));
        parts
            .at(PartPlace.ASKED)
            .numbers()
            .forEach(index -> ask(flow, asked, index, ParentVerb.BACK, flow.reason, 0));
        askRepairing(flow, step);
        Releases.askAgain(flow, asked);
      }
    }
  }

  /** Asks those that undo a late effect for how they stand: they are on their way back already. */
  static void askRepairing(FlowDraft flow, int step) {
    for (EarlierPart part : of(flow, step).allRepairing()) {
      PartLink link = link(flow, step, part.attempt(), part.index());
      flow.add(new TellFlow(flowIdOf(link), new Asked(link, ParentVerb.BACK, flow.reason, 0)));
    }
  }

  /** What operators and workers call the part. */
  static String flowIdOf(FlowDraft flow, int step, int index) {
    return flowIdOf(link(flow, step, index));
  }

  private static PartLink link(FlowDraft flow, int step, int index) {
    return link(flow, step, of(flow, step).attempt, index);
  }

  private static PartLink link(FlowDraft flow, int step, int attempt, int index) {
    return new PartLink(
        flow.before().flowId(),
        flow.before().incarnation(),
        flow.definitionOf(step).name(),
        attempt,
        index);
  }

  static String flowIdOf(PartLink link) {
    return PartOf.flowIdOf(link);
  }

  private static String incarnationOf(PartLink link) {
    String text =
        link.incarnation() + '|' + link.step() + '|' + link.attempt() + '|' + link.index();
    return HexFormat.of().formatHex(Sha256.of(text), 0, DIGEST_BYTES);
  }

  private static @Nullable String path(FlowDraft flow, int step, int index) {
    Work.Parts work = workOf(flow, step);
    if (work.bodies().isEmpty()) {
      return null;
    }
    PartOf above = flow.before().origin().partOf();
    String front = above == null || above.path() == null ? "" : above.path() + '/';
    Step holder = flow.definitionOf(step);
    String branch = work.bodies().get(work.bodyOf(index)).branch();
    return front + holder.name() + (branch == null ? "" : '/' + branch);
  }

  /** Begins the parts whose turn it is, or asks back those that are taken back. */
  static void send(FlowDraft flow, int step) {
    PartsDraft parts = of(flow, step);
    if (flow.isPaused() || !flow.steps[step].awaitsParts()) {
      return;
    }
    if (parts.phase == PartsPhase.FORWARD) {
      beginNext(flow, step);
      return;
    }
    takeBack(flow, step);
    boolean isFailing =
        switch (parts.phase) {
          case FAILING, TIMED_OUT, RETRIED -> true;
          case FORWARD, WON, UNDO -> false;
        };
    if (isFailing && !parts.sets.oweAnything()) {
      Releases.releaseAttempt(flow, step);
    }
  }

  private static void beginNext(FlowDraft flow, int step) {
    PartsDraft parts = of(flow, step);
    int atOnce = workOf(flow, step).atOnce();
    if (parts.nextAt > flow.at) {
      return;
    }
    int begun = 0;
    while (parts.next < parts.plan.total() && parts.at(PartPlace.RUNNING).size() < atOnce) {
      if (begun == MOST_BEGUN) {
        parts.nextAt = flow.at + PAUSE_MS;
        return;
      }
      begun++;
      int index = parts.next;
      begin(flow, step, index);
      parts.move(index, PartPlace.RUNNING);
      parts.next++;
      parts.nextAt = 0;
      flow.steps[step].effect = StepEffect.IN_DOUBT;
      flow.auditStep(
          FlowEventType.PART_BEGUN,
          step,
          CommandAction.DO,
          "part " + flowIdOf(flow, step, index) + " begins");
    }
  }

  /** Those that run are asked at once, the others last started first, some at a time. */
  private static void takeBack(FlowDraft flow, int step) {
    PartsDraft parts = of(flow, step);
    int atOnce = workOf(flow, step).atOnce();
    String why =
        flow.steps[step].status == StepStatus.UNDOING ? flow.reason : flow.steps[step].error;
    for (Ranges running = parts.at(PartPlace.RUNNING);
        !running.isEmpty();
        running = parts.at(PartPlace.RUNNING)) {
      askBack(flow, step, running.last(), why);
    }
    Ranges done = doneToAsk(parts);
    while (!done.isEmpty() && parts.at(PartPlace.ASKED).size() < atOnce) {
      askBack(flow, step, done.last(), why);
      done = doneToAsk(parts);
    }
  }

  private static Ranges doneToAsk(PartsDraft parts) {
    Ranges done = parts.at(PartPlace.DONE);
    return parts.phase == PartsPhase.WON ? done.without(parts.winner) : done;
  }

  private static void askBack(FlowDraft flow, int step, int index, @Nullable String why) {
    of(flow, step).move(index, PartPlace.ASKED);
    ask(flow, step, index, ParentVerb.BACK, why, 0);
  }
}
