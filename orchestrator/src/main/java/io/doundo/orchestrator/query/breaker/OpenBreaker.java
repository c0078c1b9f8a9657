package io.doundo.orchestrator.query.breaker;

import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A breaker that has not been closed for more than {@link BreakerState#LONG_OPEN}: an incident of
 * the service behind it.
 *
 * @param openSince when it was closed for the last time
 * @param until when it tries the service again; null while it does
 * @param why why it opened last, or null
 * @param by who forced it open, or null
 * @param held how many steps it holds
 */
public record OpenBreaker(
    String name,
    BreakerPhase state,
    Instant openSince,
    @Nullable Instant until,
    @Nullable String why,
    @Nullable String by,
    int held) {

  /**
   * Those of the breakers that are incidents, the one first that has been open the longest.
   *
   * @param now by the orchestrator's clock
   */
  public static List<OpenBreaker> forLong(Collection<BreakerState> breakers, Instant now) {
    return breakers.stream()
        .filter(state -> state.isOpenForLong(now))
        .map(BreakerView::of)
        .map(OpenBreaker::of)
        .sorted(Comparator.comparing(OpenBreaker::openSince).thenComparing(OpenBreaker::name))
        .toList();
  }

  private static OpenBreaker of(BreakerView breaker) {
    return new OpenBreaker(
        breaker.name(),
        breaker.state(),
        Objects.requireNonNull(breaker.openSince()),
        breaker.until(),
        breaker.why(),
        breaker.by(),
        breaker.held());
  }
}
