package io.doundo.bench.flow;

import java.util.List;
import java.util.stream.Stream;

/** The topics of the limit: those of an installation under another prefix, and one for ends. */
public final class LimitTopics {

  static final String START = "limit.execution.start";
  public static final String RESPONSE = "limit.response.result";
  static final String END = "limit.end";

  private LimitTopics() {}

  static String command(String hop) {
    return "limit." + hop;
  }

  /** The command topics of these scenarios. */
  public static List<String> commands(List<Scenario> scenarios) {
    return scenarios.stream()
        .flatMap(scenario -> scenario.hops().stream())
        .distinct()
        .map(LimitTopics::command)
        .toList();
  }

  public static List<String> all(List<Scenario> scenarios) {
    return Stream.concat(Stream.of(START, RESPONSE, END), commands(scenarios).stream()).toList();
  }
}
