package io.doundo.orchestrator.evaluation;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The maximum size of a value that a command has to carry. */
public final class ResultRoom {

  /** The maximum overhead of a command besides its payload and the start's headers. */
  private static final int COMMAND_ROOM = 8 * 1024;

  /** The maximum overhead of a message between flows, of which kept signals are the most. */
  private static final int MESSAGE_ROOM = FlowSignals.MOST_BYTES + 48 * 1024;

  private ResultRoom() {}

  /** The bytes that a command of this flow has left for its payload. */
  public static long of(FlowState state, int maxRecordBytes) {
    Content headers = state.origin().headers();
    return (long) maxRecordBytes - COMMAND_ROOM - (headers == null ? 0 : headers.size());
  }

  /** The bytes that a message of this flow to another one has left for values. */
  public static long ofMessage(FlowState state, int maxRecordBytes) {
    Content headers = state.origin().headers();
    return (long) maxRecordBytes - MESSAGE_ROOM - (headers == null ? 0 : headers.size());
  }

  /**
   * Whether the UNDO of the step could carry its result.
   *
   * @param definition null while the flow has none
   * @param state null before the flow has started
   */
  public static boolean fits(
      @Nullable Orchestration definition,
      @Nullable FlowState state,
      String step,
      RawJson result,
      int maxRecordBytes,
      FlowEvaluator.Reader values) {
    if (state == null) {
      return true;
    }
    List<Content> merged = asked(definition, state, step);
    long bytes = result.size();
    for (Content content : merged) {
      bytes += content.size();
    }
    long room = of(state, maxRecordBytes);
    // Only the bytes sent count, not those that a later result replaces; merging gives their
    // number.
    return bytes <= room
        || (result.size() <= room && merged(state, merged, result, values) <= room);
  }

  /** The input of this step's DO, as the JSON values to merge. */
  private static List<Content> asked(
      @Nullable Orchestration definition, FlowState state, String name) {
    int index = definition == null ? -1 : definition.indexOf(name);
    StepState step = index < 0 || index >= state.steps().size() ? null : state.steps().get(index);
    List<Content> asked = new ArrayList<>();
    if (definition == null || step == null) {
      asked.add(state.origin().payload());
    } else if (definition.steps().get(index).work() instanceof Work.Http) {
      // Its UNDO carries what the request says, and the result.
      return List.of();
    } else if (step.input() != null) {
      asked.add(step.input());
    } else {
      asked.add(state.origin().payload());
      for (int ancestor : definition.graph().ancestors(index)) {
        Content result = state.steps().get(ancestor).result();
        if (result != null) {
          asked.add(result);
        }
      }
    }
    return asked;
  }

  private static long merged(
      FlowState state, List<Content> asked, RawJson result, FlowEvaluator.Reader values) {
    List<RawJson> parts = new ArrayList<>(asked.size() + 1);
    for (Content content : asked) {
      if (content.object()) {
        parts.add(values.read(content));
      }
    }
    if (result.isObject()) {
      parts.add(result);
    }
    try {
      return parts.isEmpty() ? 0 : Json.merge(parts).size();
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(
          "a stored content of flow " + state.flowId() + " is not JSON", e);
    }
  }
}
