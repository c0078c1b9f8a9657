package io.doundo.launcher.demo;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedOrder;
import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import io.doundo.launcher.demo.ObservedFlow.ObservedStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares the observed effects of a flow with the expected ones. It reads effects from the
 * workers' ledger and store, and does not rely on the orchestrator's own report.
 *
 * @param problems the differences, a sentence each; empty when there are none
 */
record FlowCheck(List<String> problems) {

  FlowCheck {
    problems = List.copyOf(problems);
  }

  boolean isPassed() {
    return problems.isEmpty();
  }

  static FlowCheck of(DemoScenario scenario, ObservedFlow found) {
    ExpectedFlow expected = scenario.expected();
    List<String> problems = new ArrayList<>();
    flow(scenario, found, problems);
    for (ExpectedStep step : expected.steps()) {
      step(step, found, problems);
    }
    unexpectedSteps(expected, found, problems);
    if (problems.isEmpty()) {
      expected.order().forEach(order -> order(order, found, problems));
      together(expected, found, problems);
      killed(scenario, found, problems);
    }
    return new FlowCheck(problems);
  }

  private static void flow(DemoScenario scenario, ObservedFlow found, List<String> problems) {
    ExpectedFlow expected = scenario.expected();
    if (found.status().isEmpty()) {
      problems.add("The orchestrator does not know the flow.");
      return;
    }
    if (!found.status().equals(expected.status())) {
      problems.add(
          "The flow is %s%s; expected %s."
              .formatted(
                  found.status(),
                  found.reason().isEmpty() ? "" : " (" + found.reason() + ")",
                  expected.status()));
    }
    List<String> promised = expected.steps().stream().map(ExpectedStep::step).toList();
    List<String> names = found.steps().stream().map(ObservedStep::name).toList();
    if (!names.equals(promised)) {
      problems.add(
          "The flow has the steps %s, not %s: another version of %s is registered."
              .formatted(names, promised, scenario.orchestration()));
    }
  }

  private static void step(ExpectedStep expected, ObservedFlow found, List<String> problems) {
    String step = expected.step();
    List<LedgerEffect> created = found.effects(step, EffectKind.CREATED);
    List<LedgerEffect> removed = found.effects(step, EffectKind.REMOVED);
    if (created.size() != expected.effects()) {
      problems.add(
          "The ledger holds %s of %s; expected %s."
              .formatted(counted(created.size(), "effect"), step, wasOrWere(expected.effects())));
    }
    if (removed.size() != expected.undos()) {
      problems.add(
          "The ledger holds %s of %s; expected %s."
              .formatted(counted(removed.size(), "undo"), step, wasOrWere(expected.undos())));
    }
    Set<String> standing = new TreeSet<>(created.stream().map(LedgerEffect::thing).toList());
    removed.forEach(effect -> standing.remove(effect.thing()));
    Set<String> existing = new TreeSet<>(found.existing(step));
    if (!existing.equals(standing)) {
      problems.add(
          "%s: the store holds %s, but the ledger says %s."
              .formatted(step, nothingOr(existing), nothingOr(standing)));
    }
    found.steps().stream()
        .filter(state -> state.name().equals(step))
        .filter(state -> expected.attempts() > 0 && state.attempts() != expected.attempts())
        .forEach(
            state ->
                problems.add(
                    "%s had %s; expected %s."
                        .formatted(
                            step,
                            counted(state.attempts(), "attempt"),
                            wasOrWere(expected.attempts()))));
  }

  /** Effects of steps of which none was expected. */
  private static void unexpectedSteps(
      ExpectedFlow expected, ObservedFlow found, List<String> problems) {
    Set<String> known =
        expected.steps().stream().map(ExpectedStep::step).collect(Collectors.toSet());
    Set<String> unexpectedSteps = new TreeSet<>();
    found.ledger().forEach(effect -> unexpectedSteps.add(effect.step()));
    found.things().forEach(thing -> unexpectedSteps.add(thing.step()));
    unexpectedSteps.removeAll(known);
    if (!unexpectedSteps.isEmpty()) {
      problems.add(
          "The ledger or the store has entries of unexpected steps: " + unexpectedSteps + '.');
    }
  }

  private static void order(ExpectedOrder order, ObservedFlow found, List<String> problems) {
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
      ObservedFlow found, String type, String operation, String step) {
    return found.audit().stream()
        .filter(entry -> entry.is(type, operation, step))
        .mapToInt(AuditEntry::transition)
        .findFirst();
  }

  private static void together(ExpectedFlow expected, ObservedFlow found, List<String> problems) {
    if (!expected.together()) {
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
    if (asked.size() != expected.steps().size()) {
      problems.add("Only " + new TreeSet<>(asked) + " had their DO sent before the first answer.");
    }
  }

  private static void killed(DemoScenario scenario, ObservedFlow found, List<String> problems) {
    String step = scenario.killedAt();
    if (step == null) {
      return;
    }
    boolean made =
        found.effects(step, EffectKind.CREATED).stream()
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
