package io.doundo.orchestrator.history;

import org.jspecify.annotations.Nullable;

/**
 * A time in which a fault was at work, declared by whoever caused it. Inside it an SDK worker may
 * have its effect twice (I5), and flows need not move (I12).
 *
 * @param from ms since the epoch
 * @param to ms since the epoch, included
 * @param flowId the flow it is about, or null for all
 * @param step the step it is about, or null for all
 */
public record FaultWindow(
    long from, long to, String what, @Nullable String flowId, @Nullable String step) {

  boolean covers(long at, String flow, String ofStep) {
    return from <= at
        && at <= to
        && (flowId == null || flowId.equals(flow))
        && (step == null || step.equals(ofStep));
  }
}
