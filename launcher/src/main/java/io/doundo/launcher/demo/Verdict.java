package io.doundo.launcher.demo;

import io.doundo.launcher.demo.Evidence.Effect;
import io.doundo.launcher.demo.Evidence.Kind;
import io.doundo.launcher.demo.Evidence.StepState;
import io.doundo.launcher.demo.Promise.Before;
import io.doundo.launcher.demo.Promise.StepPromise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether what was found is what was promised. The orchestrator is not taken at its word: what the
 * workers did is read from their ledger, and what exists from their store.
 *
 * @param problems what is not as promised, each a sentence; empty when all of it is
 */
record Verdict(List<String> problems) {

  Verdict {
    problems = List.copyOf(problems);
  }

  boolean isKept() {
    return problems.isEmpty();
  }

  static Verdict of(Scenario scenario, Evidence found) {
    Promise promise = scenario.promise();
    List<String> problems = new ArrayList<>();
    flow(scenario, found, problems);
    for (StepPromise step : promise.steps()) {
      step(step, found, problems);
    }
    strangers(promise, found, problems);
    if (problems.isEmpty()) {
      promise.order().forEach(order -> order(order, found, problems));
      together(promise, found, problems);
      killed(scenario, found, problems);
    }
    return new Verdict(problems);
  }

  private static void flow(Scenario scenario, Evidence found, List<String> problems) {
    Promise promise = scenario.promise();
    if (found.status().isEmpty()) {
      problems.add("The orchestrator does not know the flow.");
      return;
    }
    if (!found.status().equals(promise.status())) {
      problems.add(
          "The flow is %s%s; expected %s."
              .formatted(
                  found.status(),
                  found.reason().isEmpty() ? "" : " (" + found.reason() + ")",
                  promise.status()));
    }
    List<String> promised = promise.steps().stream().map(StepPromise::step).toList();
    List<String> names = found.steps().stream().map(StepState::name).toList();
    if (!names.equals(promised)) {
      problems.add(
          "The flow has the steps %s, not %s: another version of %s is registered."
              .formatted(names, promised, scenario.orchestration()));
    }
  }

  private static void step(StepPromise promise, Evidence found, List<String> problems) {
    String step = promise.step();
    List<Effect> created = found.effects(step, Kind.CREATED);
    List<Effect> removed = found.effects(step, Kind.REMOVED);
    if (created.size() != promise.effects()) {
      problems.add(
          "The ledger holds %s of %s; expected %s."
              .formatted(counted(created.size(), "effect"), step, wasOrWere(promise.effects())));
    }
    if (removed.size() != promise.undos()) {
      problems.add(
          "The ledger holds %s of %s; expected %s."
              .formatted(counted(removed.size(), "undo"), step, wasOrWere(promise.undos())));
    }
    Set<String> standing = new TreeSet<>(created.stream().map(Effect::thing).toList());
    removed.forEach(effect -> standing.remove(effect.thing()));
    Set<String> existing = new TreeSet<>(found.existing(step));
    if (!existing.equals(standing)) {
      problems.add(
          "%s: the store holds %s, but the ledger says %s."
              .formatted(step, nothingOr(existing), nothingOr(standing)));
    }
    found.steps().stream()
        .filter(state -> state.name().equals(step))
        .filter(state -> promise.attempts() > 0 && state.attempts() != promise.attempts())
        .forEach(
            state ->
                problems.add(
                    "%s had %s; expected %s."
                        .formatted(
                            step,
                            counted(state.attempts(), "attempt"),
                            wasOrWere(promise.attempts()))));
  }

  /** Effects of steps that nothing was promised of. */
  private static void strangers(Promise promise, Evidence found, List<String> problems) {
    Set<String> known = promise.steps().stream().map(StepPromise::step).collect(Collectors.toSet());
    Set<String> strangers = new TreeSet<>();
    found.ledger().forEach(effect -> strangers.add(effect.step()));
    found.things().forEach(thing -> strangers.add(thing.step()));
    strangers.removeAll(known);
    if (!strangers.isEmpty()) {
      problems.add("The ledger or the store has entries of unexpected steps: " + strangers + '.');
    }
  }

  private static void order(Before order, Evidence found, List<String> problems) {
    OptionalInt succeeded = transition(found, "STEP_SUCCESS", order.operation(), order.first());
    OptionalInt started = transition(found, "STEP_STARTED", order.operation(), order.then());
    if (succeeded.isEmpty() || started.isEmpty()) {
      problems.add(
          "The audit log has no %s of %s and %s."
              .formatted(order.operation(), order.first(), order.then()));
    } else if (started.getAsInt() < succeeded.getAsInt()) {
      problems.add(
          "The %s of %s began before the one of %s had succeeded."
              .formatted(order.operation(), order.then(), order.first()));
    }
  }

  private static OptionalInt transition(
      Evidence found, String type, String operation, String step) {
    return found.audit().stream()
        .filter(entry -> entry.is(type, operation, step))
        .mapToInt(AuditEntry::transition)
        .findFirst();
  }

  private static void together(Promise promise, Evidence found, List<String> problems) {
    if (!promise.together()) {
      return;
    }
    Set<String> asked = new HashSet<>();
    for (AuditEntry entry : found.audit()) {
      if (entry.type().equals("STEP_STARTED")) {
        asked.add(entry.step());
      } else if (entry.type().equals("STEP_SUCCESS")) {
        break;
      }
    }
    if (asked.size() != promise.steps().size()) {
      problems.add("Only " + new TreeSet<>(asked) + " had their DO sent before the first answer.");
    }
  }

  private static void killed(Scenario scenario, Evidence found, List<String> problems) {
    String step = scenario.killedAt();
    if (step == null) {
      return;
    }
    boolean made =
        found.effects(step, Kind.CREATED).stream()
            .allMatch(effect -> effect.instance().equals(found.killed()));
    if (found.killed().isEmpty()) {
      problems.add("No worker was killed while it ran " + step + '.');
    } else if (!made) {
      problems.add("The effect of " + step + " was not made by the killed worker.");
    }
  }

  private static String counted(int count, String thing) {
    return switch (count) {
      case 0 -> "no " + thing;
      case 1 -> "1 " + thing;
      default -> count + " " + thing + "s";
    };
  }

  private static String wasOrWere(int count) {
    return count == 0 ? "none" : String.valueOf(count);
  }

  private static String nothingOr(Set<String> things) {
    return things.isEmpty() ? "nothing" : String.join(", ", things);
  }
}
