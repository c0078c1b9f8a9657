package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.MonitoringFiles.Selector;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Meters, workers, and the files under {@code monitoring/}, after one flow of each fate. */
abstract class MonitoringOverRest extends ServiceScenarios {

  MonitoringOverRest(RunningService service) {
    super(service);
  }

  private String meters() {
    return rest.get("/actuator/prometheus").http().body();
  }

  /** One flow that completes, one that is undone, one that is parked, and one that waits. */
  private void oneFlowOfEachFate() {
    register("metered", "meteredFirst", "meteredSecond");
    execute("metered");
    worker.breakStep("meteredSecond");
    execute("metered");
    worker.mendStep("meteredSecond");
    worker.silence("meteredSecond");
    rest.post("/api/orchestrations/execute", start("metered", ", \"flowId\": \"metered-3\""));
    rest.post(
        "/api/orchestrations/execute?allowUnregistered=true",
        start("unmetered", ", \"flowId\": \"metered-4\""));
    worker.send(Topics.RESPONSE, "not an answer");
  }

  @Test
  void everyMeterOfTheDashboardAndTheAlertsExistsWithItsLabels() {
    oneFlowOfEachFate();
    TreeSet<Selector> used = new TreeSet<>(MonitoringFiles.selectors());
    assertThat(used).hasSizeGreaterThan(20);
    assertThat(used).extracting(Selector::meter).contains("doundo_parked", "up");
    // The gauges of what the broker says are ten seconds old at most.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              String meters = meters();
              assertThat(used)
                  .filteredOn(Selector::isOfTheOrchestrator)
                  .allSatisfy(
                      selector ->
                          assertThat(selector.isFoundIn(meters)).as(selector.toString()).isTrue());
            });
    assertThat(meters().lines().filter(line -> line.startsWith("doundo_flows_ended_total")))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("orchestration=\"metered\"", "status=\"COMPLETED\"")
                    .endsWith(" 1.0"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("orchestration=\"metered\"", "status=\"UNDONE\"")
                    .endsWith(" 1.0"));
  }

  @Test
  void theWorkersOfAStepAreListed() {
    register("attended", "attendedOnly");
    execute("attended");
    JsonNode page = rest.get("/api/workers?orchestration=attended").json();

    assertThat(page.get("workers")).hasSize(2);
    JsonNode row = page.at("/workers/0");
    assertThat(row.get("topic").stringValue()).isEqualTo("orchestrator.attended.attendedOnly.do");
    assertThat(row.get("action").stringValue()).isEqualTo("DO");
    assertThat(List.of("YES", "UNKNOWN")).contains(row.get("attached").stringValue());
    assertThat(row.get("lastAnswerAt").isString()).isTrue();
    assertThat(rest.get("/api/workers?orchestration=nowhere").status()).isEqualTo(404);
  }
}
