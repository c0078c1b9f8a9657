package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.http.LeadCarriers.Carrier;
import io.doundo.orchestrator.app.http.LeadCarriers.Deed;
import io.doundo.orchestrator.app.http.LeadCarriers.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The process that makes the calls is killed amid many flows, twice, while the carriers hold its
 * requests: half of them have had their effect, the others have it when the process is dead, or
 * only once its successor has asked for them and found nothing.
 */
@Tag("deep")
@Timeout(300)
@DisabledOnOs(OS.WINDOWS)
class HttpWorkerKillIT {

  private static final int FLOWS = 200;
  private static final int LEAST_HELD = 60;
  private static final int EVERY_DECLINED = 4;

  @Test
  void howFlowsEndIsWhatTheCarriersDid(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
      throws Exception {
    List<String> leads = IntStream.range(0, FLOWS).mapToObj(number -> "lead-" + number).toList();
    try (LeadService service =
        LeadService.start(
            directory.resolve("state"),
            Map.of("group.min.session.timeout.ms", "1000"),
            "--doundo.http.enabled=false")) {
      LeadCarriers carriers = service.carriers();
      service.register(patient(LeadService.example()));
      carriers.hold();
      try (HttpWorkerProcess first = start(service, directory)) {
        for (int i = 0; i < FLOWS; i++) {
          if (i % EVERY_DECLINED == 0) {
            carriers.fail(Carrier.CHARLIE, leads.get(i), Fault.DECLINES);
          }
          service.begin("carrierLead", leads.get(i));
        }
        killAmidCalls(first, carriers);
      }
      // What the first one had begun has had its effect by now.
      carriers.release();
      await().atMost(LeadService.PATIENCE).until(() -> carriers.held() == 0);
      carriers.hold();
      try (HttpWorkerProcess second = start(service, directory)) {
        killAmidCalls(second, carriers);
      }
      try (HttpWorkerProcess third = start(service, directory)) {
        long found = carriers.count(Carrier.ALPHA, Deed.FOUND_NOTHING);
        await()
            .atMost(LeadService.PATIENCE)
            .until(() -> carriers.count(Carrier.ALPHA, Deed.FOUND_NOTHING) > found);
        carriers.release();
        List<JsonNode> flows = new ArrayList<>();
        leads.forEach(lead -> flows.add(service.ended(lead)));
        for (int i = 0; i < FLOWS; i++) {
          JsonNode flow = flows.get(i);
          // Where the refusal was lost with the process, the next attempt was accepted.
          boolean undone =
              i % EVERY_DECLINED == 0 && flow.path("status").asString("").equals("UNDONE");
          if (undone) {
            service.assertUndone(flow, LeadService.ALL);
          } else {
            service.assertCompleted(flow, LeadService.ALL);
          }
        }
        assertThat(third.isAlive()).isTrue();
      }
      assertThat(carriers.count(Carrier.ALPHA, Deed.FOUND)).as("settled by verify").isPositive();
      assertThat(carriers.count(Carrier.BRAVO, Deed.REPEATED)).as("repeated keys").isPositive();
      assertThat(carriers.count(Carrier.CHARLIE, Deed.REPEATED)).as("repeated PUTs").isPositive();
    }
  }

  private static final int HELD = 12;

  /** A request that must not be repeated, to a carrier that is down. */
  private static final String TO_DELTA =
      """
      orchestrationName: deltaLead
      vocabulary: 2
      breakers:
        delta: { faults: 3, openFor: 1s }
      steps:
        - name: charlie
          http:
            connection: delta
            post: /leads
            body: { reference: "{{ payload.lead }}" }
            result: { id: "{{ response.body.id }}" }
          undo: { http: { delete: "/leads/{{ payload.lead }}" } }
          retry: { maxAttempts: 50, delay: 200ms, maxDelay: 1s }
      """;

  private static final String TO_CHARLIE =
      """
      orchestrationName: charlieLead
      steps:
        - name: charlie
          http: { connection: charlie, put: "/leads/{{ payload.lead }}", body: {} }
          undo: none
      """;

  /**
   * The next worker knows nothing of the attempts that were refused, and that is no doubt: nothing
   * was ever sent.
   */
  @Test
  void aWorkerThatIsRestartedWhileABreakerHoldsItsStepsLeavesNoneInDoubt(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
    List<String> leads = IntStream.range(0, HELD).mapToObj(number -> "held-" + number).toList();
    try (LeadService service =
        LeadService.start(
            directory.resolve("state"),
            Map.of("group.min.session.timeout.ms", "1000"),
            "--doundo.http.enabled=false",
            "--doundo.http.connections.delta.breaker=delta")) {
      service.register(TO_DELTA);
      service.register(TO_CHARLIE);
      try (HttpWorkerProcess first = start(service, directory)) {
        // It has its partitions before anything is sent to delta.
        service.run("charlieLead", "first");
        leads.forEach(lead -> service.begin("deltaLead", lead));
        awaitDelta(service, "OPEN");
        breaker(service, "open", "{\"for\": \"1h\", \"reason\": \"the worker is restarted\"}");
        await()
            .atMost(LeadService.PATIENCE)
            .until(() -> leads.stream().allMatch(lead -> isHeld(service, lead)));
        assertThat(leads)
            .as("some were refused, and are held before another attempt")
            .anyMatch(lead -> service.events(lead).contains("STEP_RETRY_TRIGGERED"));
        first.kill();
      }
      try (HttpWorkerProcess second = start(service, directory)) {
        service.run("charlieLead", "second");
        breaker(service, "reset", "{\"reason\": \"it is back\"}");
        // The next attempts are refused, too.
        awaitDelta(service, "OPEN");
        service.carriers().startDelta();
        for (String lead : leads) {
          service.assertCompleted(service.ended(lead), List.of(Carrier.DELTA));
          assertThat(service.events(lead)).as(lead).doesNotContain("STEP_IN_DOUBT");
        }
        assertThat(second.isAlive()).isTrue();
      }
    }
  }

  private static boolean isHeld(LeadService service, String lead) {
    return service
        .rest()
        .get("/api/flows/" + lead)
        .json()
        .at("/steps/0/status")
        .asString("")
        .equals("HELD");
  }

  private static void breaker(LeadService service, String verb, String body) {
    assertThat(service.rest().post("/api/breakers/delta/" + verb, body).status()).isEqualTo(200);
  }

  private static void awaitDelta(LeadService service, String state) {
    await()
        .atMost(LeadService.PATIENCE)
        .until(
            () -> service.rest().get("/api/breakers/delta").json().path("state").asString(""),
            state::equals);
  }

  /**
   * With so many attempts that the speed of the machine does not decide how a flow ends, and so
   * long ones that a request of a dead worker arrives before it counts as lost.
   */
  private static String patient(String example) {
    String patient =
        example.replace(
            "timeout: 10s", "timeout: 40s\n        retry: { maxAttempts: 50, maxDelay: 2s }");
    assertThat(patient).isNotEqualTo(example);
    return patient;
  }

  private static HttpWorkerProcess start(LeadService service, Path directory) throws Exception {
    List<String> arguments = new ArrayList<>(service.workerArguments());
    arguments.add("--doundo.http.bootstrap-servers=" + service.broker().bootstrap());
    // A dead worker's partitions are given to another one when its session has ended.
    arguments.add("--doundo.http.kafka.session.timeout.ms=2000");
    arguments.add("--doundo.http.kafka.heartbeat.interval.ms=500");
    return HttpWorkerProcess.start(directory.resolve("http-worker.log"), arguments);
  }

  private static void killAmidCalls(HttpWorkerProcess worker, LeadCarriers carriers)
      throws InterruptedException {
    await().atMost(LeadService.PATIENCE).until(() -> carriers.held() >= LEAST_HELD);
    worker.kill();
  }
}
