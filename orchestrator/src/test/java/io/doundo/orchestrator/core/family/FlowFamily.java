package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Flows with the log between them: what a decision tells another flow is read from it once, in
 * order, after the decision is committed. Not thread-safe.
 */
final class FlowFamily {

  /** The core, or a broken one. */
  @FunctionalInterface
  interface Core {
    Decision decide(@Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event);
  }

  /** Answers what the flows evaluate. */
  @FunctionalInterface
  interface Values {
    Evaluation evaluate(Orchestration definition, FlowState state, Evaluate asked);
  }

  /** A command of a flow. */
  record Command(String flowId, DispatchStep step) {
    @Override
    public String toString() {
      return flowId + ' ' + step.action() + ' ' + step.stepName();
    }
  }

  /** A record of the log: of a flow, for the flow with the given id. */
  record Message(String flowId, @Nullable FlowMessage told, int turn) {}

  static final Content START = content(1);

  private final Core core;
  private final Values values;
  private final Map<String, Orchestration> known = new TreeMap<>();
  private final Map<String, Orchestration> definitions = new TreeMap<>();
  private final Map<String, FlowState> flows = new LinkedHashMap<>();
  private final Map<String, Long> timers = new TreeMap<>();
  private final List<String> audit = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private Consumer<Command> worker = command -> {};
  private BiFunction<Orchestration, FlowMessage.Begin, Content> payloads = (parent, part) -> START;
  private BiConsumer<String, KeepPart> keeper = (flowId, kept) -> {};

  final Deque<Message> log = new ArrayDeque<>();

  /** The messages of one decision, in their order. */
  final List<String> told = new ArrayList<>();

  long now = 1_000;

  FlowFamily(Core core, Values values) {
    this.core = core;
    this.values = values;
  }

  static Content content(int number) {
    return new Content(String.format("%032x", number), 10, true);
  }

  /** The engine has failed on the message. */
  EngineFailed failedOn(FlowMessage told) {
    return told instanceof FlowMessage.Moved moved
        ? EngineFailed.onMoved(now, "broken", moved)
        : new EngineFailed(now, "broken");
  }

  /** Hands each command to it as it is sent. */
  void servedBy(Consumer<Command> carriedOut) {
    worker = carriedOut;
  }

  /** Gives the start payload of a part, which runs for a flow of the given definition. */
  void startedWith(BiFunction<Orchestration, FlowMessage.Begin, Content> payload) {
    payloads = payload;
  }

  /** Keeps what the parts of a flow give. */
  void keptBy(BiConsumer<String, KeepPart> keeps) {
    keeper = keeps;
  }

  /** Makes an orchestration known that parts run by its name. */
  void register(Orchestration orchestration) {
    known.put(orchestration.id().toString(), orchestration);
  }

  void start(Orchestration orchestration, String flowId) {
    start(orchestration, flowId, START);
  }

  void start(Orchestration orchestration, String flowId, Content payload) {
    register(orchestration);
    definitions.put(flowId, orchestration);
    take(
        flowId,
        new FlowStarted(
            now, flowId, "life of " + flowId, orchestration.name(), payload, "digest", null));
  }

  Map<String, FlowState> flows() {
    return flows;
  }

  @Nullable FlowState flow(String flowId) {
    return flows.get(flowId);
  }

  Orchestration definitionOf(String flowId) {
    Orchestration definition = definitions.get(flowId);
    if (definition == null) {
      throw new AssertionError("there is no flow " + flowId);
    }
    return definition;
  }

  List<String> audit() {
    return audit;
  }

  List<String> refused() {
    return refused;
  }

  Map<String, Long> timers() {
    return timers;
  }

  /** Removes a flow, as the archive does when its time is over. */
  void expire(String flowId) {
    flows.remove(flowId);
    timers.remove(flowId);
  }

  /** Applies the event, with what it evaluates, and commits. */
  void take(String flowId, FlowEvent event) {
    apply(flowId, event, true);
  }

  /** Applies the event in a transaction that is aborted: only its commands were visible. */
  void takeAborted(String flowId, FlowEvent event) {
    apply(flowId, event, false);
  }

  private void apply(String flowId, FlowEvent event, boolean commits) {
    FlowState state = flows.get(flowId);
    List<Effect> effects = new ArrayList<>();
    Deque<FlowEvent> events = new ArrayDeque<>(List.of(event));
    Orchestration definition = definitions.get(flowId);
    while (!events.isEmpty()) {
      Decision decision = core.decide(definition, state, events.remove());
      state = decision.next();
      for (Effect effect : decision.effects()) {
        if (effect instanceof Evaluate asked && state != null && definition != null) {
          Evaluation value = values.evaluate(definition, state, asked);
          events.add(new Evaluated(now, asked.stepName(), asked.purpose(), value));
        } else if (effect instanceof KeepPart kept) {
          // The result that is put together next needs it.
          keeper.accept(flowId, kept);
        } else {
          effects.add(effect);
        }
      }
    }
    if (commits && state != null) {
      flows.put(flowId, state);
    }
    List<Command> commands = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof DispatchStep step) {
        commands.add(new Command(flowId, step));
      } else if (commits) {
        carryOut(flowId, effect);
      }
    }
    commands.forEach(worker);
  }

  private void carryOut(String flowId, Effect effect) {
    if (effect instanceof TellFlow tell) {
      told.add(flowId + " -> " + tell.flowId() + ' ' + describe(tell.message()));
      log.add(new Message(tell.flowId(), tell.message(), 0));
    } else if (effect instanceof SendTurn turn) {
      log.add(new Message(flowId, null, turn.turn()));
    } else if (effect instanceof ScheduleTimer timer) {
      if (timers.put(flowId, timer.at()) != null) {
        throw new AssertionError("a second timer of " + flowId);
      }
    } else if (effect instanceof CancelTimer timer) {
      Long set = timers.remove(flowId);
      if (set == null || set != timer.at()) {
        throw new AssertionError("no timer of " + flowId + " at " + timer.at());
      }
    } else if (effect instanceof PublishFlowEvent entry) {
      String step = entry.step() == null ? "" : " " + entry.step();
      String why = entry.reason() == null ? "" : ": " + entry.reason();
      audit.add(flowId + ' ' + entry.type() + step + why);
    } else if (effect instanceof RefuseSignal refusal) {
      refused.add(flowId + ": " + refusal.reason());
    } else if (effect instanceof RefuseEvent refusal) {
      refused.add(flowId + ": " + refusal.reason());
    }
  }

  static String describe(FlowMessage message) {
    if (message instanceof FlowMessage.Begin) {
      return "BEGIN";
    }
    if (message instanceof FlowMessage.Moved moved) {
      return (moved.isAnswer() ? "ANSWERS " : "MOVED ") + moved.status();
    }
    if (message instanceof FlowMessage.Handed handed) {
      return "HANDED " + handed.signal().name();
    }
    return ((FlowMessage.Asked) message).verb().name();
  }

  /** Reads the oldest record of the log. */
  void read() {
    Message next = log.remove();
    take(next.flowId(), eventOf(next));
  }

  /** The event that the record is for its receiver. */
  FlowEvent eventOf(Message message) {
    FlowMessage told = message.told();
    if (told == null) {
      return new TurnCommitted(now, message.turn());
    }
    if (told instanceof FlowMessage.Begin begin) {
      PartOf part = begin.part();
      Orchestration whole = known.get(part.definition().toString());
      if (whole == null) {
        throw new AssertionError("there is no orchestration " + part.definition());
      }
      definitions.put(message.flowId(), part.path() == null ? whole : whole.part(part.path()));
      return new FlowStarted(
          now,
          message.flowId(),
          begin.incarnation(),
          whole.name(),
          payloads.apply(definitionOf(part.link().flowId()), begin),
          begin.incarnation(),
          begin.initiator(),
          begin.headers(),
          null,
          part,
          begin.requestedBy());
    }
    if (told instanceof FlowMessage.Moved moved) {
      return new ChildMoved(
          now,
          moved.link(),
          moved.number(),
          moved.status(),
          moved.isAnswer(),
          moved.isRefusal(),
          moved.keptUntil(),
          moved.result(),
          moved.error(),
          moved.leftStanding(),
          moved.returned(),
          moved.waitsFor());
    }
    if (told instanceof FlowMessage.Handed handed) {
      return new SignalHanded(now, handed.link(), handed.signal());
    }
    FlowMessage.Asked asked = (FlowMessage.Asked) told;
    return new ParentAsked(now, asked.link(), asked.verb(), asked.why(), asked.until());
  }

  /** Reads the log until it is empty. */
  void readAll() {
    int most = 100_000;
    while (!log.isEmpty()) {
      if (most-- == 0) {
        throw new AssertionError("the flows do not stop talking");
      }
      read();
    }
  }

  /** Lets the time pass, firing what is due on the way, until nothing is due by then. */
  void pass(long millis) {
    long until = now + millis;
    readAll();
    while (true) {
      String next = earliest(until);
      if (next == null) {
        break;
      }
      now = Math.max(now, timers.getOrDefault(next, now));
      fire(next);
      readAll();
    }
    now = until;
  }

  /** The timer of the flow fires. */
  void fire(String flowId) {
    timers.remove(flowId);
    take(flowId, new TimeReached(now));
  }

  /** The flow whose timer is due first, at that time at the latest; null when there is none. */
  @Nullable String earliest(long until) {
    String first = null;
    for (Map.Entry<String, Long> timer : timers.entrySet()) {
      boolean isDue = timer.getValue() <= until;
      if (isDue && (first == null || timer.getValue() < timers.getOrDefault(first, until))) {
        first = timer.getKey();
      }
    }
    return first;
  }
}
