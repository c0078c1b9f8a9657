package io.doundo.history;

import org.jspecify.annotations.Nullable;

/**
 * A time in which a fault was active, declared by its cause. Inside it an SDK worker may have its
 * effect twice (I5), and flows need not move (I12).
 *
 * @param from ms since the epoch
 * @param to ms since the epoch, included
 * @param flowId the flow it is about, or null for all
 * @param step the step it is about, or null for all
 */
public record FaultWindow(
    long from, long to, String what, @Nullable String flowId, @Nullable String step) {

  /** The text of a window in which the fences of all steps lost their records. */
  private static final String FENCE_LOST = "the fence lost its records";

  /**
   * The loss of what the fences knew, as of a Redis that is emptied. After it a DO may begin whose
   * UNDO has left nothing but a tombstone, which is lost (I4); its success is reported and undone
   * again.
   */
  public static FaultWindow fenceLost(long from, long to) {
    return new FaultWindow(from, to, FENCE_LOST, null, null);
  }

  public boolean isFenceLost() {
    return what.equals(FENCE_LOST);
  }

  public boolean overlaps(long first, long last) {
    return from <= last && first <= to;
  }

  public boolean covers(long at, String flow, String ofStep) {
    return from <= at
        && at <= to
        && (flowId == null || flowId.equals(flow))
        && (step == null || step.equals(ofStep));
  }
}
