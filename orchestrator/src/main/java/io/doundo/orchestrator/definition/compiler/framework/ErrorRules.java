package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What error handlers mean: when they are called, and whether the flow goes on behind them. */
final class ErrorRules {

  private ErrorRules() {}

  /** The condition under which a handler is called. */
  static String isMeant(String step, Node handler) {
    List<Scalar> types = handler.texts("errorTypes");
    String failed = "steps.`%s`.failed".formatted(step);
    if (types.isEmpty()) {
      return failed;
    }
    String texts =
        types.stream()
            .map(Scalar::text)
            .map(Conditions::quoted)
            .collect(Collectors.joining(", ", "[", "]"));
    return "(%s && %s.exists(one, string(steps.`%s`.?error.orValue(\"\")).contains(one)))"
        .formatted(failed, texts, step);
  }

  /** Fails unless the flow may go on; null when it may after every error. */
  static @Nullable Mapping check(Mapping at, String step, List<Node> handlers) {
    List<Node> continued =
        handlers.stream().filter(handler -> handler.flag("shouldContinue", false)).toList();
    boolean isAlways =
        continued.stream().anyMatch(handler -> handler.texts("errorTypes").isEmpty());
    if (isAlways) {
      return null;
    }
    String allowed =
        continued.stream()
            .map(handler -> " || " + isMeant(step, handler))
            .collect(Collectors.joining());
    Mapping rule =
        new Tree(at)
            .text("that", at, "!steps.`%s`.failed%s".formatted(step, allowed))
            .text(
                "message",
                at,
                "%1$s failed: {{ steps.`%1$s`.?error.orValue(\"\") }}".formatted(step))
            .build();
    return new Tree(at)
        .text("name", at, WorkflowWriter.slug(step, "step") + "-handled")
        .put("validate", Tree.list(at, List.of(rule)))
        .build();
  }
}
