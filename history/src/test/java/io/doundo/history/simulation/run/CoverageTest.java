package io.doundo.history.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.simulation.Coverage;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.run.Simulation.Outcome;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The simulator draws every kind of fault, and sends flows on every kind of journey. */
class CoverageTest {

  private static final long SEEDS = Long.getLong("doundo.simulation.coverage", 5_000);
  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  /** The simulation of several flows covers what they tell each other. */
  private static final Set<Class<?>> OF_SEVERAL_FLOWS =
      Set.of(FlowEvent.ChildMoved.class, FlowEvent.ParentAsked.class, FlowEvent.SignalHanded.class);

  private static final Set<FlowEventType> ENTRIES_OF_SEVERAL_FLOWS =
      Set.of(
          FlowEventType.PART_BEGUN,
          FlowEventType.PART_ENDED,
          FlowEventType.ROUND_ENDED,
          FlowEventType.SIGNAL_PASSED_ON);

  /** The operator repairs every flow in the end, so none is left in one of these. */
  private static final Set<FlowStatus> NEVER_LAST =
      EnumSet.of(FlowStatus.WAITING, FlowStatus.IN_PROGRESS, FlowStatus.UNDOING, FlowStatus.PARKED);

  @Test
  void everyFaultAndEveryJourneyIsDrawn() {
    Coverage coverage = new Coverage();
    Journeys journeys = new Journeys();
    for (long seed = 0; seed < SEEDS; seed++) {
      Run run = seed % 4 == 0 ? Run.of(seed).withFinerAnswers() : Run.of(seed);
      draw(run, coverage, journeys);
      if (seed % 20 == 0) {
        draw(Run.of(seed).withConditions(), coverage, journeys);
        draw(Run.of(seed).withWaits(), coverage, journeys);
        draw(Run.of(seed).withBreakers(), coverage, journeys);
      }
    }
    TreeMap<String, Long> faults = new TreeMap<>();
    for (Happening happening : Happening.values()) {
      faults.put(happening.name(), coverage.of(happening));
    }
    System.out.printf("%d seeds%n%s%n%s%n", SEEDS, faults, journeys.counts());
    assertThat(faults.values()).as("faults %s", faults).doesNotContain(0L);
    assertThat(journeys.counts()).containsKeys(wanted().toArray(String[]::new));
  }

  private static void draw(Run run, Coverage coverage, Journeys journeys) {
    Outcome outcome = Simulation.run(DECIDER::decide, run, false, coverage);
    assertThat(outcome.violation()).isNull();
    journeys.add(outcome.history());
  }

  private static List<String> wanted() {
    List<String> wanted = new ArrayList<>();
    for (Class<?> event : FlowEvent.class.getPermittedSubclasses()) {
      // The simulated engine never fails on a flow; the topology's tests cover that.
      if (event != FlowEvent.EngineFailed.class && !OF_SEVERAL_FLOWS.contains(event)) {
        wanted.add("event " + event.getSimpleName());
      }
    }
    EnumSet.complementOf(EnumSet.copyOf(ENTRIES_OF_SEVERAL_FLOWS))
        .forEach(entry -> wanted.add("entry " + entry));
    Stream.of(ParkReason.values())
        .filter(reason -> reason != ParkReason.ENGINE_FAULT)
        .forEach(reason -> wanted.add("parked " + reason));
    for (ControlAction verb : ControlAction.VERBS) {
      wanted.add("accepted " + verb);
      wanted.add("refused " + verb);
    }
    for (FlowStatus end : EnumSet.complementOf(EnumSet.copyOf(NEVER_LAST))) {
      wanted.add("ends " + end);
      if (end != FlowStatus.REJECTED) {
        Stream.of(GraphType.values()).forEach(type -> wanted.add(type + " ends " + end));
        wanted.add("with a step without UNDO, ends " + end);
        wanted.add("with undoFailed, ends " + end);
        wanted.add("with dispatch committed, ends " + end);
        wanted.add("with a pivot, ends " + end);
      }
    }
    wanted.add("pivot passed, ends COMPLETED");
    wanted.add("repair after the end");
    wanted.add("undone on demand");
    wanted.add("answer after its deadline");
    return wanted;
  }
}
