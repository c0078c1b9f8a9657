package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says why a command failed: one clear sentence on standard error, or with {@code --output json}
 * the problem details. Unexpected exceptions are reported as internal errors; their stack traces
 * are printed on request.
 */
public final class FailureReport implements IExecutionExceptionHandler {

  /** The environment variable that asks for stack traces. */
  static final String STACK_TRACES = "DOUNDO_STACK_TRACES";

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult arguments) {
    CommandFailure failure =
        exception instanceof CommandFailure expected
            ? expected
            : exception instanceof IOException failed
                ? inputOrOutput(failed)
                : unforeseen(exception);
    PrintWriter err = command.getErr();
    if (wantsJson(command)) {
      err.println(ServiceJson.MAPPER.writeValueAsString(problem(failure)));
    } else {
      err.println(Terminal.cleanLines(String.valueOf(failure.getMessage())));
    }
    if (failure.exitCode() == ExitCodes.DEFECT && System.getenv(STACK_TRACES) != null) {
      exception.printStackTrace(err);
    }
    return failure.exitCode();
  }

  private static CommandFailure inputOrOutput(IOException failed) {
    return new CommandFailure(
        ExitCodes.REFUSED,
        "I/O error: %s: %s".formatted(failed.getClass().getSimpleName(), failed.getMessage()),
        null,
        failed);
  }

  /** An unexpected failure, including errors of the virtual machine. */
  public static CommandFailure unforeseen(Throwable cause) {
    String message = cause.getMessage();
    return new CommandFailure(
        ExitCodes.DEFECT,
        "Internal error: %s%s. Set %s=1 in the environment to print the stack trace."
            .formatted(
                cause.getClass().getSimpleName(),
                message == null ? "" : ": " + message,
                STACK_TRACES),
        null,
        cause);
  }

  private static boolean wantsJson(CommandLine command) {
    var option = command.getCommandSpec().findOption("--output");
    return option != null
        && option.getValue() instanceof OutputOptions.Format format
        && format.isJson();
  }

  private static JsonNode problem(CommandFailure failure) {
    JsonNode problem = failure.problem();
    if (problem != null && problem.isObject()) {
      return problem;
    }
    ObjectNode own = ServiceJson.MAPPER.createObjectNode();
    own.put("detail", String.valueOf(failure.getMessage()));
    return own;
  }
}
