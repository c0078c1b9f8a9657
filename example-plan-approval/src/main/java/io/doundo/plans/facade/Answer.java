package io.doundo.plans.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The body of every answer.
 *
 * @param error the kind of problem; null on success
 * @param message the problem in words; null on success
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Answer(
    boolean success, @Nullable String error, @Nullable String message, @Nullable Object data) {

  static Answer of(Object data) {
    return new Answer(true, null, null, data);
  }

  static Answer refusal(Problem problem) {
    return new Answer(
        false,
        problem.kind().name().toLowerCase(Locale.ROOT),
        problem.getMessage(),
        problem.data());
  }
}
