package io.doundo.orchestrator.core.family;

import static io.doundo.orchestrator.core.family.FamilyDefinitions.body;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.branch;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.firstOf;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.forEach;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.orchestration;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.parts;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.remote;
import static io.doundo.orchestrator.core.family.FamilyDefinitions.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.family.FamilyDriver.Play;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.play.DryRun;
import io.doundo.orchestrator.play.PartFurtherDown;
import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.play.UndoPlan;
import io.doundo.orchestrator.play.UndoPlanner;
import io.doundo.orchestrator.play.VerbTable;
import io.doundo.orchestrator.play.Why;
import io.doundo.orchestrator.play.WhyFinder;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The parts that an undo plan and a dry run announce are those that are asked then. */
class PartsForecastTest {

  private static final int MOST_ITEMS = 7;

  private static final List<ControlAction> REQUESTED =
      List.of(
          ControlAction.UNDO,
          ControlAction.CANCEL,
          ControlAction.PAUSE,
          ControlAction.RESUME,
          ControlAction.ABANDON);

  private final FamilyDriver driver = new FamilyDriver();

  private UndoPlan plan() {
    return UndoPlanner.plan(
        driver.family().definitionOf("f"),
        driver.flow("f"),
        driver.family().now,
        new Presence(Map.of()),
        driver::evaluate);
  }

  @Test
  void aCompletedListSaysHowManyItemsComeBackAndWhichOnesGoFirst() {
    Orchestration list =
        orchestration(
            "order",
            remote("reserve"),
            parts("items", forEach(2, Tolerance.NONE, remote("pick"))),
            remote("ship"));
    driver.items("items", 5).start(list, "f").run();

    UndoPlan plan = plan();

    assertThat(plan.stages().stream().flatMap(List::stream).map(UndoPlan.Undone::step))
        .containsExactly("ship", "items", "reserve");
    assertThat(plan.stages().get(0).get(0).parts()).isNull();
    assertThat(plan.stages().get(1).get(0).parts())
        .isEqualTo(new UndoPlan.TakenBack(5, 5, 2, 2, List.of("f~items~4", "f~items~3")));
  }

  @Test
  void aPartThatIsOnItsWayBackAlreadyHoldsTheRestUp() {
    Orchestration race =
        orchestration(
            "order",
            remote("reserve"),
            parts("offer", firstOf(branch("a", remote("bookA")), branch("b", remote("bookB")))));
    driver.play("f~offer~0", "bookA", Play.HOLD).start(race, "f").run();

    UndoPlan plan = plan();

    assertThat(plan.stages()).hasSize(2);
    assertThat(plan.stages().get(0).get(0).parts())
        .isEqualTo(new UndoPlan.TakenBack(2, 0, 2, 2, List.of("f~offer~0", "f~offer~1")));
    assertThat(plan.untouched()).isEmpty();
  }

  @Test
  void aDryRunCountsThePartsThatAreAsked() {
    Orchestration list =
        orchestration("order", parts("items", forEach(3, Tolerance.NONE, remote("pick"))));
    for (int i = 0; i < 3; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    driver.items("items", 5).start(list, "f").run();

    for (Map.Entry<ControlAction, ParentVerb> asked :
        Map.of(
                ControlAction.PAUSE,
                ParentVerb.PAUSE,
                ControlAction.ABANDON,
                ParentVerb.ABANDON,
                ControlAction.CANCEL,
                ParentVerb.BACK)
            .entrySet()) {
      ControlRequested request =
          new ControlRequested(
              driver.family().now, "c", asked.getKey(), null, null, Resolution.DONE, null, null);
      DryRun run = DryRun.of(list, driver.flow("f"), request, driver::evaluate);
      assertThat(run.parts()).containsExactly(new DryRun.AskedParts("items", asked.getValue(), 3));
    }
  }

  private Why why(long later) {
    return why(later, List::of);
  }

  private Why why(long later, Supplier<List<PartFurtherDown>> furtherDown) {
    long now = driver.family().now + later;
    Orchestration definition = driver.family().definitionOf("f");
    FlowState flow = driver.flow("f");
    return WhyFinder.find(
        definition,
        flow,
        new Presence(Map.of()),
        furtherDown,
        () -> VerbTable.of(definition, flow, now, driver::evaluate),
        now);
  }

  @Test
  void aPartThatHoldsUpItsFlowBecauseItIsPausedByItselfIsNamed() {
    for (int i = 0; i < 3; i++) {
      driver.play("f~items~" + i, "pick", Play.HOLD);
    }
    driver
        .items("items", 3)
        .start(
            orchestration("order", parts("items", forEach(3, Tolerance.NONE, remote("pick")))), "f")
        .run();
    driver.control("f~items~1", ControlAction.PAUSE, null).run();
    Instant since = Instant.ofEpochMilli(driver.family().now);
    String sentence =
        "items waits for f~items~1, which operator paused 3 min ago: it sends nothing until it is"
            + " resumed (doundo resume f~items~1).";
    assertThat(why(180_000).facts()).contains(sentence);

    driver.control("f", ControlAction.UNDO, null).allSucceedNow();

    Why why = why(180_000);
    assertThat(why.headline()).isEqualTo(sentence);
    assertThat(why.since()).isEqualTo(since);
    assertThat(why.waitsFor()).isEqualTo(new Why.WaitsFor(Why.Kind.PARTS, "items", null, null));
    assertThat(why.facts()).contains("items takes back its parts: 1 have yet to answer.");
    driver.control("f~items~1", ControlAction.RESUME, null).run();
    assertThat(driver.status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(why(0).facts()).noneMatch(fact -> fact.contains("paused"));
  }

  @Test
  void ofManyPausedPartsTheFirstOnesAreNamedAndTheOthersAreCounted() {
    for (int i = 0; i < 7; i++) {
      driver.play("it's~items~" + i, "pick", Play.HOLD);
    }
    driver
        .items("items", 7)
        .start(
            orchestration("order", parts("items", forEach(7, Tolerance.NONE, remote("pick")))),
            "it's")
        .run();
    for (int i = 0; i < 7; i++) {
      driver.control("it's~items~" + i, ControlAction.PAUSE, null);
    }
    driver.run();

    Orchestration definition = driver.family().definitionOf("it's");
    List<String> facts =
        WhyFinder.find(
                definition,
                driver.flow("it's"),
                new Presence(Map.of()),
                List::of,
                List::of,
                driver.family().now)
            .facts();

    assertThat(facts.stream().filter(fact -> fact.contains("operator paused")).toList())
        .hasSize(5)
        .first()
        .asString()
        .contains("(doundo resume -- 'it'\\''s~items~0')");
    assertThat(facts).contains("2 more parts of items are paused by themselves.");
  }

  @Test
  void partsFurtherDownThatWaitForAnOperatorAreNamedToo() {
    driver
        .play("f~items~0~boxes~0", "pack", Play.HOLD)
        .play("f~items~1~boxes~0", "pack", Play.HOLD)
        .items("items", 2)
        .items("boxes", 1)
        .start(
            orchestration(
                "order",
                parts(
                    "items",
                    forEach(
                        2,
                        Tolerance.NONE,
                        parts("boxes", forEach(1, Tolerance.NONE, remote("pack")))))),
            "f")
        .run();
    List<PartFurtherDown> all =
        List.of(
            new PartFurtherDown("f~items~0~boxes~0", "f~items~0", false),
            new PartFurtherDown("f~items~1", "f", false),
            new PartFurtherDown("f~items~1~boxes~0", "f~items~1", true),
            new PartFurtherDown("f~items2~0~boxes~0", "f~items2~0", true));

    assertThat(why(0, () -> all).facts())
        .filteredOn(fact -> fact.contains("items waits for f~"))
        .containsExactly(
            "items waits for f~items~0~boxes~0, a part of f~items~0, which is paused: it sends"
                + " nothing until it is resumed (doundo resume f~items~0~boxes~0).",
            "items waits for f~items~1~boxes~0, a part of f~items~1, which is parked.");
    assertThat(why(0, () -> all).headline()).contains("f~items~0~boxes~0");
  }

  @Test
  void aFlowWhosePartsHaveNoPartsDoesNotLookForThem() {
    driver
        .play("f~items~0", "pick", Play.HOLD)
        .items("items", 1)
        .start(
            orchestration("order", parts("items", forEach(1, Tolerance.NONE, remote("pick")))), "f")
        .run();

    Supplier<List<PartFurtherDown>> unasked =
        () -> {
          throw new AssertionError("a list of flows was searched");
        };
    assertThat(why(0, unasked).waitsFor())
        .isEqualTo(new Why.WaitsFor(Why.Kind.PARTS, "items", null, null));
  }

  @Test
  void whatIsPlannedIsWhatThenHappens() {
    int withParts = 0;
    int inWaves = 0;
    int recalled = 0;
    for (int seed = 0; seed < 400; seed++) {
      Course course = new Course(new Random(seed));
      if (course.begin()) {
        course.undoAndCompare("seed " + seed);
        withParts += course.planned.isEmpty() ? 0 : 1;
        for (UndoPlan.TakenBack parts : course.planned.values()) {
          inWaves += parts.opening() < parts.count() ? 1 : 0;
          recalled += parts.recalled() > 0 ? 1 : 0;
        }
      }
    }
    assertThat(withParts).isGreaterThan(100);
    assertThat(inWaves).isGreaterThan(20);
    assertThat(recalled).isGreaterThan(20);
  }

  @Test
  void whatADryRunAnnouncesIsWhatIsThenAsked() {
    Map<ControlAction, Integer> asking = new EnumMap<>(ControlAction.class);
    for (int seed = 0; seed < 600; seed++) {
      Random dice = new Random(seed);
      Course course = new Course(dice);
      if (course.begin()) {
        ControlAction verb = REQUESTED.get(dice.nextInt(REQUESTED.size()));
        boolean asks = course.requestAndCompare("seed " + seed, verb);
        asking.merge(verb, asks ? 1 : 0, Integer::sum);
      }
    }
    assertThat(asking).containsOnlyKeys(REQUESTED);
    assertThat(asking.values()).allSatisfy(times -> assertThat(times).isGreaterThan(10));
  }

  /** One random flow, stopped somewhere on its way. */
  private static final class Course {

    private final Random dice;
    private final FamilyDriver driver = new FamilyDriver();
    private final Map<String, UndoPlan.TakenBack> planned = new TreeMap<>();

    Course(Random dice) {
      this.dice = dice;
    }

    boolean begin() {
      List<Step> steps = new ArrayList<>();
      int size = 1 + dice.nextInt(3);
      for (int i = 0; i < size; i++) {
        steps.add(step("s" + i));
      }
      driver.start(orchestration("order", steps.toArray(Step[]::new)), "f").run();
      FlowStatus status = driver.status("f");
      return status == FlowStatus.IN_PROGRESS || status == FlowStatus.COMPLETED;
    }

    private Step step(String name) {
      driver.items(name, dice.nextInt(MOST_ITEMS));
      Work.Parts work =
          switch (dice.nextInt(5)) {
            case 0 -> new Work.Do(body(played(name, "x"), played(name, "y")));
            case 1 -> firstOf(branch("a", played(name, "a")), branch("b", played(name, "b")));
            case 2 -> repeat(Duration.ZERO, 10, played(name, "x"));
            default -> forEach(1 + dice.nextInt(3), new Tolerance(50, true), played(name, "x"));
          };
      return parts(name, work);
    }

    private Step played(String holder, String suffix) {
      for (int i = 0; i < MOST_ITEMS; i++) {
        int chance = dice.nextInt(100);
        if (chance < 12) {
          driver.play("f~" + holder + '~' + i, holder + suffix, Play.HOLD);
        } else if (chance < 22) {
          driver.play("f~" + holder + '~' + i, holder + suffix, Play.FAIL_FOR_GOOD);
        }
      }
      return remote(holder + suffix);
    }

    void undoAndCompare(String as) {
      FlowState before = driver.flow("f");
      UndoPlan plan =
          UndoPlanner.plan(
              driver.family().definitionOf("f"),
              before,
              driver.family().now,
              new Presence(Map.of()),
              driver::evaluate);
      assertThat(plan.possible()).as(as).isTrue();
      for (UndoPlan.Undone step : plan.stages().stream().flatMap(List::stream).toList()) {
        UndoPlan.TakenBack parts = step.parts();
        if (parts != null) {
          assertThat(planned.put(step.step(), parts)).as("%s: twice in the plan", as).isNull();
        }
      }
      driver.family().told.clear();
      driver.control("f", ControlAction.UNDO, null).allSucceedNow();

      assertThat(driver.status("f")).as(as).isEqualTo(FlowStatus.UNDONE);
      for (Step step : driver.family().definitionOf("f").steps()) {
        compare(as + ", " + step.name(), before, step);
      }
    }

    /** Says whether anything was asked of a part. */
    boolean requestAndCompare(String as, ControlAction verb) {
      if (verb == ControlAction.RESUME) {
        driver.control("f", ControlAction.PAUSE, null).run();
      }
      ControlRequested request =
          new ControlRequested(
              driver.family().now, "dry", verb, null, null, Resolution.DONE, null, null);
      DryRun announced =
          DryRun.of(driver.family().definitionOf("f"), driver.flow("f"), request, driver::evaluate);
      driver.family().told.clear();
      driver.control("f", verb, null);
      commitTurns();

      Map<String, Integer> asked = new TreeMap<>();
      for (String told : driver.family().told) {
        if (told.startsWith("f -> ") && !told.endsWith(" RELEASE")) {
          asked.merge(told.replaceAll("f -> f~(\\w+)~\\S+ (\\w+)", "$1 $2"), 1, Integer::sum);
        }
      }
      Map<String, Integer> expected = new TreeMap<>();
      announced
          .parts()
          .forEach(parts -> expected.put(parts.step() + ' ' + parts.verb(), parts.parts()));
      assertThat(asked).as("%s: %s", as, verb).isEqualTo(expected);
      assertThat(driver.status("f")).as(as).isEqualTo(announced.status());
      return !asked.isEmpty();
    }

    /** The flow's own turns are committed; its parts have heard nothing yet. */
    private void commitTurns() {
      FlowFamily family = driver.family();
      for (FlowFamily.Message turn = turn(); turn != null; turn = turn()) {
        family.log.remove(turn);
        family.take("f", family.eventOf(turn));
      }
    }

    private FlowFamily.@Nullable Message turn() {
      return driver.family().log.stream()
          .filter(message -> message.told() == null && message.flowId().equals("f"))
          .findFirst()
          .orElse(null);
    }

    private void compare(String as, FlowState before, Step step) {
      PartsState parts =
          before.steps().get(driver.family().definitionOf("f").indexOf(step.name())).parts();
      int earlier = parts == null ? 0 : parts.sets().at(PartPlace.ASKED).size();
      List<String> mine =
          driver.family().told.stream().filter(told -> told.contains("f~" + step.name())).toList();
      List<String> asked = mine.stream().filter(told -> told.endsWith(" BACK")).toList();
      UndoPlan.TakenBack taken = planned.get(step.name());
      if (taken == null) {
        assertThat(asked).as(as).isEmpty();
        return;
      }
      assertThat(earlier + asked.size()).as(as).isEqualTo(taken.count());
      assertThat(mine.stream().filter(told -> told.endsWith(" KEEP")))
          .as(as)
          .hasSize(taken.recalled());
      List<String> opening =
          mine.stream()
              .dropWhile(told -> !told.endsWith(" BACK"))
              .takeWhile(told -> told.endsWith(" BACK"))
              .map(told -> told.replaceAll("f -> (\\S+) BACK", "$1"))
              .toList();
      assertThat(earlier + opening.size()).as(as).isEqualTo(taken.opening());
      assertThat(taken.first()).as(as).endsWith(opening.toArray(String[]::new));
    }
  }
}
