package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.answer.ControlRequests;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.json.RawJson;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operator's request, or a signal. One without an id gets it from the coordinates of its record.
 *
 * @param verified whether the orchestrator's API wrote it, and so has authenticated the sender
 */
record ControlMessage(InputRecord record, ControlCommand command, boolean verified)
    implements Message {

  @Override
  public String flowId() {
    return command.flowId();
  }

  @Override
  public @Nullable String step() {
    return command.stepName();
  }

  @Override
  public FlowEvent eventFor(FlowUpdate update) {
    String controlId = command.controlId();
    if (command.action() == ControlAction.SIGNAL) {
      return new SignalReceived(
          update.now(),
          controlId == null ? record.placeDigest() : controlId,
          Objects.requireNonNull(command.signal(), "a signal has a name"),
          content(update, command.payload()),
          command.requestedBy(),
          verified,
          command.onBehalfOf(),
          command.asOneOf());
    }
    return ControlRequests.of(
        command, controlId == null ? record.placeDigest() : controlId, update.now(), update::add);
  }

  private static @Nullable Content content(FlowUpdate update, @Nullable RawJson payload) {
    return payload == null ? null : update.add(payload);
  }
}
