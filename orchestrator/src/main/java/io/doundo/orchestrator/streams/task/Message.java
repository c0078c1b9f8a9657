package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.streams.record.InputRecord;
import org.jspecify.annotations.Nullable;

/** An answer or a control record, decoded: which flow it is about and what it means there. */
interface Message {

  String flowId();

  /** The step that it is about; null for the whole flow. */
  default @Nullable String step() {
    return null;
  }

  /** The record it was read from. */
  InputRecord record();

  /** The event that it is for the flow, whose contents it may add to. */
  FlowEvent eventFor(FlowUpdate update);
}
