package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.RetryPolicy.Strategy;
import io.doundo.orchestrator.definition.compiler.Located.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The retry settings of a document; null where it is silent. The defaults are filled in by {@link
 * #policy}, because they depend on where the step stands in the graph.
 */
record RetryDraft(
    @Nullable Integer maxAttempts,
    @Nullable Strategy strategy,
    @Nullable Duration delay,
    @Nullable Duration maxDelay,
    @Nullable Double jitter,
    List<String> retryOn,
    List<String> abortOn) {

  static final Set<String> FIELDS =
      Set.of("maxAttempts", "strategy", "delay", "maxDelay", "jitter", "retryOn", "abortOn");

  static final int MOST_ATTEMPTS = 100_000;

  private static final Duration DAY = Duration.ofHours(24);
  private static final int MAX_PATTERNS = 20;
  private static final int MAX_PATTERN_LENGTH = 250;

  /** Says nothing. */
  static final RetryDraft SILENT =
      new RetryDraft(null, null, null, null, null, List.of(), List.of());

  static RetryDraft read(@Nullable Fields fields) {
    if (fields == null) {
      return SILENT;
    }
    fields.refuseUnknown(FIELDS);
    Duration delay = fields.duration("delay", Duration.ZERO);
    Duration maxDelay = fields.duration("maxDelay", Duration.ZERO);
    if (delay != null && maxDelay != null && maxDelay.compareTo(delay) < 0) {
      fields.problem("maxDelay", "must not be shorter than delay");
    }
    return new RetryDraft(
        fields.integer("maxAttempts", 1, MOST_ATTEMPTS),
        fields.constant("strategy", Strategy.class),
        delay,
        maxDelay,
        fields.fraction("jitter"),
        patterns(fields, "retryOn"),
        patterns(fields, "abortOn"));
  }

  RetryDraft withMaxAttempts(int attempts) {
    return new RetryDraft(attempts, strategy, delay, maxDelay, jitter, retryOn, abortOn);
  }

  /** The policy: what the document says over the default of the step's place. */
  RetryPolicy policy(RetryPolicy standard) {
    Strategy actualStrategy = strategy == null ? standard.strategy() : strategy;
    Duration actualDelay = delay != null ? delay : shorter(standard.delay(), maxDelay);
    Duration actualMax = maxDelay != null ? maxDelay : longer(standard.maxDelay(), actualDelay);
    return new RetryPolicy(
        maxAttempts != null
            ? maxAttempts
            : attempts(standard, actualStrategy, actualDelay, actualMax),
        actualStrategy,
        actualDelay,
        actualMax,
        jitter == null ? standard.jitter() : jitter,
        retryOn,
        abortOn);
  }

  /** A default that lasts a day still does when the document changes only the delays. */
  private static int attempts(
      RetryPolicy standard, Strategy strategy, Duration delay, Duration maxDelay) {
    boolean unchanged =
        strategy == standard.strategy()
            && delay.equals(standard.delay())
            && maxDelay.equals(standard.maxDelay());
    if (unchanged || standard.maxAttempts() < RetryPolicy.ATTEMPTS_OF_A_DAY) {
      return standard.maxAttempts();
    }
    if (strategy == Strategy.NONE || delay.isZero()) {
      return RetryPolicy.DEFAULT_DO.maxAttempts();
    }
    long total = 0;
    int attempts = 1;
    while (total < DAY.toMillis() && attempts < MOST_ATTEMPTS) {
      total += Math.max(1, nthDelay(strategy, delay.toMillis(), maxDelay.toMillis(), attempts));
      attempts++;
    }
    return attempts;
  }

  private static long nthDelay(Strategy strategy, long delay, long maxDelay, int n) {
    double grown =
        switch (strategy) {
          case NONE -> 0;
          case FIXED -> delay;
          case LINEAR -> (double) delay * n;
          case EXPONENTIAL -> delay * Math.pow(2, n - 1);
        };
    return (long) Math.min(grown, (double) maxDelay);
  }

  private static List<String> patterns(Fields fields, String name) {
    List<Scalar> texts = fields.texts(name, MAX_PATTERNS, MAX_PATTERN_LENGTH);
    if (texts == null) {
      return List.of();
    }
    List<String> patterns = new ArrayList<>();
    for (Scalar text : texts) {
      String refusal = ErrorPatterns.refuse(text.text());
      if (refusal == null) {
        patterns.add(text.text());
      } else {
        fields.problem(name, '"' + text.text() + "\" " + refusal);
      }
    }
    return patterns;
  }

  private static Duration shorter(Duration standard, @Nullable Duration bound) {
    return bound != null && bound.compareTo(standard) < 0 ? bound : standard;
  }

  private static Duration longer(Duration standard, Duration bound) {
    return bound.compareTo(standard) > 0 ? bound : standard;
  }
}
