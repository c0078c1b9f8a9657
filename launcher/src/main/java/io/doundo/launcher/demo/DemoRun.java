package io.doundo.launcher.demo;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.ObservedFlow.ObservedStep;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One run of the demo. Its flows have unique ids, so that leftovers of an earlier run cannot pass
 * for theirs. Used once; a shutdown hook cleans up on its own thread.
 */
final class DemoRun {

  private final String name;
  private final DemoEnvironment environment;
  private final ServiceClient client;
  private final WorkerRecords workerRecords;
  private final Screen screen;
  private final List<ScenarioResult> outcomes = new ArrayList<>();

  /**
   * Prepares a run.
   *
   * @param name begins its flows' ids
   */
  DemoRun(
      String name,
      DemoEnvironment environment,
      URI service,
      WorkerRecords workerRecords,
      Screen screen) {
    this.name = name;
    this.environment = environment;
    this.client = new ServiceClient(service, null);
    this.workerRecords = workerRecords;
    this.screen = screen;
  }

  int run() throws IOException, InterruptedException {
    environment.stopOnSignals();
    long begun = System.nanoTime();
    String failure = runScenarios();
    environment.claimStop();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    List<ScenarioResult> found = new ArrayList<>();
    String problem = failure;
    try {
      for (ScenarioResult outcome : outcomes) {
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
    environment.clear();
    return conclude(found, problem, took);
  }

  /** Runs all scenarios; returns why it could not go on, or nothing. */
  private @Nullable String runScenarios() throws IOException, InterruptedException {
    try {
      environment.prepare(DemoScenarios.topics());
      for (DemoScenario scenario : DemoScenarios.ALL) {
        runScenario(scenario);
      }
      return null;
    } catch (DemoFailure | CommandFailure e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void runScenario(DemoScenario scenario)
      throws DemoFailure, IOException, InterruptedException {
    screen.line("");
    screen.line(
        screen
            .terminal()
            .bold(
                "%d of %d  %s"
                    .formatted(outcomes.size() + 1, DemoScenarios.ALL.size(), scenario.title())));
    screen.line(scenario.story());
    String beginning = name + "-" + scenario.key();
    KillableWorker killable = null;
    String flowId = beginning;
    String step = scenario.killedAt();
    if (step != null) {
      killable = KillableWorker.start(environment, beginning);
      screen.live("  waiting for its partitions");
      flowId = killable.flowIdFor(Topics.doTopic(scenario.orchestration(), step), beginning);
    }
    screen.line("Flow " + flowId);
    ObservedFlow nothing = new ObservedFlow("", "", List.of(), List.of(), List.of(), List.of(), "");
    outcomes.add(ScenarioResult.of(scenario, flowId, nothing));
    String killed =
        new ScenarioRun(scenario, flowId, killable, environment, client, workerRecords, screen)
            .run();
    outcomes.set(
        outcomes.size() - 1, ScenarioResult.of(scenario, flowId, observed(flowId, killed)));
  }

  /** Looks everything up again: what has happened since the flow ended counts as well. */
  private ScenarioResult again(ScenarioResult outcome) {
    return ScenarioResult.of(
        outcome.scenario(),
        outcome.flowId(),
        observed(outcome.flowId(), outcome.observed().killed()));
  }

  private ObservedFlow observed(String flowId, String killed) {
    JsonNode flow = client.get("/api/flows/" + ServiceClient.segment(flowId));
    List<ObservedStep> steps = new ArrayList<>();
    for (JsonNode step : flow.path("steps")) {
      steps.add(
          new ObservedStep(
              step.path("name").asString(""),
              step.path("status").asString(""),
              step.path("attempts").asInt(0)));
    }
    List<AuditEntry> audit = new ArrayList<>();
    for (JsonNode entry :
        client.get("/api/flows/" + ServiceClient.segment(flowId) + "/timeline").path("events")) {
      audit.add(AuditEntry.of(entry));
    }
    return new ObservedFlow(
        flow.path("status").asString(""),
        flow.path("reason").asString(""),
        steps,
        audit,
        workerRecords.effects(flowId),
        workerRecords.things(flowId),
        killed);
  }

  private int conclude(List<ScenarioResult> found, @Nullable String problem, Duration took) {
    Terminal terminal = screen.terminal();
    long broken = found.stream().filter(outcome -> !outcome.check().isPassed()).count();
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
        environment.outlivesDemo()
            ? "Look at one of them: ./doundo show " + found.get(found.size() - 1).flowId()
            : "The demo has stopped its processes. Run ./doundo dev to start them again with the same flows.");
    return ExitCodes.OK;
  }
}
