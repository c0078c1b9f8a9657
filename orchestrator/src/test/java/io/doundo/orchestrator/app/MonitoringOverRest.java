package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.monitoring.MonitoringFiles;
import io.doundo.orchestrator.app.monitoring.MonitoringFiles.Selector;
import io.doundo.orchestrator.testing.OtlpReceiver;
import io.doundo.orchestrator.testing.OtlpReceiver.ReceivedSpan;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Meters, workers, and the files under {@code monitoring/}, after one flow of each fate. */
abstract class MonitoringOverRest extends ServiceScenarios {

  private final OtlpReceiver traces;

  MonitoringOverRest(RunningService service) {
    super(service);
    traces = service.traces();
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
    oneStepBehindABreaker();
  }

  private void oneStepBehindABreaker() {
    String opened = "{\"for\": \"1m\", \"reason\": \"maintenance\"}";
    assertThat(rest.post("/api/breakers/meteredBank/open", opened).status()).isEqualTo(200);
    String document =
        "{orchestrationName: meteredHeld, vocabulary: 2, steps: [{name: a, breaker: meteredBank}]}";
    assertThat(rest.post("/api/orchestrations", document, "Content-Type", YAML).status())
        .isEqualTo(200);
    rest.post("/api/orchestrations/execute", start("meteredHeld", ""));
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
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              application.getBean(WorkerWatch.class).look();
              JsonNode row =
                  rest.get("/api/workers?orchestration=attended").json().at("/workers/0");
              assertThat(row.path("topic").asString(""))
                  .isEqualTo("orchestrator.attended.attendedOnly.do");
              assertThat(row.path("attached").asString("")).isEqualTo("YES");
              assertThat(row.at("/groups/0/state").asString("")).isEqualTo("STABLE");
              assertThat(row.at("/groups/0/members")).hasSize(1);
              assertThat(row.at("/groups/0/committedLag").asLong(-1)).isNotNegative();
              assertThat(row.path("lastAnswerAt").isString()).isTrue();
            });
    // The worker of the tests does not read the shared topic.
    String shared =
        "orchestrationName: unattended\nsharedTopic: true\nsteps:\n  - {seq: 1, name: aloneStep}\n";
    assertThat(rest.post("/api/orchestrations", shared, "Content-Type", YAML).status())
        .isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              application.getBean(WorkerWatch.class).look();
              JsonNode page = rest.get("/api/workers?orchestration=unattended").json();
              assertThat(page.get("complete").booleanValue()).isTrue();
              assertThat(page.at("/workers/0/topic").stringValue()).isEqualTo(Topics.SHARED_EVENT);
              assertThat(page.at("/workers/0/attached").stringValue()).isEqualTo("NO");
            });
    assertThat(rest.get("/api/workers?orchestration=nowhere").status()).isEqualTo(404);
  }

  /**
   * The consumer group of the traces begins at the end of the log, so the first flow may be early.
   */
  @Test
  void aFlowIsOneTraceWithEveryParentPresent() {
    register("traced", "tracedFirst", "tracedSecond");
    worker.breakStep("tracedSecond");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              execute("traced");
              assertThat(wholeTrace()).as("a trace from its begin to its end").isNotEmpty();
            });
    String whole = wholeTrace();
    List<ReceivedSpan> trace =
        traces.spans().stream().filter(span -> span.traceId().equals(whole)).toList();
    ReceivedSpan root =
        trace.stream()
            .filter(span -> span.name().equals("flow traced"))
            .reduce((first, last) -> last)
            .orElseThrow();
    Set<String> ids = trace.stream().map(ReceivedSpan::spanId).collect(Collectors.toSet());

    assertThat(trace)
        .extracting(ReceivedSpan::name)
        .contains("DO tracedFirst", "DO tracedSecond", "flow undoing", "UNDO tracedFirst");
    assertThat(root.parentId()).isEmpty();
    assertThat(trace)
        .allSatisfy(
            span ->
                assertThat(span.parentId().isEmpty() || ids.contains(span.parentId())).isTrue());
    assertThat(Set.copyOf(trace)).as("no span has two contents").hasSize(ids.size());
  }

  /** The id of a trace that has its begin and its end; empty when there is none yet. */
  private String wholeTrace() {
    List<ReceivedSpan> spans = traces.spans();
    Set<String> begun =
        spans.stream()
            .filter(span -> span.name().equals("flow started"))
            .map(ReceivedSpan::traceId)
            .collect(Collectors.toSet());
    return spans.stream()
        .filter(span -> span.name().equals("flow traced") && begun.contains(span.traceId()))
        .map(ReceivedSpan::traceId)
        .findFirst()
        .orElse("");
  }
}
