package io.doundo.history.simulation.worker;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;

/**
 * A record of a command with its headers; times are of the engine's clock, ms since the epoch. Each
 * instance is a record of its own, whatever its content.
 */
public final class Sending {

  private final DispatchStep command;
  private final long firstSent;
  private final long visibleSince;

  /**
   * @param firstSent when the step's first DO was sent, as far as the sender knows; 0 when it was
   *     not
   * @param visibleSince no worker can have seen the command before this time
   */
  public Sending(DispatchStep command, long firstSent, long visibleSince) {
    this.command = command;
    this.firstSent = firstSent;
    this.visibleSince = visibleSince;
  }

  /** Another record of the same command. */
  public Sending again() {
    return new Sending(command, firstSent, visibleSince);
  }

  public DispatchStep command() {
    return command;
  }

  public long firstSent() {
    return firstSent;
  }

  public long visibleSince() {
    return visibleSince;
  }
}
