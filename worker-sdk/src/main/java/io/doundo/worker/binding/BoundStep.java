package io.doundo.worker.binding;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that a registration document names for a step.
 *
 * @param document where it stands, for problems
 * @param handlerClass a class name, simple or full, or the name of a bean; null when the document
 *     names no handler
 */
public record BoundStep(
    String document,
    StepKey key,
    boolean sharedTopic,
    @Nullable String handlerClass,
    @Nullable String doMethod,
    @Nullable String undoMethod) {

  /**
   * The declaration of a step in a document.
   *
   * @param fields the text of a field of the step; null when it is absent
   */
  public static BoundStep of(
      String document,
      StepKey key,
      boolean sharedTopic,
      Function<String, @Nullable String> fields) {
    return new BoundStep(
        document,
        key,
        sharedTopic,
        fields.apply("handlerClass"),
        either(fields.apply("doMethod"), fields.apply("handlerMethod")),
        either(fields.apply("undoMethod"), fields.apply("undoHandlerMethod")));
  }

  private static @Nullable String either(@Nullable String first, @Nullable String second) {
    return first != null ? first : second;
  }
}
