package io.doundo.worker.binding;

import io.doundo.worker.NoEffectException;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.StepFailedException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A step as this application serves it. At least one of {@code doHandler} and {@code undoHandler}
 * is there.
 *
 * @param sharedTopic whether its commands come on the shared topic
 * @param resultName the field that the result of the DO is nested in; null when it is not nested
 * @param requestFields the fields of the payload that the DO is known to read; empty when nothing
 *     is known of that
 * @param noEffect exceptions that mean: nothing happened, try again
 * @param failed exceptions that mean: nothing happened, do not try again
 */
public record ServedStep(
    StepKey key,
    boolean sharedTopic,
    @Nullable HandlerMethod doHandler,
    @Nullable HandlerMethod undoHandler,
    @Nullable HandlerMethod verifyHandler,
    OnDoubt onDoubt,
    @Nullable String resultName,
    Set<String> requestFields,
    List<Class<? extends Throwable>> noEffect,
    List<Class<? extends Throwable>> failed) {

  /** The meaning of a handler's exception. */
  public enum Meaning {
    /** Nothing happened; do not try again. */
    FAILED,
    /** Nothing happened; try again. */
    NO_EFFECT,
    /** Something may have happened. */
    UNKNOWN
  }

  public ServedStep {
    requestFields = Set.copyOf(requestFields);
    noEffect = List.copyOf(noEffect);
    failed = List.copyOf(failed);
  }

  public Meaning meaningOf(Throwable thrown) {
    if (thrown instanceof StepFailedException || isOneOf(failed, thrown)) {
      return Meaning.FAILED;
    }
    if (thrown instanceof NoEffectException || isOneOf(noEffect, thrown)) {
      return Meaning.NO_EFFECT;
    }
    return Meaning.UNKNOWN;
  }

  private static boolean isOneOf(List<Class<? extends Throwable>> types, Throwable thrown) {
    return types.stream().anyMatch(type -> type.isInstance(thrown));
  }
}
