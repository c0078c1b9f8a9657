package io.doundo.launcher.cli.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Lists of names, and numbers of things, in a sentence. */
public final class ListText {

  private static final int FEW = 3;

  private ListText() {}

  public static String all(JsonNode names) {
    return String.join(", ", list(names));
  }

  /** The first of them, and how many more there are. */
  public static String few(JsonNode names) {
    List<String> list = list(names);
    return list.size() <= FEW + 1
        ? String.join(", ", list)
        : "%s and %d more".formatted(String.join(", ", list.subList(0, FEW)), list.size() - FEW);
  }

  /** {@code 1 step}, {@code 2 steps}. */
  public static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static List<String> list(JsonNode names) {
    return StreamSupport.stream(names.spliterator(), false)
        .map(JsonNode::asString)
        .collect(Collectors.toList());
  }
}
