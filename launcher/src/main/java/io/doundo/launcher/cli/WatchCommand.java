package io.doundo.launcher.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code doundo watch}. */
@Command(
    name = "watch",
    description = "Follow a flow from its start until it ends or parks.",
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws InterruptedException {
    String status = new FlowFollower(options.client(), flowId, output).follow();
    if (!output.isJson()) {
      output.line(
          output.terminal().bold(Terminal.clean(flowId))
              + " is "
              + output.terminal().status(status));
    }
    return FlowText.exitCode(status);
  }
}
