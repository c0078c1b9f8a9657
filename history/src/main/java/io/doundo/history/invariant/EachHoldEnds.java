package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.protocol.CommandAction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * I16: a command that a breaker held back used no attempt, so the next command of its step has its
 * number; and every hold ends, at the latest with the safety timer of the step.
 */
final class EachHoldEnds implements Invariant {

  /** Ten minutes, and five more for an engine that is late. */
  private static final long LONGEST_MS = 900_000;

  private record Command(String step, CommandAction action) {}

  private record Hold(long since, int attempt) {}

  @Override
  public String name() {
    return "I16";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    for (FlowHistory flow : flows) {
      new Check(flow, findings).run(history.quiet().readAt());
    }
  }

  private final class Check {

    private final FlowHistory flow;
    private final Findings findings;
    private final Map<Command, Hold> open = new HashMap<>();
    private final Map<Command, Integer> free = new HashMap<>();

    Check(FlowHistory flow, Findings findings) {
      this.flow = flow;
      this.findings = findings;
    }

    void run(long readAt) {
      for (Transition transition : flow.transitions()) {
        for (PublishFlowEvent entry : transition.entries()) {
          note(entry, transition.place().at());
        }
        if (transition.status().isTerminal()) {
          open.clear();
        }
      }
      open.forEach(
          (command, hold) -> {
            if (readAt - hold.since() > LONGEST_MS) {
              report(command + " is held since " + hold.since() + ", and nothing has ended it");
            }
          });
    }

    private void note(PublishFlowEvent entry, long at) {
      String step = entry.step();
      CommandAction action = entry.action();
      switch (entry.type()) {
        case FLOW_UNDOING -> open.keySet().removeIf(held -> held.action() == CommandAction.DO);
        case FLOW_PARKED -> open.clear();
        case STEP_HELD -> {
          if (step != null && action != null) {
            Command held = new Command(step, action);
            open.put(held, new Hold(at, entry.attempt()));
            free.put(held, entry.attempt());
          }
        }
        case STEP_STARTED -> {
          if (step != null && action != null) {
            started(new Command(step, action), entry.attempt());
          }
        }
        case STEP_RELEASED, STEP_SUCCESS, STEP_SKIPPED, STEP_RESOLVED, STEP_IN_DOUBT ->
            open.keySet().removeIf(held -> held.step().equals(step));
        default -> {
          // Neither begins nor ends a hold.
        }
      }
    }

    private void started(Command command, int attempt) {
      Integer unused = free.remove(command);
      if (unused != null && unused != attempt) {
        report(
            "attempt %d of %s was held, and the next one is %d"
                .formatted(unused, command, attempt));
      }
      if (open.containsKey(command)) {
        report(command + " was sent while it was held");
      }
    }

    private void report(String problem) {
      findings.add(EachHoldEnds.this, flow, problem);
    }
  }
}
