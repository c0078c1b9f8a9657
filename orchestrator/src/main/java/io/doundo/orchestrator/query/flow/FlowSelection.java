package io.doundo.orchestrator.query.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All flows that match a query, at one moment.
 *
 * @param overLimit whether there are more than were asked for
 * @param complete false when flows may be missing; {@code note} says why
 */
public record FlowSelection(
    List<SelectedFlow> flows,
    boolean overLimit,
    Instant asOf,
    boolean complete,
    @Nullable String note) {

  public FlowSelection {
    flows = List.copyOf(flows);
  }
}
