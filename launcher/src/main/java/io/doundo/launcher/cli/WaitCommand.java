package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.FlowText;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import io.doundo.orchestrator.definition.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo wait}: for scripts, which want an exit code and no log. */
@Command(
    name = "wait",
    description = {
      "Wait until a flow has ended, or until it is parked.",
      "With --for=end, keep waiting while the flow is parked: an operator may repair it."
    },
    mixinStandardHelpOptions = true)
public final class WaitCommand implements Callable<Integer> {

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** What is waited for. */
  enum Goal {
    END,
    PARKED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Option(
      names = "--for",
      paramLabel = "STATE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "end")
  private Goal goal = Goal.END;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Give up after this time (default: ${DEFAULT-VALUE}).",
      defaultValue = "30s")
  private String timeout = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws InterruptedException {
    Duration longest = Durations.parse(timeout);
    if (longest == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--timeout must be a time such as 30s or 5m, but is \"" + timeout + "\".");
    }
    ServiceClient client = options.client();
    long begin = System.nanoTime();
    long pause = FIRST_PAUSE_MILLIS;
    JsonNode flow = client.flow(flowId);
    while (!isReached(status(flow))) {
      long left = longest.toMillis() - Duration.ofNanos(System.nanoTime() - begin).toMillis();
      if (left <= 0) {
        throw new CommandFailure(
            ExitCodes.NOT_YET,
            "%s is %s after %s of waiting. See why with: %s"
                .formatted(
                    Terminal.clean(flowId),
                    status(flow),
                    TimeText.duration(longest.toMillis()),
                    options.hint("why", flowId)));
      }
      TimeUnit.MILLISECONDS.sleep(Math.min(pause, left));
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
      flow = again(client, flow, begin, longest);
    }
    print(flow);
    return exitCode(status(flow));
  }

  private static String status(JsonNode flow) {
    return flow.path("status").asString("");
  }

  /** A service that goes away for a while is waited for. */
  private JsonNode again(ServiceClient client, JsonNode last, long begin, Duration longest) {
    try {
      return client.flow(flowId);
    } catch (CommandFailure e) {
      boolean isOver = System.nanoTime() - begin >= longest.toNanos();
      if (e.exitCode() != ExitCodes.UNREACHABLE || isOver) {
        throw e;
      }
      return last;
    }
  }

  private boolean isReached(@Nullable String status) {
    return status != null
        && (FlowText.isTerminal(status) || (goal == Goal.PARKED && status.equals("PARKED")));
  }

  private int exitCode(String status) {
    if (goal == Goal.PARKED) {
      return status.equals("PARKED") ? ExitCodes.OK : ExitCodes.NOT_COMPLETED;
    }
    return FlowText.exitCode(status);
  }

  private void print(JsonNode flow) {
    if (output.isJson()) {
      output.json(flow);
    } else {
      output.line(
          output.terminal().bold(Terminal.clean(flowId))
              + " is "
              + output.terminal().status(Terminal.clean(status(flow))));
    }
  }
}
