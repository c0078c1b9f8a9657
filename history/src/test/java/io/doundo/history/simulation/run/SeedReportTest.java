package io.doundo.history.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.run.Simulation.Outcome;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.FlowDecider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The report of a failing seed can be followed, and repeated. */
class SeedReportTest {

  private static final Pattern LINE =
      Pattern.compile("^  (\\d+) ([a-z]+) (.*)$", Pattern.MULTILINE);
  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  /**
   * The first seed in which an UNDO finds nothing, leaves no tombstone, and its DO arrives later.
   */
  private static Run failing() {
    for (long seed = 0; seed < 10_000; seed++) {
      Run run = new Run(seed, Set.of(BrokenRule.NO_TOMBSTONE), new BitSet());
      Violation violation = Simulation.run(DECIDER::decide, run).violation();
      if (violation != null && violation.invariant().equals("I4") && needsFaults(run)) {
        return run;
      }
    }
    throw new AssertionError("no seed fails");
  }

  private static boolean needsFaults(Run run) {
    BitSet all = new BitSet();
    all.set(0, 10_000);
    return Simulation.run(DECIDER::decide, run.without(all)).violation() == null;
  }

  @Test
  void aFailingSeedIsReportedInTheOrderOfEvents() {
    SeedReport report = SeedReport.of(DECIDER::decide, failing());

    String told = report.text();
    String flow = told.substring(told.indexOf("The flow as its records"), told.indexOf("The run:"));
    List<Long> times = new ArrayList<>();
    List<String> who = new ArrayList<>();
    Matcher line = LINE.matcher(flow);
    while (line.find()) {
      times.add(Long.parseLong(line.group(1)));
      who.add(line.group(2));
    }
    assertThat(times).isSorted();
    assertThat(who).startsWith("initiator", "transition", "command");
    assertThat(who).contains("answer", "world");
    // The UNDO is sent, finds nothing, and ends the flow; then its DO arrives and has its effect.
    assertThat(flow)
        .containsSubsequence(
            "initiator starts order",
            "FLOW_STARTED",
            "command DO ",
            "FLOW_UNDOING",
            "command UNDO ",
            "world UNDO ",
            "NOTHING_TO_REMOVE",
            "answer UNDO ",
            "world DO ",
            "CREATED",
            "answer DO ");
  }

  @Test
  void aFailingSeedSaysWhatIsViolatedAndHowToRepeatIt() {
    Run run = failing();
    SeedReport report = SeedReport.of(DECIDER::decide, run);

    assertThat(report.text())
        .contains("seed " + run.seed() + " violates I4")
        .containsPattern("I4: a DO of [a-f] begins at \\d+, after its UNDO at \\d+")
        .contains("-Dtest=CoreSimulationTest")
        .contains("-Ddoundo.simulation.seed=" + run.seed())
        .contains("-Ddoundo.simulation.without=" + listed(report.without()));
  }

  private static String listed(BitSet numbers) {
    return numbers.toString().replaceAll("[{} ]", "");
  }

  @Test
  void aFailingSeedIsShrunkAndFailsInTheSameWay() {
    Run run = failing();
    Outcome whole = Simulation.run(DECIDER::decide, run);
    SeedReport report = SeedReport.of(DECIDER::decide, run);

    Outcome shrunk = Simulation.run(DECIDER::decide, run.without(report.without()));

    assertThat(report.faults()).isPositive().isLessThan(whole.faults());
    assertThat(shrunk.violation()).isNotNull();
    assertThat(shrunk.violation().invariant()).isEqualTo("I4");
  }
}
