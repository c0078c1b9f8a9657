package io.doundo.launcher.demo;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import java.util.ArrayList;
import java.util.List;

/** Expected and actual results of all scenarios, side by side. */
final class Summary {

  private Summary() {}

  static List<String> lines(List<ScenarioResult> outcomes, Terminal terminal) {
    List<String> lines = new ArrayList<>();
    lines.add(terminal.bold("Expected and actual effects"));
    lines.add("The ledger lists what the workers did; the store holds what exists now.");
    for (int i = 0; i < outcomes.size(); i++) {
      lines.add("");
      add(i + 1, outcomes.get(i), lines, terminal);
    }
    return lines;
  }

  private static void add(
      int number, ScenarioResult outcome, List<String> lines, Terminal terminal) {
    DemoScenario scenario = outcome.scenario();
    ObservedFlow found = outcome.observed();
    String status = found.status().isEmpty() ? "unknown" : found.status();
    lines.add(
        "%d  %s: %s".formatted(number, terminal.bold(scenario.title()), check(outcome, terminal)));
    lines.add("   %s is %s".formatted(outcome.flowId(), terminal.status(status)));
    Table table = new Table("STEP", "EXPECTED", "IN THE LEDGER", "IN THE STORE");
    for (ExpectedStep step : scenario.expected().steps()) {
      table.row(
          step.step(),
          effects(step.effects(), step.undos()),
          effects(
              found.effects(step.step(), EffectKind.CREATED).size(),
              found.effects(step.step(), EffectKind.REMOVED).size()),
          store(found.existing(step.step())));
    }
    lines.addAll(table.lines(terminal, "     "));
    outcome.check().problems().forEach(problem -> lines.add("   " + terminal.red(problem)));
  }

  private static String check(ScenarioResult outcome, Terminal terminal) {
    return outcome.check().isPassed()
        ? terminal.green("as expected")
        : terminal.red("NOT AS EXPECTED");
  }

  private static String effects(int effects, int undos) {
    if (effects == 0 && undos == 0) {
      return "nothing";
    }
    return "done %s%s".formatted(times(effects), undos == 0 ? "" : ", undone " + times(undos));
  }

  private static String times(int count) {
    return switch (count) {
      case 1 -> "once";
      case 2 -> "twice";
      default -> count + " times";
    };
  }

  private static String store(List<String> things) {
    return things.isEmpty() ? "-" : String.join(", ", things);
  }
}
