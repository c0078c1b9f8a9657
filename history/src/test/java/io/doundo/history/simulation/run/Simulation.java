package io.doundo.history.simulation.run;

import io.doundo.history.History;
import io.doundo.history.invariant.HistoryChecker;
import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Coverage;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.Evaluations;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.RandomDefinitions;
import io.doundo.history.simulation.Recorder;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.Story;
import io.doundo.history.simulation.Timeline;
import io.doundo.history.simulation.Versions;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.Weather;
import io.doundo.history.simulation.invariant.AnswersBeforeTimers;
import io.doundo.history.simulation.invariant.DecisionText;
import io.doundo.history.simulation.invariant.Invariant;
import io.doundo.history.simulation.invariant.Invariants;
import io.doundo.history.simulation.orchestrator.Operator;
import io.doundo.history.simulation.orchestrator.Signallers;
import io.doundo.history.simulation.orchestrator.SimulatedOrchestrator;
import io.doundo.history.simulation.orchestrator.Strays;
import io.doundo.history.simulation.worker.FinerAnswers;
import io.doundo.history.simulation.worker.Network;
import io.doundo.history.simulation.worker.PlainWorker;
import io.doundo.history.simulation.worker.SdkWorker;
import io.doundo.history.simulation.worker.Worker;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Reach;
import io.doundo.orchestrator.definition.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One seed, one flow: from its start until nothing more happens. */
final class Simulation {

  private static final int MOST_ROUNDS = 12;
  private static final int MOST_ROUNDS_WITH_WAITS = 40;

  /**
   * After so many retries an operator resolves: if a DO must never run twice, retries never help.
   */
  private static final int ENOUGH_RETRIES = 4;

  private final Core core;
  private final Scene scene;
  private final Invariants invariants;
  private final SimulatedOrchestrator orchestrator;
  private final Operator operator;
  private final Signallers signallers;
  private final boolean waits;
  private final Strays strays;
  private final Versions versions;
  private final List<Worker> workers = new ArrayList<>();

  private Simulation(Core core, Run run, boolean told, Coverage coverage) {
    Dice dice = new Dice(run.seed(), run.without());
    Dice beside = dice.beside();
    Weather weather = Weather.draw(dice, beside);
    Evaluations evaluations = new Evaluations(beside.beside());
    RandomDefinitions definitions = new RandomDefinitions(dice);
    Orchestration drawn = definitions.draw();
    Orchestration conditional = run.conditions() ? evaluations.added(drawn) : drawn;
    Orchestration chosen = run.choices() ? evaluations.withChoices(conditional) : conditional;
    Orchestration waiting = run.waits() ? evaluations.withWaits(chosen) : chosen;
    Orchestration definition = run.breakers() ? definitions.withBreakers(waiting) : waiting;
    scene =
        new Scene(
            dice,
            beside,
            evaluations,
            new Timeline(),
            new Story(told),
            weather,
            definition,
            new Recorder(definition),
            coverage,
            run.broken());
    this.core = core;
    invariants = new Invariants(scene, core);
    versions = new Versions(scene, definedAt(dice), this::flow);
    orchestrator = new SimulatedOrchestrator(scene, core, invariants, versions);
    strays = new Strays(scene, orchestrator);
    operator = new Operator(scene, orchestrator);
    signallers = new Signallers(scene, orchestrator);
    waits = run.waits();
    Network network = orchestrator.network();
    FinerAnswers finer =
        run.finer()
            ? FinerAnswers.drawn(new Dice(~run.seed(), new BitSet()), coverage)
            : FinerAnswers.none();
    for (Step step : definition.steps()) {
      Worker worker =
          dice.chance(400)
              ? new SdkWorker(scene, network, step, finer)
              : new PlainWorker(scene, network, step, dice.chance(600), finer);
      workers.add(worker);
      if (step.work().reach() == Reach.OUTSIDE) {
        scene.recorder().serves(step.name(), worker.kind());
      }
    }
    network.connect(workers.toArray(Worker[]::new));
  }

  private @Nullable FlowState flow() {
    return orchestrator.state();
  }

  private static long definedAt(Dice dice) {
    return Timeline.BEGIN + (dice.chance(60) ? dice.below(8_000) : 0);
  }

  /**
   * The settings of a run.
   *
   * @param broken the rules to break
   * @param without numbers of the faults to leave out
   * @param finer whether workers report more than success and failure
   * @param conditions whether steps have conditions, and the orchestrator evaluates some steps
   *     itself
   * @param choices whether some steps choose, and some edges carry no results
   * @param waits whether some steps wait, for a time or for a signal
   * @param breakers whether breakers hold back commands
   */
  record Run(
      long seed,
      Set<BrokenRule> broken,
      BitSet without,
      boolean finer,
      boolean conditions,
      boolean choices,
      boolean waits,
      boolean breakers) {

    Run(long seed, Set<BrokenRule> broken, BitSet without) {
      this(seed, broken, without, false, false, false, false, false);
    }

    static Run of(long seed) {
      return new Run(seed, Set.of(), new BitSet());
    }

    Run withFinerAnswers() {
      return new Run(seed, broken, without, true, conditions, choices, waits, breakers);
    }

    Run withConditions() {
      return new Run(seed, broken, without, finer, true, choices, waits, breakers);
    }

    Run withChoices() {
      return new Run(seed, broken, without, finer, true, true, waits, breakers);
    }

    Run withWaits() {
      return new Run(seed, broken, without, finer, true, true, true, breakers);
    }

    Run withBreakers() {
      return new Run(seed, broken, without, finer, conditions, choices, waits, true);
    }

    Run without(BitSet faults) {
      return new Run(seed, broken, faults, finer, conditions, choices, waits, breakers);
    }
  }

  static Outcome run(Core core, Run run) {
    return run(core, run, false, Coverage.NONE);
  }

  /**
   * Runs one seed.
   *
   * @param told whether the story is wanted
   */
  static Outcome run(Core core, Run run, boolean told, Coverage coverage) {
    return run(new Simulation(core, run, told, coverage));
  }

  /**
   * Runs one seed with one more invariant.
   *
   * @param told whether the story is wanted
   */
  static Outcome watched(Core core, Run run, boolean told, Function<Scene, Invariant> further) {
    Simulation simulation = new Simulation(core, run, told, Coverage.NONE);
    simulation.invariants.watch(further.apply(simulation.scene));
    return run(simulation);
  }

  private static Outcome run(Simulation simulation) {
    Violation violation = null;
    try {
      simulation.run();
    } catch (Violation e) {
      violation = e;
    } catch (RuntimeException e) {
      violation = new Violation("the core throws", e.toString());
      violation.initCause(e);
    }
    Scene scene = simulation.scene;
    return new Outcome(
        violation,
        scene.dice().faults(),
        scene.story().toString(),
        simulation.orchestrator.history());
  }

  private void run() {
    scene.story().tell(() -> scene.weather().toString());
    scene.story().tell(() -> RandomDefinitions.describe(scene.definition()));
    for (int i = 0; i < workers.size(); i++) {
      int step = i;
      scene
          .story()
          .tell(
              () ->
                  "  "
                      + scene.definition().steps().get(step).name()
                      + " served by "
                      + workers.get(step).describe());
    }
    if (versions.firstAt() > scene.now()) {
      scene.coverage().count(Happening.LATE_DEFINITION);
    }
    start();
    operator.plan();
    if (waits) {
      signallers.plan();
    }
    planWipe();
    strays.plan();
    scene.timeline().after(scene.dice().between(200, 6_000), this::calm);
    scene.timeline().run();
    helpOn();
    scene.story().tell(() -> "ends as " + DecisionText.standing(orchestrator.state()));
    invariants.ended(orchestrator.state(), workers);
    check();
  }

  private void check() {
    if (orchestrator.isPatient()) {
      AnswersBeforeTimers.check(orchestrator.history());
    }
    List<io.doundo.history.Violation> found =
        new HistoryChecker(core::decide).check(orchestrator.history());
    if (!found.isEmpty()) {
      List<String> names = found.stream().map(violation -> violation.invariant()).toList();
      throw new Violation(found.get(0), names);
    }
  }

  private void start() {
    orchestrator.start(startOf("life1"));
    if (scene.dice().fault(scene.weather().duplicate())) {
      scene.coverage().count(Happening.DUPLICATE_START);
      scene.timeline().after(scene.dice().below(4_000), () -> orchestrator.start(startOf("life2")));
    }
  }

  private static Partition.Inbound startOf(String incarnation) {
    return at -> new FlowStarted(at, "flow", incarnation, "order", Scene.START, "digest", null);
  }

  private void planWipe() {
    if (scene.dice().fault(scene.weather().wipe())) {
      scene
          .timeline()
          .after(
              scene.dice().below(scene.dice().chance(700) ? 300 : 3_000),
              () -> {
                scene.coverage().count(Happening.REDIS_EMPTIED);
                for (Worker worker : workers) {
                  if (worker instanceof SdkWorker fenced) {
                    fenced.wiped();
                  }
                }
              });
    }
  }

  private void calm() {
    scene.story().tell(scene.timeline(), "all", () -> "no more faults from here on");
    scene.recorder().calm(scene.now());
    scene.dice().calm();
  }

  /**
   * Once the weather is calm, an operator who resumes, retries and resolves, and the signals that
   * the flow waits for, bring every flow to an end.
   */
  private void helpOn() {
    for (int i = 0; i < (waits ? MOST_ROUNDS_WITH_WAITS : MOST_ROUNDS); i++) {
      FlowState state = orchestrator.state();
      if (state == null || state.status().isTerminal()) {
        return;
      }
      if (state.paused()) {
        operator.resume();
      } else if (state.status() == FlowStatus.PARKED && i < ENOUGH_RETRIES) {
        operator.retryAll();
      } else if (state.status() == FlowStatus.PARKED) {
        operator.resolve(state, workers);
      } else if (signallers.isAwaited(state)) {
        signallers.help(state);
      } else {
        return;
      }
      scene.timeline().run();
    }
    throw new Violation(
        "I1",
        "does not end, whatever an operator does: " + DecisionText.standing(orchestrator.state()));
  }

  /**
   * The result of a run.
   *
   * @param violation null when every invariant held
   * @param faults how many faults were drawn
   * @param story the log of the run; empty if it was not wanted
   */
  record Outcome(@Nullable Violation violation, int faults, String story, History history) {}
}
