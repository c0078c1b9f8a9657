package io.doundo.history.simulation.orchestrator;

import io.doundo.history.RecordPosition;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Recorder;
import io.doundo.orchestrator.core.event.FlowEvent;
import java.util.function.BiConsumer;

/**
 * A record on an input that is of no use to any flow.
 *
 * @param readable whether it can be understood, and is kept for a while for a flow that may come
 * @param keep writes it down for the history
 */
public record Stray(boolean readable, String what, BiConsumer<Recorder, RecordPosition> keep)
    implements Partition.Inbound {

  @Override
  public FlowEvent takenAt(long at) {
    throw new IllegalStateException(what + " is no event of the flow");
  }
}
