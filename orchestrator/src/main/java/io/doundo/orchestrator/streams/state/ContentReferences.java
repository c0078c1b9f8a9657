package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contents a flow's state names. */
public final class ContentReferences {

  private ContentReferences() {}

  /** Every content the state names, once each, by digest. */
  public static Map<String, Content> namedBy(FlowState state) {
    Map<String, Content> named = new LinkedHashMap<>();
    put(named, state.origin().payload());
    put(named, state.origin().headers());
    for (StepState step : state.steps()) {
      put(named, step.result());
      put(named, step.input());
      put(named, step.undoInput());
      for (Content content : contentsOf(step.parts())) {
        put(named, content);
      }
    }
    put(named, capturedBy(state));
    for (Signal signal : state.signals().kept()) {
      put(named, signal.payload());
    }
    return named;
  }

  /** Whether no content stands beside the flow's value; most flows are small. */
  public static boolean allStandIn(Map<String, byte[]> inline, FlowState state) {
    if (isBeside(inline, state.origin().payload()) || isBeside(inline, state.origin().headers())) {
      return false;
    }
    for (StepState step : state.steps()) {
      if (isBeside(inline, step.result())
          || isBeside(inline, step.input())
          || isBeside(inline, step.undoInput())) {
        return false;
      }
      for (Content content : contentsOf(step.parts())) {
        if (isBeside(inline, content)) {
          return false;
        }
      }
    }
    if (isBeside(inline, capturedBy(state))) {
      return false;
    }
    for (Signal signal : state.signals().kept()) {
      if (isBeside(inline, signal.payload())) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Content capturedBy(FlowState state) {
    PartOf partOf = state.origin().partOf();
    return partOf == null ? null : partOf.captured();
  }

  private static List<Content> contentsOf(@Nullable PartsState parts) {
    return parts == null
        ? List.of()
        : Stream.of(
                parts.plan().input(), parts.plan().captured(), parts.plan().items(), parts.loop())
            .filter(Objects::nonNull)
            .toList();
  }

  private static boolean isBeside(Map<String, byte[]> inline, @Nullable Content content) {
    return content != null && !inline.containsKey(content.digest());
  }

  private static void put(Map<String, Content> named, @Nullable Content content) {
    if (content != null) {
      named.put(content.digest(), content);
    }
  }
}
