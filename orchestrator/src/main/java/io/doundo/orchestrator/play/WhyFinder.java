package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the reason why a flow does not move: a function of its definition, its state, its known
 * workers, and the time. Used once; not thread-safe.
 */
public final class WhyFinder {

  /** A worker is late only when its command is older than this. */
  private static final long PATIENCE_MS = 5_000;

  /** A commit is worth mentioning only when it takes longer than this. */
  private static final long COMMIT_MS = 2_000;

  private final @Nullable Orchestration definition;
  private final FlowState state;
  private final Presence presence;
  private final Supplier<List<PartFurtherDown>> furtherDown;
  private final long now;
  private final SpokenTimes times;
  private final List<Fact> facts = new ArrayList<>();

  private WhyFinder(
      @Nullable Orchestration definition,
      FlowState state,
      Presence presence,
      Supplier<List<PartFurtherDown>> furtherDown,
      long now) {
    this.definition = definition;
    this.state = state;
    this.presence = presence;
    this.furtherDown = furtherDown;
    this.now = now;
    this.times = new SpokenTimes(now);
  }

  /** The ranks of facts: the first one is the headline. */
  private enum Rank {
    ENDED,
    PAUSED,
    UNDEFINED,
    PARKED,
    UNSERVED,
    UNANSWERED,
    BACKING_OFF,
    DRAINING,
    UNDO_BACKING_OFF,
    CANCEL_DEFERRED,
    COMMIT,
    WAITING,
    UNDER_WAY,
    BESIDE
  }

  private record Fact(
      Rank rank, String sentence, @Nullable Instant since, Why.@Nullable WaitsFor waitsFor) {}

  /**
   * The reason.
   *
   * @param definition null for a flow that waits for it
   * @param furtherDown the parts of parts of the flow that are parked, or that an operator has
   *     paused; not evaluated for a flow that waits for no part with parts of its own
   * @param verbs the verbs that the flow allows; not evaluated for a flow that goes on by itself
   * @param now ms since the epoch
   */
  public static Why find(
      @Nullable Orchestration definition,
      FlowState state,
      Presence presence,
      Supplier<List<PartFurtherDown>> furtherDown,
      Supplier<List<VerbRow>> verbs,
      long now) {
    if (state.definition() != null && definition == null) {
      throw new IllegalArgumentException("flow " + state.flowId() + " needs " + state.definition());
    }
    return new WhyFinder(definition, state, presence, furtherDown, now).why(verbs);
  }

  private Why why(Supplier<List<VerbRow>> verbs) {
    ofTheFlow();
    if (!state.status().isTerminal()) {
      for (int i = 0; i < state.steps().size(); i++) {
        ofStep(i);
      }
      beside();
    }
    if (facts.stream().allMatch(fact -> fact.rank() == Rank.BESIDE)) {
      add(
          Rank.UNDER_WAY,
          "Nothing is wrong: the flow last moved " + times.ago(state.times().updatedAt()) + ".",
          state.times().updatedAt(),
          null);
    }
    facts.sort(Comparator.comparing(Fact::rank));
    Fact first = facts.get(0);
    return new Why(
        first.sentence(),
        first.since(),
        first.waitsFor(),
        facts.stream().map(Fact::sentence).toList(),
        new Suggestions(definition, state).of(isBackingOff(), verbs));
  }

  private boolean isBackingOff() {
    return facts.stream()
        .anyMatch(fact -> fact.rank() == Rank.BACKING_OFF || fact.rank() == Rank.UNDO_BACKING_OFF);
  }

  private void ofTheFlow() {
    long updatedAt = state.times().updatedAt();
    FlowStatus status = state.status();
    if (status.isTerminal()) {
      ended();
      return;
    }
    if (state.paused()) {
      add(
          Rank.PAUSED,
          "The flow is paused: answers are recorded, and nothing is sent until it is resumed.",
          0,
          new Why.WaitsFor(Why.Kind.OPERATOR, null, null, null));
    }
    PartOf partOf = state.origin().partOf();
    if (state.life().paused() && partOf != null) {
      add(
          Rank.PAUSED,
          "The flow is paused together with %s: nothing is sent until that is resumed."
              .formatted(partOf.link().flowId()),
          0,
          new Why.WaitsFor(Why.Kind.OPERATOR, null, null, null));
    }
    if (status == FlowStatus.WAITING && partOf != null) {
      add(
          Rank.UNDEFINED,
          "This instance has not read the definition %s yet; the part begins as soon as it has."
              .formatted(partOf.definition()),
          state.origin().startedAt(),
          new Why.WaitsFor(Why.Kind.DEFINITION, null, null, null));
    } else if (status == FlowStatus.WAITING) {
      long until = state.times().deadlineAt();
      add(
          Rank.UNDEFINED,
          "The orchestration %s is not registered: the flow waits for it until %s and is then rejected."
              .formatted(state.orchestrationName(), SpokenTimes.at(until)),
          state.origin().startedAt(),
          new Why.WaitsFor(Why.Kind.DEFINITION, null, null, instant(until)));
    }
    if (status == FlowStatus.PARKED) {
      add(
          Rank.PARKED,
          "The flow has waited for an operator for %s (%s): %s."
              .formatted(times.elapsed(updatedAt), state.parkReason(), state.reason()),
          updatedAt,
          new Why.WaitsFor(Why.Kind.OPERATOR, parkedStep(), null, null));
    }
    if (state.cancelReason() != null) {
      add(
          Rank.CANCEL_DEFERRED,
          "A cancel waits for the answer of the pivot: if the pivot succeeds, the flow goes on.",
          0,
          new Why.WaitsFor(Why.Kind.ANSWER, pivot(), null, null));
    }
    if (status == FlowStatus.UNDOING && !state.turns().undoCommitted()) {
      commit("The turn to UNDO");
    }
  }

  private void ended() {
    StringBuilder sentence = new StringBuilder("The flow has ended as ").append(state.status());
    if (state.status() != FlowStatus.COMPLETED && state.reason() != null) {
      sentence.append(": ").append(state.reason());
    }
    add(Rank.ENDED, sentence.append('.').toString(), state.times().endedAt(), null);
    if (definition != null) {
      List<String> standing = state.leftStanding(definition);
      if (!standing.isEmpty()) {
        add(Rank.BESIDE, "Left standing: " + String.join(", ", standing) + ".", 0, null);
      }
    }
  }

  private void commit(String what) {
    long since = state.times().updatedAt();
    String late =
        now - since > COMMIT_MS
            ? "; it normally takes less than a second: look whether the orchestrator is running"
            : "";
    add(
        Rank.COMMIT,
        what + " waits for its commit" + late + ".",
        since,
        new Why.WaitsFor(Why.Kind.COMMIT, null, null, null));
  }

  private @Nullable String parkedStep() {
    for (int i = 0; i < state.steps().size(); i++) {
      StepState step = state.steps().get(i);
      StepStatus status = step.status();
      boolean isStuck =
          step.dueAt() == 0
              && (status == StepStatus.UNDO_FAIL
                  || status == StepStatus.RETRY_EXHAUSTED
                  || status == StepStatus.FAILED
                  || status == StepStatus.IN_DOUBT);
      boolean isOfTheWay =
          (status == StepStatus.UNDO_FAIL) == (state.parkReason() == ParkReason.UNDO_FAILED);
      if (isStuck && isOfTheWay && state.parkReason() != ParkReason.ENGINE_FAULT) {
        return step(i).name();
      }
    }
    return null;
  }

  private @Nullable String pivot() {
    return definition == null
        ? null
        : definition.steps().stream().filter(Step::pivot).map(Step::name).findFirst().orElse(null);
  }

  private void ofStep(int index) {
    StepState is = state.steps().get(index);
    Step step = step(index);
    Outside outside = is.outside();
    if (is.status() == StepStatus.ARMED && outside.armedTurn() > 0) {
      commit("The DO of " + step.name());
    } else if (is.status() == StepStatus.WAITING) {
      waits(is, step);
    } else if (is.status() == StepStatus.HELD) {
      held(is, step);
    } else if (is.parts() != null && outside.openAttempt() > 0) {
      waitsForParts(is, step, is.parts());
    } else if (outside.openAttempt() > 0) {
      inFlight(is, step);
    } else if (is.dueAt() > 0) {
      backsOff(is, step);
    }
  }

  private void held(StepState is, Step step) {
    CommandAction action =
        state.status() == FlowStatus.UNDOING ? CommandAction.UNDO : CommandAction.DO;
    add(
        Rank.WAITING,
        "The breaker %s holds back the %s of %s; no attempt is used up."
            .formatted(
                step.breaker() == null ? "of its connection" : step.breaker(), action, step.name()),
        0,
        new Why.WaitsFor(Why.Kind.BREAKER, step.name(), null, instant(is.dueAt())));
  }

  private void waitsForParts(StepState is, Step step, PartsState parts) {
    PartsReasons reasons = new PartsReasons(state, is, step, parts, times);
    add(
        Rank.WAITING,
        reasons.standing(),
        is.startedAt(),
        new Why.WaitsFor(Why.Kind.PARTS, step.name(), null, instant(is.dueAt())));
    addHeldUp(step, reasons.heldUp());
    if (PartsReasons.mayStandAboveOthers(step)) {
      addHeldUp(step, reasons.furtherDown(furtherDown.get()));
    }
  }

  private void addHeldUp(Step step, List<PartsReasons.HeldUp> parts) {
    for (PartsReasons.HeldUp part : parts) {
      add(
          Rank.PARKED,
          part.sentence(),
          part.since(),
          new Why.WaitsFor(Why.Kind.PARTS, step.name(), null, null));
    }
  }

  private void waits(StepState is, Step step) {
    String until =
        is.dueAt() == 0 ? "" : " until " + SpokenTimes.at(is.dueAt()) + ", " + times.in(is.dueAt());
    TaskState task = is.task();
    String what = "";
    Why.Kind kind = Why.Kind.TIME;
    if (task != null) {
      what = " for " + who(task) + " to complete the task \"" + task.title() + '"' + due(task);
      kind = Why.Kind.TASK;
    } else if (step.work() instanceof Work.Signal wait) {
      what = " for the signal " + wait.signal();
      kind = Why.Kind.SIGNAL;
    }
    add(
        Rank.WAITING,
        step.name() + " waits" + what + until + ".",
        is.startedAt(),
        new Why.WaitsFor(kind, step.name(), null, instant(is.dueAt())));
  }

  private static String who(TaskState task) {
    if (task.assignee() != null) {
      return task.assignee();
    }
    return task.candidates().isEmpty() ? "somebody" : String.join(" or ", task.candidates());
  }

  private String due(TaskState task) {
    if (task.dueAt() == 0) {
      return "";
    }
    return task.dueAt() <= now
        ? ", which has been overdue for " + times.elapsed(task.dueAt()) + ','
        : ", which is due " + times.in(task.dueAt()) + ',';
  }

  private void inFlight(StepState is, Step step) {
    boolean isUndo = is.status() == StepStatus.UNDOING;
    long sentAt = is.dueAt() - step.timeout().toMillis();
    String topic = topic(step, isUndo);
    String command = (isUndo ? "The UNDO" : "The DO") + " of " + step.name();
    String sent = command + " was sent " + times.ago(sentAt);
    Instant until = instant(is.dueAt());
    Presence.Attachment attached = presence.attachedTo(topic);
    boolean isLate = now - sentAt >= PATIENCE_MS;
    if (attached != null && !attached.any() && isLate) {
      add(
          Rank.UNSERVED,
          "%s, and no worker is attached to %s (%s); it times out at %s, %s%s."
              .formatted(
                  sent,
                  topic,
                  presence.serves(step.name())
                      ? "declared by " + services(step.name())
                      : "no service has declared that it serves the step",
                  SpokenTimes.at(is.dueAt()),
                  times.in(is.dueAt()),
                  then(is, step, isUndo)),
          sentAt,
          new Why.WaitsFor(Why.Kind.WORKER, step.name(), topic, until));
    } else if (attached == null && !presence.serves(step.name())) {
      add(
          Rank.UNSERVED,
          "%s to %s, and no service has declared that it serves the step.".formatted(sent, topic),
          sentAt,
          new Why.WaitsFor(Why.Kind.WORKER, step.name(), topic, until));
    } else if (!isLate) {
      add(Rank.UNDER_WAY, "Nothing is wrong: %s.".formatted(lowered(sent)), sentAt, null);
    } else {
      add(
          Rank.UNANSWERED,
          "%s and has no answer yet; it times out at %s, %s%s. %s"
              .formatted(
                  sent,
                  SpokenTimes.at(is.dueAt()),
                  times.in(is.dueAt()),
                  then(is, step, isUndo),
                  attached == null
                      ? "It is served by " + services(step.name()) + '.'
                      : attached(attached)),
          sentAt,
          new Why.WaitsFor(Why.Kind.ANSWER, step.name(), topic, until));
    }
    if (!isUndo && state.status() == FlowStatus.UNDOING) {
      add(
          Rank.DRAINING,
          "The answer of %s is awaited before it can be undone.".formatted(step.name()),
          sentAt,
          new Why.WaitsFor(Why.Kind.ANSWER, step.name(), topic, until));
    }
  }

  private static String attached(Presence.Attachment attached) {
    String workers = attached.members() == 1 ? "1 worker is" : attached.members() + " workers are";
    String behind =
        attached.unread() > 0
            ? ", and about %d commands are unread".formatted(attached.unread())
            : "";
    return "%s attached (%s)%s.".formatted(workers, String.join(", ", attached.groups()), behind);
  }

  /** What happens when the attempt in flight times out. */
  private String then(StepState is, Step step, boolean isUndo) {
    if (!isUndo && state.status() == FlowStatus.UNDOING) {
      return "; then it is undone as a step whose outcome is unknown";
    }
    RetryPolicy policy = isUndo ? step.undoRetry() : step.retry();
    int attempts = attempts(is, isUndo);
    boolean retries = isUndo || step.onTimeout() == OnTimeout.RETRY;
    if (retries && attempts < policy.maxAttempts()) {
      return "; then attempt %d of %d follows".formatted(attempts + 1, policy.maxAttempts());
    }
    return isUndo || step.onTimeout() == OnTimeout.ESCALATE
        ? "; then the flow waits for an operator"
        : "; it was the last attempt";
  }

  private static int attempts(StepState is, boolean isUndo) {
    Outside outside = is.outside();
    return isUndo
        ? outside.undoing().sent() - outside.undoing().base()
        : outside.doing().sent() - outside.doing().base();
  }

  private void backsOff(StepState is, Step step) {
    boolean isUndo = is.status() == StepStatus.UNDO_FAIL;
    RetryPolicy policy = isUndo ? step.undoRetry() : step.retry();
    int attempts = attempts(is, isUndo);
    String error = is.error() == null ? "" : ": " + is.error();
    String sentence =
        is.dueAt() <= now
            ? "%s of %s is due for attempt %d of %d, and waits for its turn%s."
                .formatted(
                    isUndo ? "The UNDO" : "The DO",
                    step.name(),
                    attempts + 1,
                    policy.maxAttempts(),
                    error)
            : "%s of %s failed %s; attempt %d of %d follows at %s, %s%s."
                .formatted(
                    isUndo ? "The UNDO" : "The DO",
                    step.name(),
                    attempts == 1 ? "once" : attempts + " times",
                    attempts + 1,
                    policy.maxAttempts(),
                    SpokenTimes.at(is.dueAt()),
                    times.in(is.dueAt()),
                    error);
    add(
        isUndo ? Rank.UNDO_BACKING_OFF : Rank.BACKING_OFF,
        sentence,
        is.endedAt(),
        new Why.WaitsFor(Why.Kind.RETRY, step.name(), topic(step, isUndo), instant(is.dueAt())));
  }

  private void beside() {
    PartOf partOf = state.origin().partOf();
    if (partOf != null) {
      add(
          Rank.BESIDE,
          "The flow is a part of %s, of its step %s."
              .formatted(partOf.link().flowId(), partOf.link().step()),
          0,
          null);
    }
    if (state.status() == FlowStatus.UNDOING && state.reason() != null) {
      add(Rank.BESIDE, "The flow is being undone: " + state.reason() + ".", 0, null);
    }
    if (state.status() == FlowStatus.IN_PROGRESS && state.times().deadlineAt() > 0) {
      long deadline = state.times().deadlineAt();
      add(
          Rank.BESIDE,
          "The flow is cancelled at %s, %s, unless it has ended by then."
              .formatted(SpokenTimes.at(deadline), times.in(deadline)),
          0,
          null);
    }
    List<Signal> kept = state.signals().kept();
    if (!kept.isEmpty()) {
      String names = kept.stream().map(Signal::name).distinct().collect(Collectors.joining(", "));
      add(Rank.BESIDE, "Signals are kept until a step accepts them: " + names + ".", 0, null);
    }
    if (state.notes().incidents() > 0) {
      add(
          Rank.BESIDE,
          "%d incidents so far; the last one: %s."
              .formatted(state.notes().incidents(), state.notes().lastIncident()),
          0,
          null);
    }
  }

  private void add(Rank rank, String sentence, long since, Why.@Nullable WaitsFor waitsFor) {
    facts.add(new Fact(rank, sentence, instant(since), waitsFor));
  }

  private Step step(int index) {
    if (definition == null) {
      throw new IllegalStateException("a flow without definition has no steps");
    }
    return definition.steps().get(index);
  }

  /** The topic of the step's commands; null for a step that sends none. */
  private @Nullable String topic(Step step, boolean isUndo) {
    return step.isOutside()
        ? step.topic(state.orchestrationName(), isUndo ? CommandAction.UNDO : CommandAction.DO)
        : null;
  }

  private String services(String step) {
    return presence.of(step).stream()
        .map(
            declared ->
                "%s (declared %s)".formatted(declared.service(), times.ago(declared.lastSeen())))
        .collect(Collectors.joining(", "));
  }

  private static String lowered(String sentence) {
    return "the" + sentence.substring("The".length());
  }

  private static @Nullable Instant instant(long at) {
    return at == 0 ? null : Instant.ofEpochMilli(at);
  }
}
