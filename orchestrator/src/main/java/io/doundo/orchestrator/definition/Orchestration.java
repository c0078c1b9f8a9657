package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A compiled definition: immutable, identified by name and content hash. Its steps stand in
 * topological order, ties by {@code seq} and then by name; a step's position in the list is its
 * index everywhere else.
 *
 * @param timeout how long a flow may run forward before it is cancelled, and so undone; null for no
 *     limit
 * @param undoWindow how long after its end a flow's state is kept and a completed flow can be
 *     undone
 * @param searchKey the payload field by which flows are found, or null
 * @param initiator the service that registered it, or null when it did not say
 * @param part the place of these steps in their document; null for the whole document
 * @param triggers what starts it besides its initiators, as in the document
 * @param receivers who is told about its flows, as in the document
 * @param breakers the figures that it declares for breakers, by name
 */
public record Orchestration(
    DefinitionId id,
    GraphType type,
    List<Step> steps,
    @Nullable Duration timeout,
    Duration undoWindow,
    @Nullable String searchKey,
    @Nullable String description,
    @Nullable String initiator,
    Presentation presentation,
    Contract contract,
    StepGraph graph,
    @Nullable Part part,
    List<Trigger> triggers,
    List<Receiver> receivers,
    List<BreakerFigures> breakers) {

  /**
   * The place of the steps of a part in their document.
   *
   * @param path see {@link #part(String)}
   * @param given the fields of the part's payload that its expressions see as variables
   */
  public record Part(String path, List<String> given) {
    public Part {
      given = List.copyOf(given);
    }
  }

  /**
   * The figures of a breaker, as the document declares them; what it leaves out is the default.
   *
   * @param faults the breaker opens after so many faults
   * @param window within this time
   * @param openFor how long it stays open at first
   * @param firstWave how many held commands try the service
   */
  public record BreakerFigures(
      String breaker, int faults, Duration window, Duration openFor, int firstWave) {}

  /** The default of {@code undoWindow}: 24 hours. */
  public static final Duration DEFAULT_UNDO_WINDOW = Duration.ofHours(24);

  /** The default of a step's {@code timeout}: 5 minutes. */
  public static final Duration DEFAULT_STEP_TIMEOUT = Duration.ofMinutes(5);

  public Orchestration {
    steps = List.copyOf(steps);
    triggers = List.copyOf(triggers);
    receivers = List.copyOf(receivers);
    breakers = List.copyOf(breakers);
  }

  /** Takes steps that already stand in topological order, and derives the graph. */
  public static Orchestration of(
      DefinitionId id,
      GraphType type,
      List<Step> steps,
      @Nullable Duration timeout,
      Duration undoWindow,
      @Nullable String searchKey,
      @Nullable String description,
      @Nullable String initiator) {
    return new Orchestration(
        id,
        type,
        steps,
        timeout,
        undoWindow,
        searchKey,
        description,
        initiator,
        Presentation.NONE,
        Contract.OPEN,
        StepGraph.of(steps),
        null,
        List.of(),
        List.of(),
        List.of());
  }

  /** The same orchestration with this presentation and contract. */
  public Orchestration with(Presentation shown, Contract agreed) {
    Copy copy = new Copy(this);
    copy.presentation = shown;
    copy.contract = agreed;
    return copy.made();
  }

  /** The same orchestration with these triggers. */
  public Orchestration with(List<Trigger> starting) {
    Copy copy = new Copy(this);
    copy.triggers = starting;
    return copy.made();
  }

  /** The same orchestration, whose flows these receivers are told about. */
  public Orchestration telling(List<Receiver> told) {
    Copy copy = new Copy(this);
    copy.receivers = told;
    return copy.made();
  }

  /**
   * The same orchestration, which declares these figures.
   *
   * @param declared one for each breaker, by name
   */
  public Orchestration declaring(List<BreakerFigures> declared) {
    Copy copy = new Copy(this);
    copy.breakers = declared;
    return copy.made();
  }

  /** The same orchestration under another identity. */
  public Orchestration with(DefinitionId identity) {
    Copy copy = new Copy(this);
    copy.id = identity;
    return copy.made();
  }

  /**
   * The same orchestration with changed steps.
   *
   * @param change leaves the names of steps, and what they wait for
   */
  public Orchestration withSteps(UnaryOperator<Step> change) {
    Copy copy = new Copy(this);
    copy.steps = steps.stream().map(change).toList();
    return copy.made();
  }

  /** The fields that a changed copy may differ in; all others are those of its original. */
  private static final class Copy {

    private final Orchestration of;
    private DefinitionId id;
    private List<Step> steps;
    private Presentation presentation;
    private Contract contract;
    private List<Trigger> triggers;
    private List<Receiver> receivers;
    private List<BreakerFigures> breakers;

    Copy(Orchestration of) {
      this.of = of;
      this.id = of.id;
      this.steps = of.steps;
      this.presentation = of.presentation;
      this.contract = of.contract;
      this.triggers = of.triggers;
      this.receivers = of.receivers;
      this.breakers = of.breakers;
    }

    Orchestration made() {
      return new Orchestration(
          id,
          of.type,
          steps,
          of.timeout,
          of.undoWindow,
          of.searchKey,
          of.description,
          of.initiator,
          presentation,
          contract,
          of.graph,
          of.part,
          triggers,
          receivers,
          breakers);
    }
  }

  public String name() {
    return id.name();
  }

  /** The index of a step, or -1 when there is none of that name. */
  public int indexOf(String stepName) {
    return graph.indexOf(stepName);
  }

  /**
   * The definition of a part: the steps of a body, under the identity of the whole document.
   *
   * @param path where the body stands: the names of the steps from the outside to the inside,
   *     separated by {@code /}, each followed by the name of its branch if it has branches
   * @throws IllegalArgumentException when there is no such body
   */
  public Orchestration part(String path) {
    Orchestration part = this;
    Iterator<String> names = List.of(path.split("/", -1)).iterator();
    while (names.hasNext()) {
      String name = names.next();
      int index = part.indexOf(name);
      if (index < 0 || !(part.steps.get(index).work() instanceof Work.Parts parts)) {
        throw new IllegalArgumentException(id + " has no part " + path);
      }
      boolean hasBranches = parts instanceof Work.FirstOf;
      String branch = hasBranches && names.hasNext() ? names.next() : null;
      Body body =
          parts.bodies().stream()
              .filter(candidate -> Objects.equals(candidate.branch(), branch))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(id + " has no part " + path));
      part = part.within(part.steps.get(index), body, path);
    }
    return part;
  }

  /** All steps, those of parts at any depth as well, which are not steps of its own flows. */
  public List<Step> allSteps() {
    List<Step> all = new ArrayList<>();
    collect(steps, all);
    return all;
  }

  private static void collect(List<Step> steps, List<Step> all) {
    for (Step step : steps) {
      all.add(step);
      if (step.work() instanceof Work.Parts parts) {
        parts.bodies().forEach(body -> collect(body.steps(), all));
      }
    }
  }

  /** The fields that each part of a step is started with beside the step's input. */
  public static List<String> givenBy(Work.Parts work) {
    if (work instanceof Work.ForEach list) {
      return List.of(list.as(), "index");
    }
    return work instanceof Work.Repeat ? List.of("state", "round") : List.of();
  }

  private Orchestration within(Step holder, Body body, String path) {
    return new Orchestration(
        id,
        body.type(),
        body.steps(),
        null,
        undoWindow,
        null,
        null,
        initiator,
        Presentation.NONE,
        new Contract(null, holder.data().result()),
        StepGraph.of(body.steps()),
        new Part(path, holder.work() instanceof Work.Parts parts ? givenBy(parts) : List.of()),
        List.of(),
        List.of(),
        List.of());
  }
}
