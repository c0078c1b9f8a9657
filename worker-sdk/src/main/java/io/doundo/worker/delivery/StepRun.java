package io.doundo.worker.delivery;

import io.doundo.worker.fence.FenceKey;
import java.util.function.Consumer;

/** One run for a command, under a lease. Used once. */
interface StepRun {

  /** How it ends when it is not begun at all. */
  CallEnd notBegun(String why);

  /**
   * Begins the run, on the calling thread as far as it needs one.
   *
   * @param ended is called once, by any thread
   */
  void begin(DeliveryContext context, Lease lease, FenceKey key, Consumer<CallEnd> ended);
}
