package io.doundo.history.simulation.worker;

import io.doundo.history.LedgerLine.Kind;
import io.doundo.history.LedgerLine.Report;
import io.doundo.history.simulation.Scene;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.protocol.CommandAction;

/**
 * What the workers of one step really did, append-only. A DO creates an object named by flow and
 * step, an UNDO removes it.
 */
public final class Ledger {

  private final Scene scene;
  private boolean stands;

  public Ledger(Scene scene) {
    this.scene = scene;
  }

  /** The command's handler had its effect. */
  public void landed(DispatchStep command, long began, Report answer) {
    boolean forward = command.action() == CommandAction.DO;
    Kind kind = forward ? Kind.CREATED : stands ? Kind.REMOVED : Kind.NOTHING_TO_REMOVE;
    stands = forward;
    scene.recorder().ran(command, began, scene.now(), kind, answer);
  }

  /** The command's handler ran, and had no effect. */
  public void didNothing(DispatchStep command, long began, Report answer) {
    scene.recorder().ran(command, began, scene.now(), Kind.NOTHING_DONE, answer);
  }

  /** An UNDO found nothing to undo, and left a tombstone. */
  public void buried(DispatchStep command) {
    scene
        .recorder()
        .ran(command, scene.now(), scene.now(), Kind.NOTHING_TO_REMOVE, Report.ANSWERED);
  }

  /** Whether an effect stands. */
  public boolean stands() {
    return stands;
  }
}
