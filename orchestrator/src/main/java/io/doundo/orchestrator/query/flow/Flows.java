package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.evaluation.PayloadPreview;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.RepeatedRead;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.read.FlowReader.FlowOwner;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Single flows, whichever instance keeps them. A flow is read from the stores, this instance's or
 * those of the instance that keeps it, where it may be ahead of the commit. While neither can be
 * read, it is shown as the index of the lists knows it, once that has read everything committed
 * before the question: no answer is older than one before it. Thread-safe.
 */
public final class Flows {

  private static final RepeatedRead EXPECTED_READ = RepeatedRead.within(Duration.ofSeconds(2), 10);

  /** An index that is read on without trouble is behind by less. */
  private static final RepeatedRead INDEX_READ = RepeatedRead.within(Duration.ofSeconds(1), 10);

  private final FlowReader reader;
  private final PeerFlows peers;
  private final Function<String, Optional<StoredFlow>> index;
  private final LongPredicate indexCovers;
  private final FlowViews views;
  private final Definitions definitions;
  private final @Nullable FlowSearch search;
  private final ExpectedFlows expected = new ExpectedFlows(System::nanoTime);

  /**
   * @param index null when lists are switched off
   * @param sets the flows of bulk jobs
   */
  public Flows(
      FlowReader reader,
      PeerFlows peers,
      @Nullable FlowIndex index,
      Definitions definitions,
      FlowSets sets) {
    this.reader = reader;
    this.peers = peers;
    this.index = index == null ? flowId -> Optional.empty() : index::flow;
    this.indexCovers = index == null ? at -> true : index::covers;
    this.definitions = definitions;
    this.views = new FlowViews(definitions);
    this.search =
        index == null
            ? null
            : new FlowSearch(
                index.columns(), index.minutes(), index::state, views, definitions, sets);
  }

  /** Without lists, but with an index that finds single flows and is never behind. */
  Flows(
      FlowReader reader,
      PeerFlows peers,
      Function<String, Optional<StoredFlow>> index,
      Definitions definitions) {
    this(reader, peers, index, at -> true, definitions);
  }

  /**
   * Without lists, but with an index that finds single flows.
   *
   * @param indexCovers whether everything committed until then, ms since the epoch, is in the index
   */
  Flows(
      FlowReader reader,
      PeerFlows peers,
      Function<String, Optional<StoredFlow>> index,
      LongPredicate indexCovers,
      Definitions definitions) {
    this.indexCovers = indexCovers;
    this.reader = reader;
    this.peers = peers;
    this.index = index;
    this.definitions = definitions;
    this.views = new FlowViews(definitions);
    this.search = null;
  }

  /** A start was written: reads of this flow wait a moment for it to be taken. */
  public void expect(String flowId) {
    expected.add(flowId);
  }

  /** Groups of errors; empty when lists are switched off. */
  public Optional<IncidentSearch> incidents() {
    return search().map(FlowSearch::incidents);
  }

  /** Lists of flows; empty when they are switched off. */
  public Optional<FlowSearch> search() {
    return Optional.ofNullable(search);
  }

  /**
   * A flow as it is shown.
   *
   * @throws ReadsUnavailableException when it is currently not known whether there is one
   */
  public Optional<FlowView> find(String flowId) {
    return stored(flowId).map(views::view);
  }

  /**
   * What the DO of a step is sent, as far as the results that are known determine it.
   *
   * @throws ReadsUnavailableException when it is currently not known whether there is such a flow
   */
  public Optional<RawJson> inputOf(String flowId, String step) {
    return stored(flowId).flatMap(flow -> inputOf(flow, step));
  }

  private static int stepIndex(Orchestration definition, String step) {
    for (int index = 0; index < definition.steps().size(); index++) {
      if (definition.steps().get(index).name().equals(step)) {
        return index;
      }
    }
    return -1;
  }

  private Optional<RawJson> inputOf(StoredFlow flow, String step) {
    FlowView view = views.view(flow);
    RawJson payload = view.payload();
    Orchestration definition = definitions.of(flow.state()).orElse(null);
    if (definition == null || payload == null) {
      return Optional.empty();
    }
    int index = stepIndex(definition, step);
    Content replaced = index < 0 ? null : flow.state().steps().get(index).input();
    if (replaced != null) {
      // An operator's, in place of what would be computed.
      byte[] given = flow.contents().get(replaced.digest());
      return given == null ? Optional.empty() : Optional.of(RawJson.trusted(given));
    }
    Map<String, RawJson> results = new HashMap<>();
    for (FlowView.FlowStepView one : view.steps()) {
      RawJson result = one.result();
      if (result != null) {
        results.put(one.name(), result);
      }
    }
    return PayloadPreview.of(definition, payload, results, view.startedAt()).stream()
        .filter(line -> line.step().equals(step))
        .map(PayloadPreview.Line::outcome)
        .filter(PayloadPreview.Outcome.Sent.class::isInstance)
        .map(PayloadPreview.Outcome.Sent.class::cast)
        .filter(sent -> sent.missing().isEmpty())
        .map(PayloadPreview.Outcome.Sent::payload)
        .findFirst();
  }

  /**
   * A flow with all that it was started with, as far as that is kept at all: what the index of the
   * lists knows does not stand in for it.
   *
   * @throws ReadsUnavailableException when it cannot be read from where it is kept
   */
  public Optional<FlowView> whole(String flowId) {
    Optional<StoredFlow> flow = stored(flowId);
    if (flow.filter(Flows::isWhole).isEmpty()) {
      flow = unreplaced(flowId).or(() -> ended(flowId));
    }
    return flow.map(views::view);
  }

  private static boolean isWhole(StoredFlow flow) {
    return flow.contents().containsKey(flow.state().origin().payload().digest());
  }

  /**
   * The outcome of a control record.
   *
   * @param status the flow's status now
   * @param refusal null when it was carried out; else why not
   */
  public record Controlled(String status, @Nullable String refusal) {}

  /** A flow as it is shown, with the digest that identifies its start. */
  public record FoundFlow(FlowView view, String startDigest) {

    static FoundFlow of(StoredFlow flow, FlowViews views) {
      return new FoundFlow(views.view(flow), flow.state().origin().digest());
    }

    /**
     * Whether it was started with this content; the digest is kept even when the payload is not.
     */
    public boolean isStartOf(String orchestrationName, RawJson payload) {
      return StartDigest.isOf(startDigest, orchestrationName, payload);
    }
  }

  /**
   * A flow, to be compared with a start.
   *
   * @throws ReadsUnavailableException when it is currently not known whether there is one
   */
  public Optional<FoundFlow> found(String flowId) {
    return stored(flowId).map(flow -> FoundFlow.of(flow, views));
  }

  /**
   * The outcome of a control record; empty when the flow has not processed it, or did so long ago.
   *
   * @param action of the record: a signal and a request with the same id are two records
   */
  public Optional<Controlled> outcomeOf(String flowId, ControlAction action, String controlId) {
    return stored(flowId)
        .map(StoredFlow::state)
        .flatMap(
            state ->
                Optional.ofNullable(outcomeOf(state, action, controlId))
                    .map(outcome -> new Controlled(state.status().name(), refusal(outcome))));
  }

  private static @Nullable ControlOutcome outcomeOf(
      FlowState state, ControlAction action, String controlId) {
    return action == ControlAction.SIGNAL
        ? state.signals().outcomeOf(controlId)
        : state.notes().outcomeOf(controlId);
  }

  private static @Nullable String refusal(ControlOutcome outcome) {
    String reason = outcome.refusal();
    return reason == null || !reason.isEmpty()
        ? reason
        : "it was already refused, in transition %d; see the timeline for the reason"
            .formatted(outcome.transition());
  }

  /**
   * A flow that was read.
   *
   * @param isCurrent false when it could not be read from where it is kept, and is shown as the
   *     index of the lists knows it
   */
  public record ReadFlow(StoredFlow flow, boolean isCurrent) {}

  /** A flow as it is kept; see {@link #find}. */
  public Optional<StoredFlow> stored(String flowId) {
    return read(flowId).map(ReadFlow::flow);
  }

  /** The same, and whether that is what it is now. */
  public Optional<ReadFlow> read(String flowId) {
    Optional<ReadFlow> flow =
        EXPECTED_READ.until(
            () -> readNow(flowId), found -> found.isPresent() || !expected.contains(flowId));
    if (flow.isPresent()) {
      expected.remove(flowId);
    }
    return flow;
  }

  /**
   * A flow that this instance keeps; other instances are not asked.
   *
   * @throws ReadsUnavailableException when it is currently not known, or when another instance
   *     keeps it
   */
  public Optional<StoredFlow> kept(String flowId) {
    try {
      return reader.find(flowId);
    } catch (FlowsUnavailableException e) {
      throw new ReadsUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<ReadFlow> readNow(String flowId) {
    try {
      return unreplaced(flowId).or(() -> ended(flowId)).map(flow -> new ReadFlow(flow, true));
    } catch (ReadsUnavailableException e) {
      return Optional.of(new ReadFlow(indexedInstead(flowId, e), false));
    }
  }

  private StoredFlow indexedInstead(String flowId, ReadsUnavailableException failure) {
    long askedAt = System.currentTimeMillis();
    boolean isCovered =
        INDEX_READ
            .until(() -> Optional.of(indexCovers.test(askedAt)), covered -> covered.orElse(false))
            .orElse(false);
    if (!isCovered) {
      throw failure;
    }
    try {
      return indexed(flowId).orElseThrow(() -> failure);
    } catch (ReadsUnavailableException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }

  /** From the stores of the instance that keeps it, without the index. */
  private Optional<StoredFlow> unreplaced(String flowId) {
    try {
      FlowOwner owner = reader.ownerOf(flowId);
      return owner.here() ? reader.find(flowId) : peers.find(owner.address(), flowId);
    } catch (FlowsUnavailableException e) {
      throw new ReadsUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<StoredFlow> indexed(String flowId) {
    return index.apply(flowId);
  }

  /**
   * An ended flow of which its owner has no record any more. If the index knows it as live, either
   * the flow has ended and expired since, or the owner's stores are being restored after a
   * transaction that was aborted: then only an index that has read everything since the question
   * can tell.
   */
  private Optional<StoredFlow> ended(String flowId) {
    Optional<StoredFlow> found = indexed(flowId);
    if (found.isPresent() && !found.get().state().status().isTerminal()) {
      throw new ReadsUnavailableException(
          "Flow \"%s\" is in the lists and not in the stores of its instance: it has just ended, or they are being restored. Try again in a moment."
              .formatted(flowId));
    }
    return found;
  }
}
