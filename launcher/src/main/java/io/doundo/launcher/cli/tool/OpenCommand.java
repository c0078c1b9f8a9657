package io.doundo.launcher.cli.tool;

import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.WebOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code doundo open}. */
@Command(
    name = "open",
    description = "Open the console in the browser, or the page of a flow; prints the address.",
    mixinStandardHelpOptions = true)
public final class OpenCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PAGE|FLOW",
      arity = "0..1",
      description =
          "overview, flows, incidents, tasks, orchestrations, dead-letters, jobs, schedules,"
              + " breakers, notifications, or the id of a flow.")
  private @Nullable String page;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    String root = options.url().replaceAll("/+$", "");
    if (page == null || page.equals("overview")) {
      return WebOption.open(root + '/', output);
    }
    return WebOption.open(
        root + (WebOption.PAGES.contains(page) ? '/' + page : WebOption.flowPage(page)), output);
  }
}
