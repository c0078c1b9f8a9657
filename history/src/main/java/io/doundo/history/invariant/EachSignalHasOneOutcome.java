package io.doundo.history.invariant;

import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * I17: each signal is taken once or refused once. It is taken by a step that waits for it then, in
 * the order in which the signals of its name came, except those that the step does not accept; when
 * the flow has ended none is left over. None is refused because of a step that does not accept it
 * while another one waits for it and has not been asked; nor one that was kept before if another
 * one waits for it later. And only a step that waits for a signal times out for want of it.
 */
final class EachSignalHasOneOutcome implements Invariant {

  @Override
  public String name() {
    return "I17";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    boolean hasAny = false;
    for (Transition transition : flow.transitions()) {
      if (transition.input() instanceof SignalHanded) {
        // Its outcome is that of the flow to which it was sent.
        return;
      }
      hasAny |= transition.input() instanceof SignalReceived;
    }
    if (hasAny) {
      new Check(flow, findings).run();
    }
  }

  private final class Check {
    private final FlowHistory flow;
    private final Findings findings;
    private final OpenWaits waits = new OpenWaits();

    /** The names of those without an outcome, by control id, in the order of their arrival. */
    private final Map<String, String> open = new LinkedHashMap<>();

    /** Those that a step took: a flow never forgets them. */
    private final Set<String> taken = new HashSet<>();

    /** Of those with an outcome, how many the flow had remembered by then. */
    private final Map<String, Integer> settled = new HashMap<>();

    /** The steps that do not accept the signal with this control id. */
    private final Map<String, Set<String>> declined = new HashMap<>();

    /** The names of those that were kept before they were refused because of a step. */
    private final Map<String, String> given = new LinkedHashMap<>();

    private @Nullable String arriving;
    private int remembered;

    Check(FlowHistory flow, Findings findings) {
      this.flow = flow;
      this.findings = findings;
    }

    void run() {
      for (Transition transition : flow.transitions()) {
        arriving = null;
        if (transition.input() instanceof SignalReceived signal) {
          arriving = signal.controlId();
          arrived(transition, signal);
        }
        if (transition.input() instanceof ChildMoved moved) {
          moved.returned().forEach(this::comesBack);
        }
        for (PublishFlowEvent entry : transition.entries()) {
          note(entry);
          waits.note(entry);
        }
        if (transition.status().isTerminal()) {
          open.forEach(
              (id, name) ->
                  report("signal %s [%s] was neither taken nor refused".formatted(name, id)));
          open.clear();
        }
      }
    }

    /** A part has not taken it: it is the next one again. */
    private void comesBack(Signal signal) {
      Map<String, String> others = new LinkedHashMap<>(open);
      open.clear();
      open.put(signal.controlId(), signal.name());
      open.putAll(others);
      settled.remove(signal.controlId());
      taken.remove(signal.controlId());
    }

    private void arrived(Transition transition, SignalReceived signal) {
      String id = signal.controlId();
      Integer before = settled.get(id);
      boolean isRepeat = open.containsKey(id) || before != null;
      if (isRepeat
          && before != null
          && !taken.contains(id)
          && remembered - before >= FlowSignals.MOST_REFUSED) {
        // The flow may have forgotten it by now, and then it is another one.
        isRepeat = transition.entries().stream().noneMatch(entry -> id.equals(entry.controlId()));
      }
      if (!isRepeat) {
        remembered++;
        settled.remove(id);
        declined.remove(id);
        given.remove(id);
        open.put(id, signal.signal());
      }
    }

    private void note(PublishFlowEvent entry) {
      String step = entry.step();
      String id = entry.controlId();
      if (entry.type() == FlowEventType.STEP_TIMED_OUT && step != null && signalOf(step) != null) {
        if (!waits.has(step)) {
          report("step " + step + " timed out, and did not wait for a signal");
        }
      }
      if (entry.type() == FlowEventType.STEP_WAITING && step != null) {
        waits(step);
      }
      if (id != null && step != null && entry.type() == FlowEventType.SIGNAL_KEPT) {
        declines(id, step);
      }
      if (id != null && entry.type() == FlowEventType.SIGNAL_PASSED_ON) {
        open.remove(id);
        taken.add(id);
        settled.put(id, remembered);
      }
      if (id == null
          || (entry.type() != FlowEventType.SIGNAL_TAKEN
              && entry.type() != FlowEventType.SIGNAL_REFUSED)) {
        return;
      }
      String name = open.get(id);
      if (name == null) {
        report("a signal [" + id + "] that has an outcome already has another: " + entry);
      }
      if (name != null && entry.type() == FlowEventType.SIGNAL_TAKEN) {
        taken.add(id);
        taken(name, id, String.valueOf(step));
      }
      if (entry.type() == FlowEventType.SIGNAL_REFUSED) {
        remembered++;
        if (name != null && step != null) {
          refusedBy(name, id, step);
        }
      }
      open.remove(id);
      settled.put(id, remembered);
    }

    private void declines(String id, String step) {
      if (!waits.has(step) || !Objects.equals(open.get(id), signalOf(step))) {
        report("step %s does not accept [%s], and did not wait for it".formatted(step, id));
      }
      declined.computeIfAbsent(id, unused -> new HashSet<>()).add(step);
    }

    private void refusedBy(String name, String id, String step) {
      declines(id, step);
      Orchestration definition = flow.definition();
      for (Step other : definition == null ? List.<Step>of() : definition.steps()) {
        if (name.equals(signalOf(other.name())) && waits.has(other.name())) {
          requireAsked(name, id, other.name());
        }
      }
      if (!id.equals(arriving)) {
        given.put(id, name);
      }
    }

    /** A step that waits from now on might have taken a signal that was refused before. */
    private void waits(String step) {
      given.forEach(
          (id, name) -> {
            if (name.equals(signalOf(step))) {
              requireAsked(name, id, step);
            }
          });
    }

    private void requireAsked(String name, String id, String step) {
      if (!declined.getOrDefault(id, Set.of()).contains(step)) {
        report(
            "signal %s [%s] was refused, and step %s, which waits for it, was not asked"
                .formatted(name, id, step));
      }
    }

    private void taken(String name, String id, String step) {
      if (!waits.has(step) || !name.equals(signalOf(step))) {
        report(
            "step %s took the signal %s [%s], and did not wait for it".formatted(step, name, id));
      }
      for (Map.Entry<String, String> earlier : open.entrySet()) {
        if (earlier.getValue().equals(name)) {
          if (earlier.getKey().equals(id)) {
            return;
          }
          if (!declined.getOrDefault(earlier.getKey(), Set.of()).contains(step)) {
            report(
                "signal %s [%s] was taken before [%s], which came earlier"
                    .formatted(name, id, earlier.getKey()));
            return;
          }
        }
      }
    }

    /** The signal that the step waits for; null when it waits for none. */
    private @Nullable String signalOf(String step) {
      Orchestration definition = flow.definition();
      int index = definition == null ? -1 : definition.indexOf(step);
      return definition != null
              && index >= 0
              && definition.steps().get(index).work() instanceof Work.Signal wait
          ? wait.signal()
          : null;
    }

    private void report(String text) {
      findings.add(EachSignalHasOneOutcome.this, flow, text);
    }
  }
}
