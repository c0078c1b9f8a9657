package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Handed;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLife;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartSets;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Cores that break one rule of how flows talk, each of which the simulation must find. */
enum BrokenFamily implements FlowFamily.Core {
  BACK_IS_LOST {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return without(decision, asked(ParentVerb.BACK).and(BrokenFamily::isOdd));
    }
  },
  THE_END_OF_A_PART_IS_LOST {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return without(
          decision,
          effect ->
              moved(effect) != null
                  && Objects.requireNonNull(moved(effect)).status() == PartStatus.UNDONE
                  && isOdd(effect));
    }
  },
  A_RELEASE_IS_NOT_ANSWERED {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return event instanceof ParentAsked asked && asked.verb() == ParentVerb.RELEASE
          ? without(decision, effect -> moved(effect) != null)
          : decision;
    }
  },
  A_COMPLETED_PART_REFUSES_BACK_AND_NOBODY_HEARS_OF_IT {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      boolean isRefused =
          event instanceof ParentAsked asked
              && asked.verb() == ParentVerb.BACK
              && before != null
              && before.status() == FlowStatus.COMPLETED;
      return isRefused ? new Decision(before, List.of()) : decision;
    }
  },
  A_FAILED_PART_COUNTS_AS_DONE {
    @Override
    FlowEvent heard(FlowEvent event) {
      boolean isFailure =
          event instanceof ChildMoved moved
              && !moved.answer()
              && moved.status() == PartStatus.UNDONE
              && moved.link().index() % 2 == 1;
      return isFailure ? as((ChildMoved) event, PartStatus.COMPLETED) : event;
    }
  },
  A_LOSER_IS_NOT_UNDONE {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return forgetting(decision, parts -> parts.phase() == PartsPhase.WON);
    }
  },
  FINISHED_ITEMS_OF_A_FAILED_LIST_ARE_LEFT_STANDING {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return forgetting(decision, parts -> parts.phase() == PartsPhase.FAILING);
    }
  },
  A_FLOW_DOES_NOT_WAIT_FOR_THOSE_IT_HAS_ASKED_BACK {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return changed(decision, parts -> moveAll(parts, PartPlace.ASKED, PartPlace.UNDONE));
    }
  },
  ITEMS_ARE_UNDONE_IN_START_ORDER {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return inStartOrder(decision, before);
    }
  },
  PARTS_ARE_RELEASED_BEFORE_THE_UNDO {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      return replacing(
          decision,
          effect ->
              effect instanceof TellFlow tell
                      && tell.message() instanceof Asked asked
                      && asked.verb() == ParentVerb.BACK
                  ? List.of(release(tell, asked), effect)
                  : List.of(effect));
    }
  },
  A_ROOT_THAT_TURNS_BACK_DOES_NOT_KEEP_ITS_PARTS {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      boolean keeps = decision.effects().stream().anyMatch(asked(ParentVerb.KEEP));
      return keeps
          ? changed(
              without(decision, asked(ParentVerb.KEEP)),
              parts -> with(parts, parts.sets(), Ranges.NONE))
          : decision;
    }
  },
  A_SIGNAL_THAT_A_PART_DOES_NOT_TAKE_IS_LOST {
    @Override
    FlowEvent heard(FlowEvent event) {
      return event instanceof ChildMoved moved ? returning(moved, List.of()) : event;
    }
  },
  A_SIGNAL_IS_HANDED_TO_A_PART_AND_KEPT {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      FlowState next = decision.next();
      boolean hands =
          decision.effects().stream()
              .anyMatch(e -> e instanceof TellFlow tell && tell.message() instanceof Handed);
      return hands && before != null && next != null && !before.signals().kept().isEmpty()
          ? new Decision(keeping(next, before.signals()), decision.effects())
          : decision;
    }
  },
  A_PART_GETS_THE_ANSWER_TO_A_TASK {
    @Override
    public Decision decide(
        @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
      return super.decide(definition == null ? null : withoutTasks(definition), state, event);
    }
  },
  A_PART_THAT_IS_KEPT_EXPIRES_ALL_THE_SAME {
    @Override
    Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
      FlowState next = decision.next();
      boolean isKept = event instanceof ParentAsked asked && asked.verb() == ParentVerb.KEEP;
      return isKept && next != null && before != null
          ? new Decision(living(next, before.life()), decision.effects())
          : decision;
    }
  };

  private static final FlowDecider DECIDER = new FlowDecider();

  @Override
  public Decision decide(
      @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
    FlowEvent heard = heard(event);
    return altered(DECIDER.decide(definition, state, heard), state, heard);
  }

  FlowEvent heard(FlowEvent event) {
    return event;
  }

  Decision altered(Decision decision, @Nullable FlowState before, FlowEvent event) {
    return decision;
  }

  /** The same with signals in the place of tasks, which any part may take. */
  private static Orchestration withoutTasks(Orchestration definition) {
    boolean hasTask =
        definition.steps().stream()
            .anyMatch(step -> step.work() instanceof Work.Signal wait && wait.task() != null);
    return hasTask
        ? FamilyDefinitions.orchestration(
            definition.name(), definition.steps().stream().map(BrokenFamily::asSignal).toList())
        : definition;
  }

  private static Step asSignal(Step step) {
    return step.work() instanceof Work.Signal wait && wait.task() != null
        ? FamilyDefinitions.signal(step.name(), wait.signal())
        : step;
  }

  private static Predicate<Effect> asked(ParentVerb verb) {
    return effect ->
        effect instanceof TellFlow tell
            && tell.message() instanceof Asked asked
            && asked.verb() == verb;
  }

  private static @Nullable Moved moved(Effect effect) {
    return effect instanceof TellFlow tell && tell.message() instanceof Moved moved ? moved : null;
  }

  private static boolean isOdd(Effect effect) {
    if (!(effect instanceof TellFlow tell)) {
      return false;
    }
    PartLink link =
        tell.message() instanceof Asked asked
            ? asked.link()
            : tell.message() instanceof Moved moved ? moved.link() : null;
    return link != null && link.index() % 2 == 1;
  }

  private static ChildMoved returning(ChildMoved event, List<Signal> signals) {
    return copy(event, event.status(), signals);
  }

  private static ChildMoved as(ChildMoved event, PartStatus status) {
    return copy(event, status, event.returned());
  }

  private static ChildMoved copy(ChildMoved event, PartStatus status, List<Signal> returned) {
    return new ChildMoved(
        event.at(),
        event.link(),
        event.number(),
        status,
        event.answer(),
        event.refusal(),
        event.keptUntil(),
        event.result(),
        event.error(),
        event.leftStanding(),
        returned,
        event.waitsFor());
  }

  private static TellFlow release(TellFlow tell, Asked asked) {
    return new TellFlow(
        tell.flowId(), new Asked(asked.link(), ParentVerb.RELEASE, null, Long.MAX_VALUE / 2));
  }

  private static Decision without(Decision decision, Predicate<Effect> dropped) {
    return replacing(decision, effect -> dropped.test(effect) ? List.of() : List.of(effect));
  }

  private static Decision replacing(Decision decision, Function<Effect, List<Effect>> by) {
    List<Effect> effects = new ArrayList<>();
    decision.effects().forEach(effect -> effects.addAll(by.apply(effect)));
    return new Decision(decision.next(), effects);
  }

  /** Does not ask those back that it should, and takes them for undone. */
  private static Decision forgetting(Decision decision, Predicate<PartsState> when) {
    FlowState next = decision.next();
    boolean forgets =
        next != null
            && next.steps().stream()
                .map(StepState::parts)
                .anyMatch(parts -> parts != null && when.test(parts));
    return forgets
        ? changed(
            without(decision, asked(ParentVerb.BACK)),
            parts -> when.test(parts) ? moveAll(parts, PartPlace.ASKED, PartPlace.UNDONE) : parts)
        : decision;
  }

  private static Decision inStartOrder(Decision decision, @Nullable FlowState before) {
    List<Effect> backs = decision.effects().stream().filter(asked(ParentVerb.BACK)).toList();
    if (before == null || backs.size() != 1) {
      return decision;
    }
    TellFlow tell = (TellFlow) backs.get(0);
    Asked asked = (Asked) tell.message();
    int index = asked.link().index();
    FlowState next = Objects.requireNonNull(decision.next());
    for (int i = 0; i < next.steps().size(); i++) {
      PartsState parts = next.steps().get(i).parts();
      if (parts == null) {
        continue;
      }
      boolean isFinished =
          asked.link().attempt() == parts.attempt()
              && parts.winner() == PartsState.NO_WINNER
              && parts.sets().at(PartPlace.ASKED).contains(index)
              && !parts.sets().at(PartPlace.DONE).isEmpty();
      if (isFinished && parts.sets().at(PartPlace.DONE).first() < index) {
        int first = parts.sets().at(PartPlace.DONE).first();
        PartLink link =
            new PartLink(
                asked.link().flowId(),
                asked.link().incarnation(),
                asked.link().step(),
                asked.link().attempt(),
                first);
        String flowId = tell.flowId().replaceAll("~" + index + "((\\.\\d+)?)$", "~" + first + "$1");
        Decision swapped =
            changed(
                decision,
                state ->
                    state.equals(parts)
                        ? with(
                            state,
                            state.sets().with(index, PartPlace.DONE).with(first, PartPlace.ASKED),
                            state.released())
                        : state);
        return replacing(
            swapped,
            effect ->
                effect.equals(tell)
                    ? List.of(new TellFlow(flowId, new Asked(link, asked.verb(), null, 0)))
                    : List.of(effect));
      }
    }
    return decision;
  }

  private static PartsState moveAll(PartsState parts, PartPlace from, PartPlace to) {
    PartsState moved = parts;
    for (int index : parts.sets().at(from).numbers().toArray()) {
      moved = with(moved, moved.sets().with(index, to), moved.released());
    }
    return moved;
  }

  private static PartsState with(PartsState parts, PartSets sets, Ranges released) {
    return new PartsState(
        parts.attempt(),
        parts.phase(),
        parts.plan(),
        parts.next(),
        sets,
        parts.parked(),
        parts.repairing(),
        released,
        released.isEmpty() ? Ranges.NONE : parts.awaited(),
        parts.winner(),
        parts.nextAt(),
        parts.loop(),
        parts.waits(),
        parts.kept(),
        parts.standing(),
        parts.earlier(),
        parts.paused());
  }

  private static Decision changed(Decision decision, UnaryOperator<PartsState> change) {
    FlowState next = decision.next();
    if (next == null) {
      return decision;
    }
    List<StepState> steps = new ArrayList<>();
    for (StepState step : next.steps()) {
      PartsState parts = step.parts();
      steps.add(parts == null ? step : with(step, change.apply(parts)));
    }
    return new Decision(with(next, steps, next.life(), next.signals()), decision.effects());
  }

  private static StepState with(StepState step, PartsState parts) {
    return new StepState(
        step.status(),
        step.effect(),
        step.generation(),
        step.dueAt(),
        step.startedAt(),
        step.endedAt(),
        step.result(),
        step.input(),
        step.undoInput(),
        step.error(),
        step.outside(),
        step.branch(),
        step.takenSignal(),
        step.task(),
        parts);
  }

  private static FlowState living(FlowState state, PartLife life) {
    return with(state, state.steps(), life, state.signals());
  }

  private static FlowState keeping(FlowState state, FlowSignals signals) {
    return with(state, state.steps(), state.life(), signals);
  }

  private static FlowState with(
      FlowState state, List<StepState> steps, PartLife life, FlowSignals signals) {
    return new FlowState(
        state.origin(),
        state.definition(),
        state.status(),
        state.parkReason(),
        state.paused(),
        state.reason(),
        state.cancelReason(),
        state.times(),
        state.turns(),
        state.transitions(),
        steps,
        state.notes(),
        signals,
        life);
  }
}
