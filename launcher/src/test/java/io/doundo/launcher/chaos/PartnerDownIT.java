package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.process.Ports;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The service behind a step is away for ten minutes, while twenty flows are started each second.
 * Its breaker holds their commands: no flow is undone, and within two minutes after the service is
 * back, all flows have completed, each with one effect. {@code -Ddoundo.outage.seconds=60} chooses
 * another length.
 */
@Tag("deep")
@Timeout(1_800)
class PartnerDownIT {

  private static final Duration OUTAGE =
      Duration.ofSeconds(Long.getLong("doundo.outage.seconds", 600));
  private static final Duration BEFORE_AND_AFTER = Duration.ofSeconds(10);
  private static final Duration ALL_COMPLETED_WITHIN = Duration.ofMinutes(2);
  private static final Duration AN_INCIDENT_BEFORE = Duration.ofMinutes(6);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int FLOWS_PER_SECOND = 20;

  /** The breaker tries the service so many times until it finds it again. */
  private static final int TRIES = 6;

  private static final Duration WORKERS_TIMEOUT = Duration.ofSeconds(10);
  private static final int EVERY_COMPARED = 100;

  /** Retries are late enough for the breaker to open first, however slow the machine is. */
  private static final String OVER_HTTP =
      """
      orchestrationName: payment
      steps:
        - name: charge
          http:
            connection: partner
            post: /charges
            body: { flow: "{{ payload.flow }}" }
            idempotent: true
            result: { id: "{{ response.body.id }}" }
          undo: { http: { delete: "/charges/{{ payload.flow }}" } }
          retry: { delay: 2s }
      """;

  private static final String BY_WORKERS =
      """
      orchestrationName: payment
      vocabulary: 2
      steps:
        - name: charge
          breaker: partner
          timeout: %ds
          retry: { delay: 2s }
      """
          .formatted(WORKERS_TIMEOUT.toSeconds());

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void noFlowIsUndoneByAPartnerThatIsAway(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
      throws Exception {
    int port = Ports.free(1).get(0);
    String connection = "--doundo.http.connections.partner.";
    try (HttpPartner partner = new HttpPartner(port);
        ChaosStack stack =
            stack(
                directory,
                connection + "base-url=http://127.0.0.1:" + port,
                connection + "allow-private=true",
                connection + "breaker=partner")) {
      stack.start();
      register(stack, OVER_HTTP);
      assertOutlasted(stack, partner, Duration.ZERO);
    }
  }

  @Test
  void noFlowIsUndoneByAGroupOfWorkersThatIsGone(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
    try (ChaosStack stack = stack(directory)) {
      stack.start();
      register(stack, BY_WORKERS);
      try (PaymentWorkers workers =
          new PaymentWorkers(stack.bootstrapServers(), Topics.doTopic("payment", "charge"))) {
        assertOutlasted(stack, workers, WORKERS_TIMEOUT);
      }
    }
  }

  private static ChaosStack stack(Path directory, String... arguments) throws IOException {
    ChaosSettings settings = new ChaosSettings(1, OUTAGE, OUTAGE, 0, 1, 1, 0);
    return new ChaosStack(settings, directory, Arrays.asList(arguments));
  }

  private void register(ChaosStack stack, String document) throws Exception {
    JsonNode answer = ask(stack, "POST", "/api/orchestrations", "application/yaml", document);
    assertThat(answer.at("/registrations/0/status").asString(""))
        .as(answer.toString())
        .isEqualTo("SUCCESS");
  }

  /**
   * @param faultAfter the time that passes until it is known that the service did not answer
   */
  private void assertOutlasted(ChaosStack stack, AbsentService service, Duration faultAfter)
      throws Exception {
    ask(
        stack,
        "PUT",
        "/api/breakers/partner",
        "application/json",
        "{\"openFor\": %d}".formatted(openFor(faultAfter).toMillis()));
    service.comeBack();
    try (LoadGenerator load = new LoadGenerator(stack.bootstrapServers());
        AuditLogFollower log = new AuditLogFollower(stack.bootstrapServers());
        SteadyStarts starts = new SteadyStarts(load)) {
      starts.goOnFor(BEFORE_AND_AFTER);
      await().atMost(PATIENCE).until(() -> "COMPLETED".equals(log.status(SteadyStarts.id(0))));
      service.goAway();
      starts.goOnFor(OUTAGE);
      JsonNode open = breaker(stack);
      assertThat(open.path("state").asString("")).as(open.toString()).isNotEqualTo("CLOSED");
      assertThat(open.path("held").asLong(0))
          .as(open.toString())
          .isGreaterThan(OUTAGE.toSeconds() * FLOWS_PER_SECOND / 2);
      if (OUTAGE.compareTo(AN_INCIDENT_BEFORE) > 0) {
        JsonNode incidents = ask(stack, "GET", "/api/incidents", "application/json", "");
        assertThat(incidents.at("/breakers/0/name").asString("")).isEqualTo("partner");
      }

      long backAt = System.nanoTime();
      service.comeBack();
      starts.goOnFor(BEFORE_AND_AFTER);
      List<String> flows = starts.end();
      load.flush();

      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(ALL_COMPLETED_WITHIN.minusNanos(System.nanoTime() - backAt))
          .untilAsserted(
              () -> assertThat(statuses(log, flows)).isEqualTo(Map.of("COMPLETED", flows.size())));
      // Each flow has had one effect, although some commands were carried out twice.
      assertThat(service.ledger().flows()).isEqualTo(flows);
      assertThat(service.ledger().repeated()).isPositive();
      for (int i = 0; i < flows.size(); i += EVERY_COMPARED) {
        assertResultIsOfLedger(stack, flows.get(i), service.ledger());
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode closed = breaker(stack);
              assertThat(closed.path("state").asString("")).isEqualTo("CLOSED");
              assertThat(closed.path("held").asInt(-1)).isZero();
            });
  }

  /**
   * So that the last of the tries comes soon after the end of the outage: the breaker is open twice
   * as long each time.
   */
  private static Duration openFor(Duration faultAfter) {
    Duration untilLast = OUTAGE.multipliedBy(21).dividedBy(20);
    Duration first = untilLast.minus(faultAfter.multipliedBy(TRIES)).dividedBy((1L << TRIES) - 1);
    return first.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : first;
  }

  private static Map<String, Integer> statuses(AuditLogFollower log, List<String> flows) {
    Map<String, Integer> statuses = new TreeMap<>();
    flows.forEach(flow -> statuses.merge(String.valueOf(log.status(flow)), 1, Integer::sum));
    return statuses;
  }

  private void assertResultIsOfLedger(ChaosStack stack, String flowId, EffectLedger ledger)
      throws Exception {
    JsonNode flow = ask(stack, "GET", "/api/flows/" + flowId, "application/json", "");
    String key = flow.at("/steps/0/result/id").asString("");
    assertThat(ledger.flowOf(key)).as(flow.toString()).isEqualTo(flowId);
  }

  private JsonNode breaker(ChaosStack stack) throws Exception {
    return ask(stack, "GET", "/api/breakers/partner", "application/json", "");
  }

  private JsonNode ask(ChaosStack stack, String method, String path, String type, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + stack.apiPort() + path))
                .timeout(PATIENCE)
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body, UTF_8))
                .build(),
            BodyHandlers.ofString(UTF_8));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Json.MAPPER.readTree(response.body());
  }

  /** Starts flows at a steady rate until it is ended. */
  private static final class SteadyStarts implements AutoCloseable {

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger started = new AtomicInteger();

    SteadyStarts(LoadGenerator load) {
      Future<?> unused =
          clock.scheduleAtFixedRate(
              () -> start(load),
              0,
              TimeUnit.SECONDS.toMillis(1) / FLOWS_PER_SECOND,
              TimeUnit.MILLISECONDS);
    }

    static String id(int number) {
      return "payment-%06d".formatted(number);
    }

    private void start(LoadGenerator load) {
      String id = id(started.get());
      load.send(new PlannedStart(0, id, "payment", "{\"flow\":\"%s\"}".formatted(id)));
      started.incrementAndGet();
    }

    /** Returns when the flows of this time are started. */
    void goOnFor(Duration time) {
      long until = started.get() + time.toSeconds() * FLOWS_PER_SECOND;
      await().forever().until(() -> started.get() >= until);
    }

    /** Starts no more; the flows that were started, in order. */
    List<String> end() throws InterruptedException {
      clock.shutdown();
      assertThat(clock.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return IntStream.range(0, started.get()).mapToObj(SteadyStarts::id).toList();
    }

    @Override
    public void close() {
      clock.shutdownNow();
    }
  }
}
