package io.doundo.launcher.process;

import java.util.ArrayList;
import java.util.List;

/** The options of an orchestrator's JVM. */
public final class JvmOptions {

  private static final String EXTRA = "DOUNDO_JAVA_OPTS";

  private JvmOptions() {}

  /** The usual ones, and behind them those of the environment variable, which win. */
  public static List<String> ofOrchestrator(List<String> usual) {
    List<String> options = new ArrayList<>(usual);
    String extra = System.getenv(EXTRA);
    if (extra != null && !extra.isBlank()) {
      options.addAll(List.of(extra.strip().split("\\s+")));
    }
    return options;
  }
}
