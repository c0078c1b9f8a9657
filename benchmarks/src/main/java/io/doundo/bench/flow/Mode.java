package io.doundo.bench.flow;

import java.util.Locale;

/** The measured modes. Each product mode is compared with the limit of the same run. */
public enum Mode {
  /** A plain relay with the same hops, and no logic or state. */
  LIMIT("relay without logic, plain workers"),
  /** The orchestrator without its audit log, plain workers. */
  ENGINE("orchestrator, audit off, plain workers"),
  /** The orchestrator as it is set up by default, plain workers. */
  AUDIT("orchestrator, audit on, plain workers"),
  /** The orchestrator as it is set up by default, workers on the SDK with their fence in Redis. */
  FULL("orchestrator, audit on, SDK workers, Redis fence");

  private final String description;

  Mode(String description) {
    this.description = description;
  }

  public String description() {
    return description;
  }

  /** Whether commands are answered by the worker that serves the limit too. */
  public boolean hasPlainWorkers() {
    return this != FULL;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
