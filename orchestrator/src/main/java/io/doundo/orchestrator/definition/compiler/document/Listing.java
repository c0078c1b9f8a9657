package io.doundo.orchestrator.definition.compiler.document;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Lists names in a sentence: the first few of them, and how many more there are. */
public final class Listing {

  private static final int MOST = 5;

  private Listing() {}

  /** {@code "a", "b" and 3 more}. */
  public static String quoted(List<String> names) {
    String listed =
        names.stream().limit(MOST).map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    return names.size() <= MOST ? listed : listed + " and " + (names.size() - MOST) + " more";
  }

  /** {@code a -> b -> a}; of a long way, its begin and its end. */
  public static String path(List<String> names) {
    if (names.size() <= 2 * MOST) {
      return String.join(" -> ", names);
    }
    List<String> ends = new ArrayList<>(names.subList(0, MOST));
    ends.add("… " + (names.size() - 2 * MOST) + " more …");
    ends.addAll(names.subList(names.size() - MOST, names.size()));
    return String.join(" -> ", ends);
  }
}
