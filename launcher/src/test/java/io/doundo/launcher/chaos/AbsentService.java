package io.doundo.launcher.chaos;

import java.io.IOException;

/** The service behind a step. It is away for a while, and keeps a ledger of its effects. */
interface AbsentService extends AutoCloseable {

  /** Serves from now on; also for the first time. */
  void comeBack() throws IOException;

  /**
   * Carries out a few more commands without an answer, so that nobody knows of their effects, and
   * is then away.
   */
  void goAway() throws InterruptedException;

  EffectLedger ledger();

  @Override
  void close();
}
