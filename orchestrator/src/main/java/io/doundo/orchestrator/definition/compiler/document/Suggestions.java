package io.doundo.orchestrator.definition.compiler.document;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Suggestions {

  private static final int LONGEST = 200;

  private Suggestions() {}

  /** The nearest of the candidates when the name is nearly it, but not the same. */
  public static Optional<String> nearest(String name, Collection<String> candidates) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    // Hyphens and underscores make no difference, up to a sensible number.
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    String foldedName = folded(name);
    for (String candidate : candidates) {
      String foldedCandidate = folded(candidate);
      int tolerance = tolerance(candidate);
      if (Math.abs(foldedName.length() - foldedCandidate.length()) > tolerance) {
        continue;
      }
      int distance = distance(foldedName, foldedCandidate);
      if (distance < bestDistance && distance <= tolerance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code , did you mean "x"?}, or nothing. */
  public static String didYouMean(String name, Collection<String> candidates) {
    return nearest(name, candidates).map(n -> ", did you mean \"" + n + "\"?").orElse("");
  }

  private static int tolerance(String candidate) {
    return candidate.length() <= 3 ? 0 : candidate.length() <= 6 ? 1 : 2;
  }

  /** Case, hyphens and underscores make no difference. */
  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Edits from one to the other: insert, delete, replace, or swap two neighbours. */
  private static int distance(String from, String to) {
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    Arrays.setAll(edits[0], i -> i);
    for (int i = 1; i <= from.length(); i++) {
      edits[i][0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replace = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        edits[i][j] =
            Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + replace);
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        if (swapped) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[from.length()][to.length()];
  }
}
