package io.doundo.orchestrator.definition;

import java.time.Duration;
import java.util.List;
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
    StepGraph graph) {

  /** The default of {@code undoWindow}: 24 hours. */
  public static final Duration DEFAULT_UNDO_WINDOW = Duration.ofHours(24);

  /** The default of a step's {@code timeout}: 5 minutes. */
  public static final Duration DEFAULT_STEP_TIMEOUT = Duration.ofMinutes(5);

  public Orchestration {
    steps = List.copyOf(steps);
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
        StepGraph.of(steps));
  }

  /** The same orchestration with this presentation and contract. */
  public Orchestration with(Presentation shown, Contract agreed) {
    return new Orchestration(
        id,
        type,
        steps,
        timeout,
        undoWindow,
        searchKey,
        description,
        initiator,
        shown,
        agreed,
        graph);
  }

  /** The same orchestration under another identity. */
  public Orchestration with(DefinitionId identity) {
    return new Orchestration(
        identity,
        type,
        steps,
        timeout,
        undoWindow,
        searchKey,
        description,
        initiator,
        presentation,
        contract,
        graph);
  }

  public String name() {
    return id.name();
  }

  /** The index of a step, or -1 when there is none of that name. */
  public int indexOf(String stepName) {
    return graph.indexOf(stepName);
  }
}
