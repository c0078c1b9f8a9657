package io.doundo.launcher.cli;

import io.doundo.protocol.Json;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says why a command failed: one clear sentence on standard error, or with {@code --output json}
 * the problem details.
 */
public final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult arguments) throws Exception {
    if (!(exception instanceof CommandFailure failure)) {
      throw exception;
    }
    PrintWriter err = command.getErr();
    if (wantsJson(command)) {
      err.println(Json.MAPPER.writeValueAsString(problem(failure)));
    } else {
      err.println(Terminal.cleanLines(String.valueOf(failure.getMessage())));
    }
    return failure.exitCode();
  }

  private static boolean wantsJson(CommandLine command) {
    var option = command.getCommandSpec().findOption("--output");
    return option != null && option.getValue() == OutputOptions.Format.JSON;
  }

  private static JsonNode problem(CommandFailure failure) {
    JsonNode problem = failure.problem();
    if (problem != null && problem.isObject()) {
      return problem;
    }
    ObjectNode own = Json.MAPPER.createObjectNode();
    own.put("detail", String.valueOf(failure.getMessage()));
    return own;
  }
}
