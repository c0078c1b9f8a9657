package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.RetryPolicy.Strategy;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
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
    @Nullable Double factor,
    @Nullable Duration maxDelay,
    @Nullable Double jitter,
    List<String> retryOn,
    List<String> abortOn) {

  static final Set<String> FIELDS =
      Set.of(
          "maxAttempts", "strategy", "delay", "factor", "maxDelay", "jitter", "retryOn", "abortOn");

  static final int MOST_ATTEMPTS = 100_000;

  private static final Duration DAY = Duration.ofHours(24);
  private static final int MAX_FACTOR = 100;
  private static final int MAX_PATTERNS = 20;
  private static final int MAX_PATTERN_LENGTH = 250;

  /** Says nothing. */
  static final RetryDraft SILENT =
      new RetryDraft(null, null, null, null, null, null, List.of(), List.of());

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
    Strategy strategy = fields.constant("strategy", Strategy.class);
    Double factor = fields.number("factor", 1, MAX_FACTOR);
    if (factor != null && strategy != null && strategy != Strategy.EXPONENTIAL) {
      fields.problem("factor", "counts with strategy: exponential only; leave it out");
    }
    return new RetryDraft(
        fields.integer("maxAttempts", 1, MOST_ATTEMPTS),
        strategy,
        delay,
        factor,
        maxDelay,
        fields.number("jitter", 0, 1),
        patterns(fields, "retryOn"),
        patterns(fields, "abortOn"));
  }

  RetryDraft withMaxAttempts(int attempts) {
    return new RetryDraft(attempts, strategy, delay, factor, maxDelay, jitter, retryOn, abortOn);
  }

  /** The policy: what the document says over the default of the step's place. */
  RetryPolicy policy(RetryPolicy standard) {
    Duration actualDelay = delay != null ? delay : shorter(standard.delay(), maxDelay);
    RetryPolicy asked =
        new RetryPolicy(
            standard.maxAttempts(),
            strategy == null ? standard.strategy() : strategy,
            actualDelay,
            factor == null ? standard.factor() : factor,
            maxDelay != null ? maxDelay : longer(standard.maxDelay(), actualDelay),
            jitter == null ? standard.jitter() : jitter,
            retryOn,
            abortOn);
    return asked.withMaxAttempts(maxAttempts != null ? maxAttempts : attempts(standard, asked));
  }

  /** A default that lasts a day still does when the document changes only the delays. */
  private static int attempts(RetryPolicy standard, RetryPolicy asked) {
    boolean unchanged =
        asked.strategy() == standard.strategy()
            && asked.delay().equals(standard.delay())
            && asked.factor() == standard.factor()
            && asked.maxDelay().equals(standard.maxDelay());
    if (unchanged || standard.maxAttempts() < RetryPolicy.ATTEMPTS_OF_A_DAY) {
      return standard.maxAttempts();
    }
    if (asked.strategy() == Strategy.NONE || asked.delay().isZero()) {
      return RetryPolicy.DEFAULT_DO.maxAttempts();
    }
    long total = 0;
    int attempts = 1;
    while (total < DAY.toMillis() && attempts < MOST_ATTEMPTS) {
      total += Math.max(1, asked.delayMs(attempts));
      attempts++;
    }
    return attempts;
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
