package io.doundo.launcher.demo.approval;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.demo.DemoEnvironment;
import io.doundo.launcher.demo.DemoFailure;
import io.doundo.launcher.demo.InstallationProbe;
import io.doundo.launcher.demo.Screen;
import io.doundo.launcher.demo.approval.ExpectedRecords.StoreRecord;
import io.doundo.launcher.demo.approval.ExpectedRecords.StoreRecords;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of the demo: starts what is missing, plays the journeys and compares the stores with what
 * they must hold. Used once; a shutdown hook cleans up on its own thread.
 */
final class PlanApprovalRun {

  private static final long POLL_MILLIS = 300;

  private final DemoEnvironment environment;
  private final PlanProcesses processes;
  private final PlanApi api;
  private final StoredPlans stores;
  private final Screen screen;
  private List<StoreRecords> found = List.of();

  PlanApprovalRun(
      DemoEnvironment environment,
      PlanProcesses processes,
      PlanApi api,
      StoredPlans stores,
      Screen screen) {
    this.environment = environment;
    this.processes = processes;
    this.api = api;
    this.stores = stores;
    this.screen = screen;
  }

  /**
   * Runs the journeys.
   *
   * @param planId of the plan that they are about, new in each run
   * @param keep whether everything runs on afterwards until the JVM is asked to end
   * @return the exit code: 0 only if every store holds what it must
   */
  int run(String planId, InstallationProbe probe, boolean keep)
      throws IOException, InterruptedException {
    environment.stopOnSignals();
    long begun = System.nanoTime();
    PlanPeople people = new PlanPeople(api, stores, processes, environment, screen);
    String problem = play(planId, probe, people);
    printStores();
    screen.line("");
    int code = conclude(problem, Duration.ofNanos(System.nanoTime() - begun));
    if (keep && code == ExitCodes.OK) {
      keepRunning(planId, people);
    }
    environment.claimStop();
    environment.clear();
    return code;
  }

  /** Plays all journeys; returns why it could not go on, or nothing. */
  private @Nullable String play(String planId, InstallationProbe probe, PlanPeople people)
      throws IOException, InterruptedException {
    try {
      processes.requireStartable();
      environment.prepareService();
      if (!probe.workers().isEmpty()) {
        throw new DemoFailure(
            "Workers of the plan approval are running already, with stores of their own, and would take the demo's work. Stop them first.");
      }
      processes.start();
      ExpectedRecords expected = new ExpectedRecords(planId);
      int number = 0;
      for (PlanJourney journey : PlanJourneys.ALL) {
        number++;
        screen.line("");
        screen.line(
            screen
                .terminal()
                .bold("%d of %d  %s".formatted(number, PlanJourneys.ALL.size(), journey.title())));
        screen.line(journey.story());
        journey.course().run(people, expected);
        found = expected.compare(stores);
      }
      found = expected.compare(stores);
      return null;
    } catch (DemoFailure | CommandFailure e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void printStores() {
    Terminal terminal = screen.terminal();
    if (!found.isEmpty()) {
      screen.line("");
      screen.line(terminal.bold("What the stores hold"));
      screen.line("Read from each store itself, not through the example.");
    }
    for (StoreRecords store : found) {
      screen.line("");
      screen.line(
          "%s: %s"
              .formatted(
                  store.store(),
                  store.wrong() == 0
                      ? terminal.green("as expected")
                      : terminal.red("NOT AS EXPECTED")));
      Table table = new Table("RECORD", "FOUND", "");
      for (StoreRecord one : store.records()) {
        table.row(one.name(), one.found(), one.isAsExpected() ? "" : "expected: " + one.expected());
      }
      screen.lines(table.lines(terminal, "  "));
    }
  }

  private int conclude(@Nullable String problem, Duration took) {
    Terminal terminal = screen.terminal();
    long wrong = found.stream().mapToLong(StoreRecords::wrong).sum();
    if (problem != null) {
      screen.line(terminal.red("The demo did not finish: " + problem));
      return ExitCodes.REFUSED;
    }
    if (wrong > 0) {
      screen.line(terminal.red("%d records are not as expected.".formatted(wrong)));
      return ExitCodes.REFUSED;
    }
    screen.line(
        terminal.green(
            "All %d journeys left exactly what was expected in all three stores, after %d s."
                .formatted(PlanJourneys.ALL.size(), took.toSeconds())));
    return ExitCodes.OK;
  }

  private void keepRunning(String planId, PlanPeople people)
      throws IOException, InterruptedException {
    try {
      screen.line("");
      screen.line("Three more drafts, for you to decide:");
      PlanJourneys.leaveTasks(people, planId);
      environment.sayWhenStopped("Stopped.");
      screen.line("");
      screen.line("Page for reviewers   " + processes.pageUrl());
      screen.line("API key              " + processes.key());
      screen.line("Sign in as           ann, who approves, or cleo, who has a conflict to resolve");
      screen.line("Ctrl-C stops everything.");
      while (true) {
        environment.requireAllThere();
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (DemoFailure e) {
      screen.line(String.valueOf(e.getMessage()));
    }
  }
}
