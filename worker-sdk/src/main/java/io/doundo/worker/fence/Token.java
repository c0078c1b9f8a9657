package io.doundo.worker.fence;

/**
 * The right to run a step's handler, until the next one is handed out for the same step.
 *
 * @param number rises with each token of a step, across a Redis that lost its content too as long
 *     as its clock does not go back
 * @param owner the {@link Claim#owner} it was given to, which no other claim has
 */
public record Token(long number, String owner) {}
