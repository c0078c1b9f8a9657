package io.doundo.spec;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The result of TLC for one model.
 *
 * @param exitCode 0 when the model holds, 11 after a deadlock, 12 or 13 when a property is
 *     violated, else TLC gave up
 * @param output everything that TLC printed
 */
record ModelCheckResult(int exitCode, String output) {

  private static final int DEADLOCK_REACHED = 11;
  private static final int SAFETY_VIOLATED = 12;
  private static final int LIVENESS_VIOLATED = 13;

  private static final Pattern VIOLATED =
      Pattern.compile("(?m)^Error: (?:Invariant|Action property) (\\w+) is violated\\.$");
  private static final String TEMPORAL = "Temporal properties were violated.";
  private static final String DEADLOCK = "Deadlock reached.";
  private static final Pattern STATES =
      Pattern.compile("(?m)^([\\d,]+) states generated, ([\\d,]+) distinct states found");
  private static final Pattern DEPTH =
      Pattern.compile("The depth of the complete state graph search is (\\d+)");
  private static final Pattern TRACE = Pattern.compile("(?m)^State (\\d+): ");

  /** Whether TLC explored every state and found no violation. */
  boolean holds() {
    return exitCode == 0 && output.contains("Model checking completed. No error has been found.");
  }

  /** Whether TLC found a counterexample, as opposed to an error in the model's text. */
  boolean refuted() {
    return exitCode == DEADLOCK_REACHED
        || exitCode == SAFETY_VIOLATED
        || exitCode == LIVENESS_VIOLATED;
  }

  /**
   * The violated property; {@code NoDeadlock} after a deadlock.
   *
   * @param temporal the only temporal property of the model, which TLC does not name
   */
  String violated(String temporal) {
    List<String> named =
        VIOLATED.matcher(output).results().map(property -> property.group(1)).toList();
    if (!named.isEmpty()) {
      return named.get(0);
    }
    if (output.contains(TEMPORAL)) {
      return temporal;
    }
    return output.contains(DEADLOCK) ? "NoDeadlock" : "nothing";
  }

  /** How much was explored, for the reader of the build's output. */
  String figures() {
    MatchResult states = last(STATES);
    MatchResult depth = last(DEPTH);
    MatchResult trace = last(TRACE);
    StringBuilder figures = new StringBuilder();
    if (states != null) {
      figures.append(states.group(2)).append(" states, ");
      figures.append(states.group(1)).append(" generated");
    }
    if (depth != null) {
      figures.append(", depth ").append(depth.group(1));
    }
    if (trace != null) {
      figures.append(", counterexample of ").append(trace.group(1)).append(" states");
    }
    return figures.toString();
  }

  private @Nullable MatchResult last(Pattern pattern) {
    return pattern.matcher(output).results().reduce((first, second) -> second).orElse(null);
  }
}
