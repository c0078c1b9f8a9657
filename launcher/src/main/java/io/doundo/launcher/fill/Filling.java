package io.doundo.launcher.fill;

import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.text.TimeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Fills a running installation with flows: registers their orchestrations, starts them no faster
 * than they are worked off, and goes on serving them until the process ends. Used once.
 */
public final class Filling {

  /** So many commands may be on their way; more would only wait. */
  private static final long MOST_OPEN = 10_000;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TELL_EVERY = 10_000;
  private static final List<String> NONSENSE =
      List.of(
          "{\"orchestrationName\":\"fillOrder\",\"payload\":{\"customer\":\"c-1\"},}",
          "{\"payload\":{\"customer\":\"<b onclick=alert(1)>\u202E\"}}",
          "not even JSON");

  private final String bootstrapServers;
  private final ServiceClient client;
  private final FillPlan plan;
  private final PrintStream out;

  /**
   * @param flows how many
   * @param seed the same seed gives the same flows
   */
  public Filling(String bootstrapServers, URI url, int flows, long seed, PrintStream out) {
    this.bootstrapServers = bootstrapServers;
    this.client = new ServiceClient(url, null);
    this.plan = new FillPlan(seed, flows);
    this.out = out;
  }

  /** Returns once every flow is where it will stay, or waits for its time. */
  public void run() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    FillWorker serving = new FillWorker(bootstrapServers, plan, register());
    out.printf("Filling in %d flows with seed %d…%n", plan.flows(), plan.seed());
    long expected = 0;
    for (int number = 0; number < plan.flows(); number++) {
      FillPlan.PlannedFlow flow = plan.flow(number);
      serving.start(flow);
      expected += flow.fate().commands();
      awaitRoom(serving, expected - MOST_OPEN);
      if ((number + 1) % TELL_EVERY == 0) {
        out.printf("  %d flows started%n", number + 1);
      }
    }
    NONSENSE.forEach(serving::startNonsense);
    serving.flush();
    awaitRoom(serving, expected);
    serving.repair();
    long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
    out.printf(
        "Filled in %d flows in %s. Some will time out within half a minute. The workers of parked"
            + " flows are repaired, so a retry now succeeds.%n",
        plan.flows(), TimeText.duration(millis));
  }

  /** Registers the orchestrations; returns the topics of their steps. */
  private List<String> register() throws IOException {
    List<String> topics = new ArrayList<>();
    for (String name : Fate.ORCHESTRATIONS) {
      client.register(document(name), "application/yaml", "filler");
      JsonNode view = client.get("/api/orchestrations/" + name);
      for (JsonNode step : view.path("steps")) {
        for (String topic : List.of("doTopic", "undoTopic")) {
          String said = step.path(topic).asString("");
          if (!said.isEmpty()) {
            topics.add(said);
          }
        }
      }
    }
    return topics;
  }

  static byte[] document(String name) throws IOException {
    try (InputStream document = Filling.class.getResourceAsStream("/fill/" + name + ".yaml")) {
      if (document == null) {
        throw new IllegalStateException("the registration of " + name + " is missing");
      }
      return document.readAllBytes();
    }
  }

  /** Waits until this many commands were seen; a standstill ends the filling with its reason. */
  private static void awaitRoom(FillWorker serving, long commands) throws InterruptedException {
    long last = serving.handled();
    long movedAt = System.nanoTime();
    while (serving.handled() < commands) {
      serving.requireAlive();
      if (serving.handled() > last) {
        last = serving.handled();
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "No command arrived for %d s; %d of %d were seen. See the orchestrator's log."
                .formatted(PATIENCE.toSeconds(), last, commands));
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
