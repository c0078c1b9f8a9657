package io.doundo.worker.fence;

/**
 * The right to run a step's handler, until the next one is handed out for the same step.
 *
 * @param number rises with each token of a step, also when Redis lost its content in between, as
 *     far as its clock does not go back
 * @param owner the {@link Claim#owner} it was given to, which no other claim has
 * @param generation that of the claim
 * @param attempt that of the claim
 * @param undoFailed that of the claim: the run knows it when the record is lost
 */
public record Token(long number, String owner, int generation, int attempt, boolean undoFailed) {

  /** Of a step whose failed DO leaves nothing behind. */
  public Token(long number, String owner, int generation, int attempt) {
    this(number, owner, generation, attempt, false);
  }
}
