package io.doundo.worker;

import org.jspecify.annotations.Nullable;

/** What a {@link Verify} method found out about an earlier DO. */
public final class Verdict {

  enum Kind {
    DONE,
    NOT_DONE,
    UNKNOWN
  }

  private static final Verdict NOT_DONE = new Verdict(Kind.NOT_DONE, null);
  private static final Verdict UNKNOWN = new Verdict(Kind.UNKNOWN, null);

  private final Kind kind;
  private final @Nullable Object result;

  private Verdict(Kind kind, @Nullable Object result) {
    this.kind = kind;
    this.result = result;
  }

  /**
   * The effect is there; the step is answered as done.
   *
   * @param result what the DO would have returned
   */
  public static Verdict done(@Nullable Object result) {
    return new Verdict(Kind.DONE, result);
  }

  /** There is no effect, and none is on its way: the DO runs. */
  public static Verdict notDone() {
    return NOT_DONE;
  }

  /** It cannot be told: the step fails with its effect in doubt, and is undone in the end. */
  public static Verdict unknown() {
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
