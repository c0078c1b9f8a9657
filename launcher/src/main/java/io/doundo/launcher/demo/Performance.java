package io.doundo.launcher.demo;

import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.Evidence.Effect;
import io.doundo.launcher.demo.Evidence.Kind;
import io.doundo.protocol.Json;
import io.doundo.protocol.RawJson;
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
final class Performance {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 25;

  /** Longer than a killed worker is not missed. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final Scenario scenario;
  private final String flowId;
  private final Stage stage;
  private final ServiceClient client;
  private final Books books;
  private final Screen screen;
  private final Narrator narrator;
  private @Nullable Victim victim;
  private String killed = "";
  private boolean reached;
  private String waitingFor = "waiting for the flow to start";

  Performance(
      Scenario scenario,
      String flowId,
      @Nullable Victim victim,
      Stage stage,
      ServiceClient client,
      Books books,
      Screen screen) {
    this.scenario = scenario;
    this.flowId = flowId;
    this.victim = victim;
    this.stage = stage;
    this.client = client;
    this.books = books;
    this.screen = screen;
    this.narrator = new Narrator(screen.terminal());
  }

  /** Runs until the flow has ended or is parked; returns the instance that was killed, if any. */
  String play() throws DemoFailure, InterruptedException {
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
        stage.requireAllThere();
        killWhenItIsTime();
        if (entry != null) {
          last = System.nanoTime();
          screen.line(narrator.line(entry));
          waitingFor = Narrator.waitingFor(entry);
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
    Victim target = victim;
    String step = scenario.killedAt();
    if (target == null || step == null || !reached) {
      return;
    }
    Optional<Effect> effect =
        books.effects(flowId).stream()
            .filter(each -> each.step().equals(step) && each.kind() == Kind.CREATED)
            .filter(each -> each.instance().equals(target.instance()))
            .findFirst();
    if (effect.isPresent()) {
      target.kill();
      victim = null;
      killed = target.instance();
      plot(
          "Process %d has created %s and is killed (kill -9) before it can answer."
              .formatted(target.pid(), effect.get().thing()));
      plot("Kafka notices within about six seconds and assigns its partitions to another worker.");
      waitingFor = "waiting for another worker to take over";
    }
  }

  private void plot(String text) {
    screen.line("  %8s      %s".formatted("", screen.terminal().bold(text)));
  }

  private void requireNoOutage() throws DemoFailure, InterruptedException {
    List<String> outages = stage.surroundings().outages();
    if (!outages.isEmpty()) {
      throw new DemoFailure(
          "No progress for %d s. %s".formatted(SILENCE.toSeconds(), String.join(" ", outages)));
    }
  }

  private DemoFailure notEnded() throws InterruptedException {
    String reasons = String.join(" ", stage.surroundings().complaints());
    return new DemoFailure(
        "The flow has not ended within %d s: %s.%s"
            .formatted(LIMIT.toSeconds(), waitingFor, reasons.isEmpty() ? "" : " " + reasons));
  }
}
