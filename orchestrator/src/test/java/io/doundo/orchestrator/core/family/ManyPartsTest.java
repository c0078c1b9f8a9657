package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.repeat;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.signal;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.withoutUndo;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.protocol.ControlAction;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The ten-thousandth part costs what the first one did: the record of the flow above stays small,
 * and so does the work of each of its decisions, counted in bytes that it allocates.
 */
class ManyPartsTest {

  private static final int MANY = 10_000;

  /** Numbers of parts, transitions and bytes get longer; nothing else may. */
  private static final int LONGER_NUMBERS = 60;

  /** Decides, and notes what the decisions of the flow at the top cost and how large it is then. */
  private static final class Measured implements FlowFamily.Core {

    private static final com.sun.management.ThreadMXBean THREADS =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FlowDecider decider = new FlowDecider();
    private final List<Long> costs = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private int longestWaits;

    @Override
    public Decision decide(
        @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Decision decision = decider.decide(definition, state, event);
      long cost = THREADS.getCurrentThreadAllocatedBytes() - before;
      FlowState next = decision.next();
      if (state != null && next != null && next.flowId().equals("f")) {
        costs.add(cost);
        boolean isStored =
            next.steps().stream().noneMatch(step -> step.status() == StepStatus.COMPUTING);
        if (isStored && costs.size() >= 100 * (sizes.size() + 1)) {
          sizes.add(FlowBytes.live(next).length);
        }
      }
      decision.effects().stream()
          .filter(effect -> effect instanceof TellFlow tell && tell.message() instanceof Moved)
          .forEach(
              effect ->
                  longestWaits =
                      Math.max(
                          longestWaits, ((Moved) ((TellFlow) effect).message()).waitsFor().size()));
      return decision;
    }

    /** The mean cost of a decision in a tenth of all, the first one being 0. */
    private double meanCost(int tenth) {
      int from = costs.size() * tenth / 10;
      int to = costs.size() * (tenth + 1) / 10;
      return costs.subList(from, to).stream().mapToLong(Long::longValue).average().orElseThrow();
    }

    private void nothingHasGrown(int firstTenth, int lastTenth) {
      assertThat(meanCost(lastTenth)).isLessThan(1.5 * meanCost(firstTenth));
    }

    private int largest(int fromTenth, int toTenth) {
      return sizes.subList(sizes.size() * fromTenth / 10, sizes.size() * toTenth / 10).stream()
          .mapToInt(Integer::intValue)
          .max()
          .orElseThrow();
    }
  }

  private final Measured core = new Measured();
  private final FamilyDriver driver = new FamilyDriver(core);

  @Test
  void tenThousandItemsInOrder() {
    Orchestration list =
        orchestration("order", parts("items", forEach(20, Tolerance.NONE, remote("pick"))));
    driver.items("items", MANY).start(list, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    // The first half of its decisions begin the parts and hear them, the second half releases them.
    core.nothingHasGrown(1, 4);
    core.nothingHasGrown(6, 9);
    assertThat(core.largest(5, 9)).isLessThan(core.largest(0, 2) + LONGER_NUMBERS);
  }

  @Test
  void tenThousandItemsOfWhichEveryTenthFails() {
    Orchestration list =
        orchestration(
            "order", parts("items", forEach(20, new Tolerance(10, true), remote("pick"))));
    for (int i = 0; i < MANY; i += 10) {
      driver.play("f~items~" + i, "pick", Play.FAIL_FOR_GOOD);
    }
    driver.items("items", MANY).start(list, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.parts("f", "items").sets().at(PartPlace.FAILED).size()).isEqualTo(1_000);
    assertThat(core.largest(0, 10)).as("a bit for each item at two places").isLessThan(3_500);
  }

  @Test
  void aThousandItemsOfACompletedFlowAreUndoneLastFirstAndSoManyAtATime() {
    Orchestration list =
        orchestration("order", parts("items", forEach(20, Tolerance.NONE, remote("pick"))));
    driver.items("items", 1_000).start(list, "f").pass(60_000);
    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    driver.assertAllReleased();
    driver.family().told.clear();

    driver.control("f", ControlAction.UNDO, null).pass(60_000);

    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.standing()).isEmpty();
    assertThat(driver.told(" BACK"))
        .isEqualTo(
            IntStream.rangeClosed(1, 1_000)
                .mapToObj(back -> "f -> f~items~" + (1_000 - back) + " BACK")
                .toList());
    int open = 0;
    int most = 0;
    for (String told : driver.family().told) {
      open += told.endsWith(" BACK") ? 1 : told.endsWith(" -> f MOVED UNDONE") ? -1 : 0;
      most = Math.max(most, open);
    }
    assertThat(most).isEqualTo(20);
    assertThat(open).isZero();
  }

  @Test
  void tenThousandRounds() {
    Orchestration loop =
        orchestration("order", parts("watch", repeat(Duration.ZERO, 0, withoutUndo("probe"))));
    driver.items("watch", MANY).start(loop, "f").run();

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    core.nothingHasGrown(1, 8);
    assertThat(core.largest(9, 10)).isLessThan(core.largest(0, 1) + LONGER_NUMBERS);
  }

  @Test
  void tenThousandRoundsThatEachTakeASignal() {
    Orchestration loop =
        orchestration(
            "order", parts("watch", repeat(Duration.ZERO, 0, signal("decide", "decision"))));
    driver.items("watch", MANY).start(loop, "f").run();
    for (int round = 0; round < MANY; round++) {
      driver.signal("f", "decision", round).run();
    }

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().refused()).isEmpty();
    core.nothingHasGrown(1, 8);
    // Each remembered signal has the number of its transition, which takes one byte more by then.
    assertThat(core.largest(9, 10))
        .isLessThan(core.largest(1, 2) + LONGER_NUMBERS + FlowSignals.MOST_ACCEPTED);
    assertThat(driver.flow("f").signals().seen()).hasSize(FlowSignals.MOST_ACCEPTED);
  }

  @Test
  void aSignalIsRecognisedAsLongAsItIsAmongTheLastOnes() {
    Orchestration loop =
        orchestration(
            "order", parts("watch", repeat(Duration.ZERO, 0, signal("decide", "decision"))));
    driver.items("watch", MANY).start(loop, "f").run();
    for (int round = 0; round < FlowSignals.MOST_ACCEPTED; round++) {
      driver.signal("f", "decision", round).run();
    }
    int rounds = driver.parts("f", "watch").next();

    for (int repeated = 0; repeated < FlowSignals.MOST_ACCEPTED; repeated++) {
      driver.signal("f", "decision", repeated).run();
    }

    assertThat(driver.parts("f", "watch").next()).isEqualTo(rounds);
  }

  @Test
  void aThousandWaitsOfOneNameAreToldAsAFew() {
    Orchestration nested =
        orchestration(
            "order",
            parts(
                "outer",
                new Work.Do(
                    body(parts("items", forEach(1_000, Tolerance.NONE, signal("decide", "go")))))));
    driver.items("items", 1_000).start(nested, "f").pass(5_000);
    assertThat(core.longestWaits).isLessThanOrEqualTo(FlowSignals.MOST_KEPT);

    for (int i = 0; i < 1_000; i++) {
      driver.signal("f", "go", i).run();
    }

    assertThat(driver.status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.family().refused()).isEmpty();
  }
}
