package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.FlowText;
import io.doundo.launcher.cli.text.TimelineText;
import io.doundo.launcher.text.Terminal;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo watch}. */
@Command(
    name = "watch",
    description = {
      "Follow a flow from its start until it ends or parks.",
      "On a terminal its steps are redrawn, with the reason why it waits; elsewhere, and with --log,"
          + " each entry of its timeline is a line."
    },
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Option(names = "--log", description = "On a terminal: print the timeline, and redraw nothing.")
  private boolean log;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws InterruptedException {
    boolean isDrawn = output.terminal().isInteractive() && !output.isJson() && !log;
    FlowFollower follower = new FlowFollower(options.client(), flowId, output);
    String status = isDrawn ? follower.draw() : follower.follow();
    if (!output.isJson()) {
      output.line(
          output.terminal().bold(Terminal.clean(flowId))
              + " is "
              + output.terminal().status(status));
    }
    return FlowText.exitCode(status);
  }

  /**
   * Prints what happens to one flow, each entry once, until nothing more happens without an
   * operator. It reads the event stream; if that is interrupted or unavailable, it reads the
   * timeline again. A service that goes away for a while is waited for. Used once, by one thread.
   */
  private static final class FlowFollower {

    private static final String DATA = "data:";
    private static final long PAUSE_MILLIS = 500;
    private static final long SHORT_PAUSE_MILLIS = 100;
    private static final long DRAW_MILLIS = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A flow may be seen ended a moment before its last entry is committed. */
    private static final int LOOKS_AFTER_THE_END = 10;

    private final ServiceClient client;
    private final String flowId;
    private final OutputOptions output;
    private int lastTransition;
    private String lastStatus = "";

    FlowFollower(ServiceClient client, String flowId, OutputOptions output) {
      this.client = client;
      this.flowId = flowId;
      this.output = output;
    }

    /** Returns the status in which the flow rests. */
    String follow() throws InterruptedException {
      String status = look();
      long lostAt = 0;
      int looks = 0;
      while (true) {
        boolean rests = FlowText.isTerminal(status) || status.equals("PARKED");
        if (rests && (lastStatus.equals(status) || ++looks > LOOKS_AFTER_THE_END)) {
          return status;
        }
        try {
          if (!rests) {
            stream();
          }
          TimeUnit.MILLISECONDS.sleep(rests ? SHORT_PAUSE_MILLIS : PAUSE_MILLIS);
          status = look();
          lostAt = 0;
        } catch (CommandFailure e) {
          lostAt = stillPatient(lostAt, e);
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      }
    }

    /** Redraws the flow until it rests; returns the status in which it does. */
    String draw() throws InterruptedException {
      long lostAt = 0;
      boolean isFirst = true;
      while (true) {
        try {
          JsonNode flow = client.flow(flowId);
          String status = flow.path("status").asString("");
          List<String> screen =
              new ArrayList<>(FlowText.lines(flow, output.terminal(), Instant.now()));
          if (!FlowText.isTerminal(status)) {
            screen.add("");
            screen.add("  " + why());
          }
          output.line(Terminal.CLEAR_SCREEN);
          output.lines(screen);
          if (FlowText.isTerminal(status) || status.equals("PARKED")) {
            return status;
          }
          isFirst = false;
          lostAt = 0;
        } catch (CommandFailure e) {
          if (isFirst) {
            throw e;
          }
          lostAt = stillPatient(lostAt, e);
        }
        TimeUnit.MILLISECONDS.sleep(DRAW_MILLIS);
      }
    }

    /** Why the flow does not move, as far as the service says so in time. */
    private String why() {
      try {
        JsonNode why = client.get(ServiceClient.flowPath(flowId, "/why"));
        return output.terminal().bold(Terminal.clean(why.path("headline").asString("")));
      } catch (CommandFailure e) {
        if (e.exitCode() == ExitCodes.UNREACHABLE) {
          throw e;
        }
        return "The reason why the flow waits cannot be looked up: "
            + Terminal.clean(String.valueOf(e.getMessage()));
      }
    }

    /** Asks for the flow and the timeline; fails like any command when the flow is not known. */
    private String look() {
      String status = client.flow(flowId).path("status").asString("");
      printNew(client.timeline(flowId).path("events"));
      return status;
    }

    private long stillPatient(long lostAt, CommandFailure failure) {
      if (failure.exitCode() != ExitCodes.UNREACHABLE) {
        throw failure;
      }
      if (lostAt == 0) {
        output.note("The service is unreachable or not ready; waiting for it.");
        return System.nanoTime();
      }
      if (System.nanoTime() - lostAt > PATIENCE.toNanos()) {
        throw failure;
      }
      return lostAt;
    }

    private void stream() {
      try (Stream<String> lines =
          client.events(ServiceClient.flowPath(flowId, "/events"), lastTransition)) {
        Iterator<String> each = lines.filter(line -> line.startsWith(DATA)).iterator();
        while (!lastStatus.equals("PARKED") && each.hasNext()) {
          printNew(ServiceJson.MAPPER.readTree(each.next().substring(DATA.length())));
        }
      } catch (UncheckedIOException e) {
        output.note("The event stream was interrupted; reconnecting.");
      }
    }

    /** Prints the entries of later transitions than the last; one transition may have several. */
    private void printNew(JsonNode entries) {
      int printed = lastTransition;
      List<JsonNode> fresh = new ArrayList<>();
      for (JsonNode entry : entries) {
        int transition = entry.path("transition").asInt(0);
        if (transition > printed) {
          lastTransition = Math.max(lastTransition, transition);
          lastStatus = entry.path("status").asString("");
          fresh.add(entry);
        }
      }
      if (output.isJson()) {
        fresh.forEach(output::json);
      } else {
        // Many at once are what happened before this command began to watch.
        output.lines(new TimelineText(fresh, output.terminal()).folded());
      }
    }
  }
}
