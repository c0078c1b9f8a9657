package io.doundo.history.simulation.orchestrator;

import io.doundo.history.RecordPosition;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.Recorder;
import io.doundo.orchestrator.core.event.FlowEvent;
import java.util.function.BiConsumer;

/**
 * A record on an input that no flow can use.
 *
 * @param readable whether it can be decoded, and is held for a while for a flow that may still
 *     start
 * @param keep records it for the history
 */
public record Stray(boolean readable, String what, BiConsumer<Recorder, RecordPosition> keep)
    implements Partition.Inbound {

  @Override
  public FlowEvent takenAt(long at) {
    throw new IllegalStateException(what + " is no event of the flow");
  }
}
