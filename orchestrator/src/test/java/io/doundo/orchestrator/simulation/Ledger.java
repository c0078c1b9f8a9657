package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.history.LedgerLine.Kind;
import io.doundo.orchestrator.history.LedgerLine.Report;

/**
 * What one step's workers really did, append-only. A DO makes something that is named by flow and
 * step, an UNDO removes it.
 */
final class Ledger {

  private final Scene scene;
  private boolean stands;

  Ledger(Scene scene) {
    this.scene = scene;
  }

  /** The command's handler had its effect now. */
  void landed(DispatchStep command, long began, Report answer) {
    boolean forward = command.action() == Action.DO;
    Kind kind = forward ? Kind.CREATED : stands ? Kind.REMOVED : Kind.NOTHING_TO_REMOVE;
    stands = forward;
    scene.recorder().ran(command, began, scene.now(), kind, answer);
  }

  /** The command's handler ran, and had no effect. */
  void didNothing(DispatchStep command, long began, Report answer) {
    scene.recorder().ran(command, began, scene.now(), Kind.NOTHING_DONE, answer);
  }

  /** An UNDO found nothing to undo, and left a tombstone. */
  void buried(DispatchStep command) {
    scene
        .recorder()
        .ran(command, scene.now(), scene.now(), Kind.NOTHING_TO_REMOVE, Report.ANSWERED);
  }

  /** Whether something stands in the world. */
  boolean stands() {
    return stands;
  }
}
