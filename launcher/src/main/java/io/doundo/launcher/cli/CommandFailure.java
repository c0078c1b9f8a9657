package io.doundo.launcher.cli;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Ends a command with an exit code and a sentence for a person. */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final transient @Nullable JsonNode problem;

  public CommandFailure(int exitCode, String message) {
    this(exitCode, message, null, null);
  }

  /**
   * @param problem the problem details of the service, for scripts
   */
  public CommandFailure(
      int exitCode, String message, @Nullable JsonNode problem, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.problem = problem;
  }

  public int exitCode() {
    return exitCode;
  }

  public @Nullable JsonNode problem() {
    return problem;
  }

  /** The kind of problem that the service named; empty when it named none. */
  public String problemType() {
    return problem == null ? "" : problem.path("type").asString("");
  }
}
