package io.doundo.worker;

import org.jspecify.annotations.Nullable;

/** The finding of a {@link Verify} method about an earlier DO. */
public final class VerifyResult {

  enum Kind {
    DONE,
    NOT_DONE,
    UNKNOWN
  }

  private static final VerifyResult NOT_DONE = new VerifyResult(Kind.NOT_DONE, null);
  private static final VerifyResult UNKNOWN = new VerifyResult(Kind.UNKNOWN, null);

  private final Kind kind;
  private final @Nullable Object result;

  private VerifyResult(Kind kind, @Nullable Object result) {
    this.kind = kind;
    this.result = result;
  }

  /**
   * The effect is there; the step is answered as done.
   *
   * @param result what the DO would have returned
   */
  public static VerifyResult done(@Nullable Object result) {
    return new VerifyResult(Kind.DONE, result);
  }

  /** There is no effect, and none is on its way: the DO runs. */
  public static VerifyResult notDone() {
    return NOT_DONE;
  }

  /** It cannot be told: the step fails with its effect in doubt, and is undone in the end. */
  public static VerifyResult unknown() {
    return UNKNOWN;
  }

  public boolean isDone() {
    return kind == Kind.DONE;
  }

  public boolean isNotDone() {
    return kind == Kind.NOT_DONE;
  }

  public @Nullable Object result() {
    return result;
  }
}
