package io.doundo.history.simulation;

/**
 * The likelihood of each kind of fault in one run, per mille. Each seed has its own, so that some
 * runs are calm, some have one kind of fault and some have all.
 *
 * @param crash the orchestrator dies, and its open transaction is aborted
 * @param zombie a dead orchestrator acts once more
 * @param duplicate a record is delivered again
 * @param delay a record or a handler takes much longer
 * @param loss an answer is lost, and its command redelivered
 * @param failure a DO fails
 * @param undoFailure an UNDO fails
 * @param silence a worker takes a command and never answers, or dies while it works
 * @param unsendable a command cannot be sent, or a result is too large
 * @param operator an operator makes a request
 * @param wipe the workers' Redis is emptied
 * @param clock a clock jumps: the engine's, or that of a step's Redis
 * @param stray a record arrives that cannot be read, or that belongs to no flow
 * @param version another version of the definition is registered
 */
public record Weather(
    int crash,
    int zombie,
    int duplicate,
    int delay,
    int loss,
    int failure,
    int undoFailure,
    int silence,
    int unsendable,
    int operator,
    int wipe,
    int clock,
    int stray,
    int version) {

  private static final Integer[] RARE = {0, 0, 0, 20, 60};
  private static final Integer[] COMMON = {0, 0, 50, 150, 350};

  /**
   * Draws the likelihoods of a run.
   *
   * @param beside the random stream for the kinds of fault that were added later
   */
  public static Weather draw(Dice dice, Dice beside) {
    return new Weather(
        dice.pick(RARE),
        dice.pick(COMMON),
        dice.pick(COMMON),
        dice.pick(COMMON),
        dice.pick(RARE),
        dice.pick(COMMON),
        dice.pick(COMMON),
        dice.pick(COMMON),
        dice.pick(RARE),
        dice.pick(COMMON) * 2,
        dice.pick(COMMON),
        beside.pick(RARE),
        beside.pick(COMMON),
        beside.pick(COMMON));
  }
}
