package io.doundo.history.simulation.worker;

import io.doundo.history.StepWorker;

/** Whoever serves one step. */
public interface Worker {

  /** Takes a command, at once and for the first, second or any later time. */
  void deliver(Sending sending);

  /** The step's effects in the world. */
  Ledger ledger();

  /** What is known of its answers. */
  StepWorker.Kind kind();

  /** What kind of worker it is, for the story. */
  String describe();
}
