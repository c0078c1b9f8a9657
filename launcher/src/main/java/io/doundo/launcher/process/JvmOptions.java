package io.doundo.launcher.process;

import java.util.ArrayList;
import java.util.List;

/** The options of the JVMs of an installation: broker, orchestrator and workers. */
public final class JvmOptions {

  private static final String EXTRA = "DOUNDO_JAVA_OPTS";

  private JvmOptions() {}

  /** Of a broker, which is small and must be up soon. */
  public static List<String> ofBroker(String heap) {
    List<String> options = new ArrayList<>(quickStart(heap));
    options.add("-Dlogback.configurationFile=logback-broker.xml");
    return options;
  }

  /** Of worker processes, which are small and must be up soon. */
  public static List<String> ofWorkers() {
    return quickStart("192m");
  }

  /** Of another service that is small and must be up soon. */
  public static List<String> ofService(String heap) {
    return quickStart(heap);
  }

  /** Of an orchestrator, and behind them those of the environment variable, which win. */
  public static List<String> ofOrchestrator() {
    List<String> options =
        new ArrayList<>(List.of("-Xmx512m", "-XX:+UseParallelGC", "-Xshare:auto"));
    String extra = System.getenv(EXTRA);
    if (extra != null && !extra.isBlank()) {
      options.addAll(List.of(extra.strip().split("\\s+")));
    }
    return options;
  }

  private static List<String> quickStart(String heap) {
    return List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
  }
}
