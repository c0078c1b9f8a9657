package io.doundo.orchestrator.core.state;

/**
 * How often a step's DO, or its UNDO, was sent and answered. Attempt numbers are those of the wire:
 * they rise by one for each command of an action and never restart.
 *
 * @param sent number of commands sent, which is the latest attempt's number
 * @param base the number of the last attempt before the current generation
 * @param answers number of answers accepted so far, for workers that echo neither id nor attempt
 */
public record Attempts(int sent, int base, int answers) {

  private static final int SHARED = 4;
  private static final Attempts[] OF_FIRST_GENERATION = new Attempts[SHARED * SHARED];

  static {
    for (int i = 0; i < OF_FIRST_GENERATION.length; i++) {
      OF_FIRST_GENERATION[i] = new Attempts(i / SHARED, 0, i % SHARED);
    }
  }

  /** Nothing was sent. */
  public static final Attempts NONE = OF_FIRST_GENERATION[0];

  /** These numbers; the few that nearly all steps have are shared. */
  public static Attempts of(int sent, int base, int answers) {
    boolean isShared = base == 0 && sent >= 0 && sent < SHARED && answers >= 0 && answers < SHARED;
    return isShared
        ? OF_FIRST_GENERATION[sent * SHARED + answers]
        : new Attempts(sent, base, answers);
  }
}
