package io.doundo.orchestrator.query;

import io.doundo.orchestrator.streams.FlowReader;
import io.doundo.orchestrator.streams.FlowsUnavailableException;
import io.doundo.orchestrator.streams.StoredFlow;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Single flows. A flow is read from this instance's stores, where it may be ahead of the commit.
 * One that another instance keeps, or whose undo window is over, is shown as far as the index of
 * the lists knows it. Thread-safe.
 */
public final class Flows {

  private static final Duration EXPECTED_WAIT = Duration.ofSeconds(2);

  private final FlowReader reader;
  private final @Nullable FlowIndex index;
  private final FlowViews views;
  private final @Nullable FlowSearch search;
  private final ExpectedFlows expected = new ExpectedFlows(System::nanoTime);

  /**
   * @param index null when lists are switched off
   */
  public Flows(FlowReader reader, @Nullable FlowIndex index, Definitions definitions) {
    this.reader = reader;
    this.index = index;
    this.views = new FlowViews(definitions);
    this.search = index == null ? null : new FlowSearch(index, views);
  }

  /** A start was written: reads of this flow wait a moment for it to be taken. */
  public void expect(String flowId) {
    expected.add(flowId);
  }

  /** Lists of flows; empty when they are switched off. */
  public Optional<FlowSearch> search() {
    return Optional.ofNullable(search);
  }

  /**
   * A flow as it is shown.
   *
   * @throws ReadsUnavailableException when it cannot be told right now whether there is one
   */
  public Optional<FlowView> find(String flowId) {
    return stored(flowId).map(views::view);
  }

  /**
   * The status of a flow that has carried out a control record; empty when it has not, or did so
   * long ago.
   */
  public Optional<String> statusAfter(String flowId, String controlId) {
    return stored(flowId)
        .map(StoredFlow::state)
        .filter(state -> state.controlIds().contains(controlId))
        .map(state -> state.status().name());
  }

  /** A flow as it is kept; see {@link #find}. */
  Optional<StoredFlow> stored(String flowId) {
    Optional<StoredFlow> flow = storedNow(flowId);
    long begin = System.nanoTime();
    while (flow.isEmpty()
        && expected.contains(flowId)
        && System.nanoTime() - begin < EXPECTED_WAIT.toNanos()
        && pause()) {
      flow = storedNow(flowId);
    }
    if (flow.isPresent()) {
      expected.remove(flowId);
    }
    return flow;
  }

  private static boolean pause() {
    try {
      Thread.sleep(10);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<StoredFlow> storedNow(String flowId) {
    try {
      Optional<StoredFlow> kept = reader.find(flowId);
      return kept.isPresent() ? kept : indexed(flowId);
    } catch (FlowsUnavailableException e) {
      Optional<StoredFlow> known = indexed(flowId);
      if (known.isEmpty()) {
        throw new ReadsUnavailableException(String.valueOf(e.getMessage()), e);
      }
      return known;
    }
  }

  private Optional<StoredFlow> indexed(String flowId) {
    return index == null ? Optional.empty() : index.find(flowId).flatMap(IndexedFlow::flow);
  }
}
