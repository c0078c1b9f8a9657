package io.doundo.orchestrator.answer;

import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Expectation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.ControlCommand.ResolvedOutcome;
import io.doundo.protocol.json.RawJson;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Translates operators' requests into events of the core. */
public final class ControlRequests {

  private static final Pattern BRANCH = Pattern.compile("\\d{1,4}");

  private ControlRequests() {}

  /**
   * The request as an event.
   *
   * @param command a verb of operators
   * @param controlId the command's own, or one derived from the record's coordinates
   * @param at the orchestrator's clock, ms since the epoch
   * @param keep stores a JSON value
   */
  public static ControlRequested of(
      ControlCommand command, String controlId, long at, Function<RawJson, Content> keep) {
    ControlCommand.Resolution resolution = command.resolution();
    RawJson payload = resolution == null ? command.payload() : resolution.result();
    return new ControlRequested(
        at,
        controlId,
        command.action(),
        command.stepName(),
        payload == null ? null : keep.apply(payload),
        resolution == null ? retried(payload) : resolution(resolution),
        command.reason(),
        command.requestedBy(),
        expectation(command.expect()),
        resolution == null ? branch(payload) : resolution.branch(),
        command.assignee(),
        command.asOneOf());
  }

  private static Resolution resolution(ControlCommand.Resolution resolution) {
    if (resolution.taken() != null) {
      return resolution.taken() ? Resolution.TAKEN : Resolution.NOT_TAKEN;
    }
    if (resolution.branch() != null) {
      return Resolution.BRANCH;
    }
    return resolution.outcome() == ResolvedOutcome.NO_EFFECT
        ? Resolution.NO_EFFECT
        : Resolution.DONE;
  }

  /** The value in the payload of a RETRY that replaces a condition or a choice. */
  private static Resolution retried(@Nullable RawJson payload) {
    String value = payload == null ? "" : payload.toString();
    if (value.equals("true")) {
      return Resolution.TAKEN;
    }
    if (value.equals("false")) {
      return Resolution.NOT_TAKEN;
    }
    return branch(payload) == null ? Resolution.DONE : Resolution.BRANCH;
  }

  private static @Nullable Integer branch(@Nullable RawJson payload) {
    String value = payload == null ? "" : payload.toString();
    return BRANCH.matcher(value).matches() ? Integer.valueOf(value) : null;
  }

  private static @Nullable Expectation expectation(ControlCommand.@Nullable Expectation expect) {
    return expect == null
        ? null
        : new Expectation(
            expect.statuses().stream().map(FlowStatus::valueOf).collect(Collectors.toSet()),
            expect.transition());
  }
}
