package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes a retry policy. */
final class RetryWriter {

  private static final Set<String> FIELDS =
      Set.of(
          "maxAttempts",
          "strategy",
          "initialDelay",
          "maxDelay",
          "backoffMultiplier",
          "retryableErrors");

  private enum Strategy {
    LINEAR,
    EXPONENTIAL,
    FIXED,
    NONE
  }

  private RetryWriter() {}

  static Mapping write(Node policy) {
    policy.warnOfOthers(FIELDS);
    Tree retry = new Tree(policy.mapping());
    Strategy strategy =
        policy.has("strategy") ? policy.word("strategy", Strategy.class) : Strategy.EXPONENTIAL;
    Located at = policy.value("strategy");
    if (strategy != null && at != null) {
      retry.text("strategy", at, strategy.name().toLowerCase(Locale.ROOT));
    }
    retry.put("maxAttempts", policy.value("maxAttempts"));
    duration(policy, "initialDelay", "delay", retry);
    duration(policy, "maxDelay", "maxDelay", retry);
    if (strategy == Strategy.EXPONENTIAL) {
      // With the others it counts for nothing there either.
      retry.put("factor", policy.value("backoffMultiplier"));
    }
    List<Scalar> errors = policy.texts("retryableErrors");
    Located list = policy.value("retryableErrors");
    if (!errors.isEmpty() && list != null) {
      retry.put(
          "retryOn",
          Tree.list(
              list, errors.stream().map(error -> Tree.text(error, quoted(error.text()))).toList()));
    }
    return retry.build();
  }

  private static void duration(Node policy, String theirs, String ours, Tree retry) {
    Long ms = policy.number(theirs);
    Located at = policy.value(theirs);
    if (ms != null && at != null) {
      retry.text(ours, at, ms + "ms");
    }
  }

  /** A text as a regular expression that finds it. */
  private static String quoted(String text) {
    return text.replaceAll("[^A-Za-z0-9 _]", "\\\\$0");
  }
}
