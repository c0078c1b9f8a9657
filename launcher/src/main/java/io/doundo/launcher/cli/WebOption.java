package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Opens the page of the console in place of printing. */
public final class WebOption {

  @Option(names = "--web", description = "Open the page of the console in the browser instead.")
  private boolean wanted;

  public boolean isWanted() {
    return wanted;
  }

  /** Opens a page of the console; returns the exit code. */
  public int open(ServiceOptions options, String page, OutputOptions output) {
    return open(options.url().replaceAll("/+$", "") + page, output);
  }

  /**
   * Prints the address, which is all that a machine without a browser can do, and opens it where a
   * person sits at a terminal.
   */
  public static int open(String address, OutputOptions output) {
    output.line(Terminal.clean(address));
    if (output.terminal().isInteractive()) {
      try {
        Process unused =
            new ProcessBuilder(opener(), address)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
      } catch (IOException e) {
        output.note("No browser could be started; open the address by hand.");
      }
    }
    return ExitCodes.OK;
  }

  private static String opener() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return system.startsWith("mac") ? "open" : "xdg-open";
  }

  /** The page of a flow; one that stands in a path only with difficulty stands in the query. */
  public static String flowPage(String flowId) {
    return "/flows/" + ServiceClient.segment(flowId);
  }

  /** The pages that {@code open} knows, for its help. */
  public static final List<String> PAGES =
      List.of(
          "overview",
          "flows",
          "incidents",
          "tasks",
          "orchestrations",
          "dead-letters",
          "jobs",
          "schedules",
          "breakers",
          "notifications");
}
