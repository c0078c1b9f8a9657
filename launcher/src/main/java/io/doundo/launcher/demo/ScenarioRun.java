package io.doundo.launcher.demo;

import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One flow on its way: started, told as it goes, and if the scenario says so, its worker killed.
 * Used once, by one thread.
 */
final class ScenarioRun {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 25;

  /** Longer than a killed worker is not missed. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final DemoScenario scenario;
  private final String flowId;
  private final DemoEnvironment environment;
  private final ServiceClient client;
  private final WorkerRecords workerRecords;
  private final Screen screen;
  private final AuditEntryText text;
  private @Nullable KillableWorker killable;
  private String killed = "";
  private boolean reached;
  private String waitingFor = "waiting for the flow to start";

  ScenarioRun(
      DemoScenario scenario,
      String flowId,
      @Nullable KillableWorker killable,
      DemoEnvironment environment,
      ServiceClient client,
      WorkerRecords workerRecords,
      Screen screen) {
    this.scenario = scenario;
    this.flowId = flowId;
    this.killable = killable;
    this.environment = environment;
    this.client = client;
    this.workerRecords = workerRecords;
    this.screen = screen;
    this.text = new AuditEntryText(screen.terminal());
  }

  /** Runs until the flow has ended or is parked; returns the instance that was killed, if any. */
  String run() throws DemoFailure, InterruptedException {
    Map<String, RawJson> start = new LinkedHashMap<>();
    start.put("orchestrationName", Json.string(scenario.orchestration()));
    start.put("flowId", Json.string(flowId));
    start.put("payload", Json.of(Json.MAPPER.readTree(scenario.payload())));
    client.post("/api/orchestrations/execute", Json.object(start), Duration.ZERO);
    long begun = System.nanoTime();
    long last = begun;
    long looked = begun;
    try (FlowFeed feed = new FlowFeed(client, flowId)) {
      while (true) {
        AuditEntry entry = feed.next(LOOK_MILLIS);
        environment.requireAllThere();
        killWhenItIsTime();
        if (entry != null) {
          last = System.nanoTime();
          screen.line(text.line(entry));
          waitingFor = AuditEntryText.waitingFor(entry);
          reached |= entry.is("STEP_STARTED", "DO", String.valueOf(scenario.killedAt()));
          if (entry.endsFlow()) {
            return killed;
          }
        } else {
          showThatItWaits(last);
        }
        if (System.nanoTime() - begun > LIMIT.toNanos()) {
          throw notEnded();
        }
        if (System.nanoTime() - Math.max(last, looked) > SILENCE.toNanos()) {
          looked = System.nanoTime();
          requireNoOutage();
        }
      }
    }
  }

  private void showThatItWaits(long since) {
    double seconds = (System.nanoTime() - since) / 1e9;
    if (seconds > 0.3) {
      screen.live(String.format(Locale.ROOT, "  %8s    … %s, %.1f s", "", waitingFor, seconds));
    }
  }

  private void killWhenItIsTime() throws InterruptedException {
    KillableWorker target = killable;
    String step = scenario.killedAt();
    if (target == null || step == null || !reached) {
      return;
    }
    Optional<LedgerEffect> effect =
        workerRecords.effects(flowId).stream()
            .filter(each -> each.step().equals(step) && each.kind() == EffectKind.CREATED)
            .filter(each -> each.instance().equals(target.instance()))
            .findFirst();
    if (effect.isPresent()) {
      target.kill();
      killable = null;
      killed = target.instance();
      printExplanation(
          "Process %d has created %s and is killed (kill -9) before it can answer."
              .formatted(target.pid(), effect.get().thing()));
      printExplanation(
          "Kafka notices within about six seconds and assigns its partitions to another worker.");
      waitingFor = "waiting for another worker to take over";
    }
  }

  private void printExplanation(String text) {
    screen.line("  %8s      %s".formatted("", screen.terminal().bold(text)));
  }

  private void requireNoOutage() throws DemoFailure, InterruptedException {
    List<String> outages = environment.probe().outages();
    if (!outages.isEmpty()) {
      throw new DemoFailure(
          "No progress for %d s. %s".formatted(SILENCE.toSeconds(), String.join(" ", outages)));
    }
  }

  private DemoFailure notEnded() throws InterruptedException {
    String reasons = String.join(" ", environment.probe().problems());
    return new DemoFailure(
        "The flow has not ended within %d s: %s.%s"
            .formatted(LIMIT.toSeconds(), waitingFor, reasons.isEmpty() ? "" : " " + reasons));
  }
}
