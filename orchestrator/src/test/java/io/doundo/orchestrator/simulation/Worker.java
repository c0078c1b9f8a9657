package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.history.Service;

/** Whoever serves one step. */
interface Worker {

  /** Takes a command, at once and for the first, second or any later time. */
  void deliver(DispatchStep command);

  /** The step's effects in the world. */
  Ledger ledger();

  /** What is known of its answers. */
  Service.Kind kind();

  /** What kind of worker it is, for the story. */
  String describe();
}
