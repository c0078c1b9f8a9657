package io.doundo.launcher.doctor;

/**
 * The result of one check.
 *
 * @param what was checked
 * @param text what was found, in one sentence
 * @param fix what to do; empty when there is nothing to do
 */
public record Finding(String what, State state, String text, String fix) {

  /** What a check says. */
  public enum State {
    GOOD,
    /** It works, and might not for long. */
    DOUBTFUL,
    WRONG,
    /** It could not be looked at. */
    SKIPPED
  }

  public static Finding good(String what, String text) {
    return new Finding(what, State.GOOD, text, "");
  }

  public static Finding doubtful(String what, String text, String fix) {
    return new Finding(what, State.DOUBTFUL, text, fix);
  }

  public static Finding wrong(String what, String text, String fix) {
    return new Finding(what, State.WRONG, text, fix);
  }

  public static Finding skipped(String what, String text, String fix) {
    return new Finding(what, State.SKIPPED, text, fix);
  }
}
