package io.doundo.launcher.demo;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.Terminal;
import io.doundo.launcher.demo.Evidence.StepState;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One run of the demo. Its flows have ids of their own, so that nothing an earlier run has left can
 * pass for theirs. Used once; a shutdown hook clears the stage on a thread of its own.
 */
final class DemoRun {

  private final String name;
  private final Stage stage;
  private final ServiceClient client;
  private final Books books;
  private final Screen screen;
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * Prepares a run.
   *
   * @param name begins its flows' ids
   */
  DemoRun(String name, Stage stage, URI service, Books books, Screen screen) {
    this.name = name;
    this.stage = stage;
    this.client = new ServiceClient(service, null);
    this.books = books;
    this.screen = screen;
  }

  int run() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop"));
    long begun = System.nanoTime();
    String failure = play();
    if (!stage.claimStop()) {
      // The shutdown hook is at work, and ends the JVM.
      new CountDownLatch(1).await();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    List<Outcome> found = new ArrayList<>();
    String problem = failure;
    try {
      for (Outcome outcome : outcomes) {
        found.add(again(outcome));
      }
    } catch (CommandFailure e) {
      problem = problem == null ? e.getMessage() : problem;
      found.addAll(outcomes.subList(found.size(), outcomes.size()));
    }
    if (!found.isEmpty()) {
      screen.line("");
      screen.lines(Summary.lines(found, screen.terminal()));
    }
    screen.line("");
    stage.clear();
    return conclude(found, problem, took);
  }

  /** Plays all scenarios; returns why it could not go on, or nothing. */
  private @Nullable String play() throws IOException, InterruptedException {
    try {
      stage.prepare(Scenarios.topics());
      for (Scenario scenario : Scenarios.ALL) {
        play(scenario);
      }
      return null;
    } catch (DemoFailure | CommandFailure e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void play(Scenario scenario) throws DemoFailure, IOException, InterruptedException {
    screen.line("");
    screen.line(
        screen
            .terminal()
            .bold(
                "%d of %d  %s"
                    .formatted(outcomes.size() + 1, Scenarios.ALL.size(), scenario.title())));
    screen.line(scenario.story());
    String beginning = name + "-" + scenario.key();
    Victim victim = null;
    String flowId = beginning;
    String step = scenario.killedAt();
    if (step != null) {
      victim = Victim.start(stage, beginning);
      screen.live("  waiting for its partitions");
      flowId = victim.flowIdFor(Topics.doTopic(scenario.orchestration(), step), beginning);
    }
    screen.line("Flow " + flowId);
    Evidence nothing = new Evidence("", "", List.of(), List.of(), List.of(), List.of(), "");
    outcomes.add(Outcome.of(scenario, flowId, nothing));
    String killed = new Performance(scenario, flowId, victim, stage, client, books, screen).play();
    outcomes.set(outcomes.size() - 1, Outcome.of(scenario, flowId, evidence(flowId, killed)));
  }

  /** Looks everything up again: what has happened since the flow ended counts as well. */
  private Outcome again(Outcome outcome) {
    return Outcome.of(
        outcome.scenario(),
        outcome.flowId(),
        evidence(outcome.flowId(), outcome.evidence().killed()));
  }

  private Evidence evidence(String flowId, String killed) {
    JsonNode flow = client.get("/api/flows/" + ServiceClient.segment(flowId));
    List<StepState> steps = new ArrayList<>();
    for (JsonNode step : flow.path("steps")) {
      steps.add(
          new StepState(
              step.path("name").asString(""),
              step.path("status").asString(""),
              step.path("attempts").asInt(0)));
    }
    List<AuditEntry> audit = new ArrayList<>();
    for (JsonNode entry :
        client.get("/api/flows/" + ServiceClient.segment(flowId) + "/timeline").path("events")) {
      audit.add(AuditEntry.of(entry));
    }
    return new Evidence(
        flow.path("status").asString(""),
        flow.path("reason").asString(""),
        steps,
        audit,
        books.effects(flowId),
        books.things(flowId),
        killed);
  }

  private int conclude(List<Outcome> found, @Nullable String problem, Duration took) {
    Terminal terminal = screen.terminal();
    long broken = found.stream().filter(outcome -> !outcome.verdict().isKept()).count();
    if (problem != null) {
      screen.line(terminal.red("The demo did not finish: " + problem));
      return ExitCodes.REFUSED;
    }
    if (broken > 0) {
      screen.line(
          terminal.red(
              "%d of %d flows did not leave what was expected.".formatted(broken, found.size())));
      return ExitCodes.REFUSED;
    }
    screen.line(
        terminal.green(
            "All %d flows left exactly what was expected, after %d s."
                .formatted(found.size(), took.toSeconds())));
    screen.line(
        stage.outlivesDemo()
            ? "Look at one of them: ./doundo show " + found.get(found.size() - 1).flowId()
            : "The demo has stopped its processes. Run ./doundo dev to start them again with the same flows.");
    return ExitCodes.OK;
  }

  private void stopOnSignal() {
    if (!stage.claimStop()) {
      return;
    }
    try {
      screen.line("");
      stage.clear();
      screen.line("Demo stopped before it finished.");
    } catch (IOException e) {
      System.err.println("Cannot clean up: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
