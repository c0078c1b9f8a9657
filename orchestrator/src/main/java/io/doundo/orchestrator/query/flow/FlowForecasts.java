package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.answer.ControlRequests;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.play.DryRun;
import io.doundo.orchestrator.play.PartFurtherDown;
import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.play.RequestForecast;
import io.doundo.orchestrator.play.StoredValues;
import io.doundo.orchestrator.play.UndoPlan;
import io.doundo.orchestrator.play.UndoPlanner;
import io.doundo.orchestrator.play.UnknownValueException;
import io.doundo.orchestrator.play.VerbRow;
import io.doundo.orchestrator.play.VerbTable;
import io.doundo.orchestrator.play.Why;
import io.doundo.orchestrator.play.WhyFinder;
import io.doundo.orchestrator.query.ConcurrencyLimit;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.Names;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What would happen to single flows, whichever instance keeps them: each is read as {@link Flows}
 * reads it, and decided upon here on a copy. An archived flow stays archived. Every method throws a
 * {@link ReadsUnavailableException} when that cannot be told right now, or when too many are asked
 * for at once. Thread-safe.
 */
public final class FlowForecasts {

  private static final int MOST_AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Each forecast plays a flow on the processor that the flows themselves need. */
  private final ConcurrencyLimit forecasts =
      new ConcurrencyLimit(
          MOST_AT_ONCE,
          PATIENCE,
          "%d forecasts of flows are being computed, as many as this instance computes at once; try again in a moment."
              .formatted(MOST_AT_ONCE));

  private final Flows flows;
  private final Definitions definitions;
  private final WorkersOf workers;
  private final int maxRecordBytes;
  private final Clock clock;

  /** Knows the workers of an orchestration. */
  @FunctionalInterface
  public interface WorkersOf {

    /**
     * Who declared to serve its steps, and who is attached to them.
     *
     * @param now ms since the epoch
     */
    Presence presence(String orchestration, long now);
  }

  /**
   * @param maxRecordBytes the largest record that the engine writes
   */
  public FlowForecasts(
      Flows flows, Definitions definitions, WorkersOf workers, int maxRecordBytes, Clock clock) {
    this.flows = flows;
    this.definitions = definitions;
    this.workers = workers;
    this.maxRecordBytes = maxRecordBytes;
    this.clock = clock;
  }

  /**
   * An answer about one flow.
   *
   * @param transition the number of the transition that it is about
   * @param asOf when the flow stood there: now, or when that transition was made if the flow cannot
   *     be read from where it is kept right now
   */
  public record Answer<T>(String flowId, int transition, Instant asOf, T answer) {}

  /** Why the flow stands where it stands; empty when there is no such flow. */
  public Optional<Answer<Why>> why(String flowId) {
    return of(
        flowId,
        flow ->
            WhyFinder.find(
                flow.definition,
                flow.state,
                flow.presence(),
                () -> heldUpBelow(flowId),
                flow::verbs,
                flow.now));
  }

  /**
   * The parts of the flow, at any depth, that are parked or that an operator has paused; none when
   * lists are switched off. A part whose flowId holds a digest of the flow's own is not found: that
   * takes a flowId of more than {@value Names#MAX_FLOW_ID_LENGTH} characters.
   */
  private List<PartFurtherDown> heldUpBelow(String flowId) {
    FlowSearch search = flows.search().orElse(null);
    return search == null
        ? List.of()
        : Stream.of(true, false)
            .map(parked -> FlowCriteria.heldUpBelow(flowId, parked))
            .map(criteria -> search.find(FlowQuery.of(criteria, FlowQuery.MAX_LIMIT)))
            .flatMap(page -> page.flows().stream())
            .filter(flow -> flow.parent() != null)
            .map(
                flow ->
                    new PartFurtherDown(
                        flow.flowId(),
                        Objects.requireNonNull(flow.parent()),
                        flow.status() == FlowStatus.PARKED))
            .distinct()
            .toList();
  }

  /** What the flow allows; empty when there is no such flow. */
  public Optional<List<VerbRow>> verbs(String flowId) {
    return of(flowId, Known::verbs).map(Answer::answer);
  }

  /** What an UNDO would do; empty when there is no such flow. */
  public Optional<Answer<UndoPlan>> undoPlan(String flowId) {
    return of(
        flowId,
        flow ->
            UndoPlanner.plan(flow.definition, flow.state, flow.now, flow.presence(), flow.values));
  }

  /**
   * What the request would do; empty when there is no such flow.
   *
   * @param command a verb of operators, with a control id
   */
  public Optional<Answer<DryRun>> dryRun(ControlCommand command) {
    String controlId = Objects.requireNonNull(command.controlId(), "the request has an id");
    return of(
        command.flowId(),
        flow -> {
          ControlRequested request =
              ControlRequests.of(command, controlId, flow.now, flow.values::add);
          return DryRun.of(flow.definition, flow.state, request, flow.values);
        });
  }

  /**
   * What the request would do, and what would follow from it; empty when there is no such flow.
   *
   * @param command a verb of operators, with a control id
   */
  public Optional<Answer<RequestForecast>> request(ControlCommand command) {
    String controlId = Objects.requireNonNull(command.controlId(), "the request has an id");
    return of(
        command.flowId(),
        flow -> {
          ControlRequested request =
              ControlRequests.of(command, controlId, flow.now, flow.values::add);
          return RequestForecast.of(
              flow.definition, flow.state, request, flow.now, flow.presence(), flow.values);
        });
  }

  private <T> Optional<Answer<T>> of(String flowId, Function<Known, T> asked) {
    Optional<Flows.ReadFlow> found = flows.read(flowId);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Known flow = new Known(found.get().flow());
    long asOf = found.get().isCurrent() ? flow.now : flow.state.times().updatedAt();
    try {
      T answer = forecasts.run(() -> asked.apply(flow));
      return Optional.of(
          new Answer<>(flowId, flow.state.transitions(), Instant.ofEpochMilli(asOf), answer));
    } catch (UnknownValueException e) {
      throw new ReadsUnavailableException(
          "That depends on a value of the flow that cannot be read right now.", e);
    }
  }

  private final class Known {

    private final FlowState state;
    private final @Nullable Orchestration definition;
    private final StoredValues values;
    private final long now;

    Known(StoredFlow flow) {
      state = flow.state();
      definition = state.definition() == null ? null : known(state);
      values = new StoredValues(flow.contents(), maxRecordBytes);
      // The clocks of two instances differ; a flow never stands in the future of its own state.
      now = Math.max(clock.millis(), state.times().updatedAt());
    }

    List<VerbRow> verbs() {
      return VerbTable.of(definition, state, now, values);
    }

    Presence presence() {
      return workers.presence(state.orchestrationName(), now);
    }
  }

  private Orchestration known(FlowState state) {
    return definitions
        .of(state)
        .orElseThrow(
            () ->
                new ReadsUnavailableException(
                    "The definition " + state.definition() + " of the flow cannot be read yet."));
  }
}
