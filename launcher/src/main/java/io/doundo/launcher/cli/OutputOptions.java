package io.doundo.launcher.cli;

import io.doundo.launcher.text.Terminal;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;

/** The output of a command: text for people, or JSON for scripts, one document per line. */
final class OutputOptions {

  /** The two forms of output. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "text")
  private Format format = Format.TEXT;

  private final Terminal terminal = Terminal.ofThisProcess();

  boolean isJson() {
    return format == Format.JSON;
  }

  Terminal terminal() {
    return terminal;
  }

  void line(String text) {
    out().println(text);
  }

  void lines(Iterable<String> lines) {
    lines.forEach(out()::println);
  }

  /** Beside the result: on standard error, so that scripts need not filter it out. */
  void note(String text) {
    err().println(text);
  }

  /** Where questions are asked, so that a redirected result holds the result only. */
  PrintWriter err() {
    return command.commandLine().getErr();
  }

  void json(JsonNode json) {
    out().println(ServiceJson.MAPPER.writeValueAsString(json));
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
