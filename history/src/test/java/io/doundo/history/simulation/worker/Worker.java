package io.doundo.history.simulation.worker;

import io.doundo.history.StepWorker;

/** A worker of one step. */
public interface Worker {

  /** Receives a command, for the first or any later time. */
  void deliver(Sending sending);

  /** The step's effects in the world. */
  Ledger ledger();

  /** How the history checker treats its answers. */
  StepWorker.Kind kind();

  /** The kind of worker, for the story. */
  String describe();
}
