package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with the arguments of a command, what was probably meant, and where to look.
 */
public final class UsageReport implements IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(Terminal.cleanLines(String.valueOf(exception.getMessage())));
    UnmatchedArgumentException.printSuggestions(exception, err);
    err.println(
        "See its options with: %s%s --help"
            .formatted(
                Shell.command(),
                command.getCommandSpec().qualifiedName().replaceFirst("^doundo", "")));
    return ExitCodes.USAGE;
  }
}
