package io.doundo.http.call;

import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What {@code verify} found out about a call. */
record Finding(
    FindingKind kind,
    @Nullable RawJson result,
    String reason,
    @Nullable Duration retryAfter,
    boolean serviceFault) {

  enum FindingKind {
    DONE,
    NOT_DONE,
    UNKNOWN,
    /** It was done, and its result cannot be told. */
    DONE_WITHOUT_RESULT
  }

  /** What follows when nobody knows. */
  interface WhenUnknown<T> {
    T because(String reason, @Nullable Duration retryAfter, boolean serviceFault);
  }

  static Finding done(@Nullable RawJson result) {
    return new Finding(FindingKind.DONE, result, "", null, false);
  }

  static Finding notDone() {
    return new Finding(FindingKind.NOT_DONE, null, "", null, false);
  }

  static Finding unknown(String reason) {
    return unknown(reason, null, false);
  }

  static Finding unknown(String reason, @Nullable Duration retryAfter, boolean serviceFault) {
    return new Finding(FindingKind.UNKNOWN, null, reason, retryAfter, serviceFault);
  }

  static Finding doneWithoutResult(String reason) {
    return new Finding(FindingKind.DONE_WITHOUT_RESULT, null, reason, null, false);
  }

  boolean isNotDone() {
    return kind == FindingKind.NOT_DONE;
  }

  <T> T accept(
      Function<@Nullable RawJson, T> done,
      Supplier<T> notDone,
      WhenUnknown<T> unknown,
      Function<String, T> withoutResult) {
    return switch (kind) {
      case DONE -> done.apply(result);
      case NOT_DONE -> notDone.get();
      case UNKNOWN -> unknown.because(reason, retryAfter, serviceFault);
      case DONE_WITHOUT_RESULT -> withoutResult.apply(reason);
    };
  }
}
