package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.ControlCommand.ResolvedOutcome;
import io.doundo.protocol.json.RawJson;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An operator's request. One without an id gets it from the place of its record. */
record ControlMessage(InputRecord record, ControlCommand command) implements Message {

  private static final Pattern BRANCH = Pattern.compile("\\d{1,4}");

  @Override
  public String flowId() {
    return command.flowId();
  }

  @Override
  public FlowEvent eventFor(FlowUpdate update) {
    ControlCommand.Resolution resolution = command.resolution();
    RawJson payload = resolution == null ? command.payload() : resolution.result();
    String controlId = command.controlId();
    if (command.action() == ControlAction.SIGNAL) {
      return new SignalReceived(
          update.now(),
          controlId == null ? record.placeDigest() : controlId,
          Objects.requireNonNull(command.signal(), "a signal has a name"),
          content(update, payload),
          command.requestedBy());
    }
    return new ControlRequested(
        update.now(),
        controlId == null ? record.placeDigest() : controlId,
        command.action(),
        command.stepName(),
        content(update, payload),
        resolution == null ? retried(payload) : resolution(resolution),
        command.reason(),
        command.requestedBy(),
        expectation(command.expect()),
        resolution == null ? branch(payload) : resolution.branch());
  }

  private static FlowEvent.Resolution resolution(ControlCommand.Resolution resolution) {
    if (resolution.taken() != null) {
      return resolution.taken() ? FlowEvent.Resolution.TAKEN : FlowEvent.Resolution.NOT_TAKEN;
    }
    if (resolution.branch() != null) {
      return FlowEvent.Resolution.BRANCH;
    }
    return resolution.outcome() == ResolvedOutcome.NO_EFFECT
        ? FlowEvent.Resolution.NO_EFFECT
        : FlowEvent.Resolution.DONE;
  }

  /** What the payload of a RETRY says in place of a condition or a choice. */
  private static FlowEvent.Resolution retried(@Nullable RawJson payload) {
    String value = payload == null ? "" : payload.toString();
    if (value.equals("true")) {
      return FlowEvent.Resolution.TAKEN;
    }
    if (value.equals("false")) {
      return FlowEvent.Resolution.NOT_TAKEN;
    }
    return branch(payload) == null ? FlowEvent.Resolution.DONE : FlowEvent.Resolution.BRANCH;
  }

  private static @Nullable Integer branch(@Nullable RawJson payload) {
    String value = payload == null ? "" : payload.toString();
    return BRANCH.matcher(value).matches() ? Integer.valueOf(value) : null;
  }

  private static FlowEvent.@Nullable Expectation expectation(
      ControlCommand.@Nullable Expectation expect) {
    return expect == null
        ? null
        : new FlowEvent.Expectation(
            expect.statuses().stream().map(FlowStatus::valueOf).collect(Collectors.toSet()),
            expect.transition());
  }

  private static @Nullable Content content(FlowUpdate update, @Nullable RawJson payload) {
    return payload == null ? null : update.add(payload);
  }
}
