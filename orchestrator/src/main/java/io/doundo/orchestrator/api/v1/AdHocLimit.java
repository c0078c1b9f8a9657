package io.doundo.orchestrator.api.v1;

import org.jspecify.annotations.Nullable;

/**
 * How many different sets of steps may come with requests. Each is registered as an orchestration
 * of its own, which stays, because flows that run for years may need it. A pure function.
 *
 * @param most at least 0; 0 accepts none
 */
public record AdHocLimit(int most) {

  /**
   * Why the steps of a request cannot be registered; null when they can.
   *
   * @param isKnown whether the same steps came before
   * @param registered how many different ones have
   */
  @Nullable String refuse(boolean isKnown, long registered) {
    if (isKnown || registered < most) {
      return null;
    }
    return ("%,d different sets of steps have come with requests, and doundo.api.ad-hoc-definitions allows"
            + " no more. Put the values that differ into context and read them with {{name}}, so that the"
            + " steps stay the same; or create a workflow, and execute it.")
        .formatted(registered);
  }
}
