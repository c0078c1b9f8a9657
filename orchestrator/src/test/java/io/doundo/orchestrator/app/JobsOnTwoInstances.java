package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.jobs.JobRunner;
import io.doundo.orchestrator.jobs.JobRunners;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * A bulk job on two instances, the one that runs it dying twice on the way. The number of its flows
 * is set by {@code doundo.jobs.flows}.
 */
abstract class JobsOnTwoInstances {

  private static final Duration PATIENCE = TwoInstances.PATIENCE;
  private static final int FLOWS = Integer.getInteger("doundo.jobs.flows", 120);
  private static final int MORE = 200;
  private static final int CHANGED = 3;

  private final List<ConfigurableApplicationContext> applications;
  private final List<Rest> instances;
  private final TestBroker broker;
  private final AnsweringWorker worker;

  JobsOnTwoInstances(TwoInstances installation) {
    applications = installation.applications();
    instances = installation.rest();
    broker = installation.broker();
    worker = installation.worker();
  }

  @Test
  void aJobTouchesTheFrozenFlowsOnceAndNoOther() {
    Instant begin = Instant.now();
    register("shop");
    worker.breakStep("ship", "the van is broken");
    worker.deploy("ship", "1.0");
    park("shop", "early-", FLOWS);
    awaitParked("shop", FLOWS);

    JsonNode draft = drafted(0, "status=PARKED&orchestration=shop");
    String job = "/api/jobs/" + draft.get("jobId").stringValue();
    assertThat(draft.get("state").stringValue()).isEqualTo("DRAFT");
    assertThat(draft.get("matched").intValue()).isEqualTo(FLOWS);
    assertThat(draft.at("/preview/byOutcome/DO ship").intValue())
        .isEqualTo(draft.at("/preview/played").intValue())
        .isPositive();
    assertThat(draft.at("/preview/sample")).hasSize(20);

    park("shop", "late-", MORE);
    awaitParked("shop", FLOWS + MORE);
    for (int i = 0; i < CHANGED; i++) {
      String flow = "/api/flows/early-" + i;
      int before = instances.get(0).get(flow).json().get("transition").intValue();
      Reply retried = post(0, flow + "/retry", "");
      assertThat(retried.status()).as(retried.http().body()).isEqualTo(200);
      // It parks again, so that it still matches the filter.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode now = instances.get(0).get(flow).json();
                assertThat(now.path("transition").asInt(0)).isGreaterThan(before + 1);
                assertThat(now.path("status").asString("")).isEqualTo("PARKED");
              });
    }
    awaitParked("shop", FLOWS + MORE);
    worker.mendStep("ship");
    worker.deploy("ship", "1.1");

    assertThat(instances.get(1).patch(job, "{\"perSecond\": 15}").status()).isEqualTo(200);
    Reply started = post(1, job + "/start", "");
    assertThat(started.status()).as(started.http().body()).isEqualTo(200);
    assertThat(started.json().get("startedBy").stringValue()).isEqualTo("kim");
    awaitSent(job, 10);
    crashOwner();
    awaitSent(job, 30);
    assertThat(post(1, job + "/pause", "{\"why\":\"\"}").status()).as("misspelt").isEqualTo(400);
    JsonNode halted = post(1, job + "/pause", "{\"reason\":\" it is down again\"}").json();
    assertThat(halted.get("state").stringValue()).isEqualTo("PAUSED");
    assertThat(halted.at("/halted/by").stringValue()).isEqualTo("kim");
    assertThat(halted.at("/halted/reason").stringValue()).isEqualTo("it is down again");
    crashOwner();
    assertThat(instances.get(0).patch(job, "{\"perSecond\": 200}").status()).isEqualTo(200);
    assertThat(post(0, job + "/start", "").status()).as("it was started before").isEqualTo(409);
    int paused = instances.get(0).get(job).json().get("sent").intValue();
    assertThat(paused).isLessThan(FLOWS);
    Reply resumed = post(0, job + "/resume", "");
    assertThat(resumed.status()).isEqualTo(200);
    assertThat(resumed.json().has("halted")).as("nobody holds it up any more").isFalse();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now = instances.get(0).get(job).json();
              assertThat(now.path("state").asString("")).as(now.toString()).isEqualTo("DONE");
              assertThat(now.at("/outcome/recovered").asInt(0)).isEqualTo(FLOWS - CHANGED);
            });

    JsonNode done = instances.get(1).get(job).json();
    assertThat(done.get("matched").intValue())
        .isEqualTo(
            done.get("accepted").intValue()
                + done.get("refused").intValue()
                + done.get("changed").intValue()
                + done.get("left").intValue());
    assertThat(done.get("changed").intValue()).as(done.toString()).isEqualTo(CHANGED);
    assertThat(done.get("left").intValue()).isZero();
    JsonNode changed = instances.get(1).get(job + "/items?outcome=CHANGED").json().get("items");
    assertThat(changed)
        .extracting(item -> item.get("flowId").stringValue())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, CHANGED).mapToObj(i -> "early-" + i).toList());
    assertEachAcceptedOnce(draft.get("jobId").stringValue());
    awaitParked("shop", MORE + CHANGED);

    assertThat(ranOn("1.0", begin))
        .as("ended ones, and those that a later attempt ran on another version")
        .isEqualTo(FLOWS + MORE);
    assertThat(ranOn("1.1", begin)).isEqualTo(FLOWS - CHANGED);
    Reply tooEarly = post(0, "/api/jobs", ranOn("1.0", Instant.EPOCH, Instant.now()));
    assertThat(tooEarly.status()).isEqualTo(409);
    assertThat(tooEarly.json().get("detail").stringValue()).contains("no longer kept");
    JsonNode step = instances.get(0).get("/api/flows/early-50").json().at("/steps/1");
    assertThat(step.get("workerVersion").stringValue()).isEqualTo("1.1");
    assertThat(step.get("ranOn"))
        .extracting(run -> run.get("workerVersion").stringValue())
        .containsExactly("1.0", "1.1");

    String ofJob = "/api/flows?limit=1&job=" + draft.get("jobId").stringValue();
    assertThat(instances.get(1).get(ofJob).json().at("/total/count").intValue()).isEqualTo(FLOWS);
    assertThat(instances.get(0).get(ofJob + "&status=PARKED").json().at("/total/count").intValue())
        .isEqualTo(CHANGED);
    assertThat(instances.get(0).get("/api/flows?job=j-unknown").status()).isEqualTo(404);
    JsonNode attempts =
        instances.get(0).get("/api/flows/early-50/steps/ship").json().get("attemptLog");
    assertThat(attempts)
        .extracting(attempt -> attempt.path("workerVersion").asString(""))
        .startsWith("1.0")
        .endsWith("1.1");
    JsonNode versions = instances.get(0).get("/api/orchestrations/shop/stats").json();
    assertThat(versions.at("/versions/0/parked").intValue()).isEqualTo(MORE + CHANGED);
    assertThat(versions.at("/steps/1/do/retried").intValue()).isPositive();

    oneIsTriedFirst();
  }

  /** With the flows that are parked still. */
  private void oneIsTriedFirst() {
    JsonNode draft = drafted(1, "status=PARKED&orchestration=shop");
    String job = "/api/jobs/" + draft.get("jobId").stringValue();
    assertThat(post(0, job + "/start", "{\"first\": \"late-7\"}").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode tried = instances.get(1).get(job).json();
              assertThat(tried.get("state").stringValue()).isEqualTo("PAUSED");
              assertThat(tried.at("/outcome/recovered").intValue()).isEqualTo(1);
            });
    JsonNode recovered = instances.get(0).get(job + "/items?outcome=RECOVERED").json();
    assertThat(recovered.at("/items/0/flowId").stringValue()).isEqualTo("late-7");
    assertThat(post(0, job + "/stop", "").json().get("state").stringValue()).isEqualTo("STOPPED");
    JsonNode stopped = instances.get(0).get(job).json();
    assertThat(stopped.get("left").intValue()).isEqualTo(MORE + CHANGED - 1);
    assertThat(instances.get(1).get("/api/jobs").json().get("jobs"))
        .extracting(one -> one.get("state").stringValue())
        .containsExactly("STOPPED", "DONE");
  }

  @Test
  void aJobThatCannotBeIsRefusedWithTheReason() {
    Reply unreasoned = post(0, "/api/jobs", "{\"verb\": \"RETRY\", \"filter\": \"status=PARKED\"}");
    assertThat(unreasoned.json().get("detail").stringValue()).contains("\"reason\"");
    Reply all = post(0, "/api/jobs", draft(""));
    assertThat(all.status()).isEqualTo(400);
    Reply misspelt = post(0, "/api/jobs", draft("state=PARKED"));
    assertThat(misspelt.json().get("detail").stringValue())
        .contains("unknown parameter \"state\"", "status");
    Reply none = post(0, "/api/jobs", draft("orchestration=nobody-knows-it"));
    assertThat(none.status()).isEqualTo(409);
    assertThat(instances.get(0).get("/api/jobs/j-unknown").status()).isEqualTo(404);
    assertThat(post(0, "/api/jobs/j-unknown/start", "").status()).isEqualTo(404);
  }

  private int ranOn(String version, Instant begin) {
    Reply preview =
        await()
            .atMost(PATIENCE)
            .until(
                () -> post(0, "/api/jobs", ranOn(version, begin, Instant.now())),
                reply -> reply.status() == 200);
    assertThat(preview.json().has("jobId")).as("a preview only").isFalse();
    return preview.json().get("matched").intValue();
  }

  private static String ranOn(String version, Instant from, Instant to) {
    return "{\"verb\": \"UNDO\", \"reason\": \"bad version\", \"dryRun\": true, \"ranOn\": {\"step\": \"ship\", \"workerVersion\": \"%s\", \"from\": \"%s\", \"to\": \"%s\"}}"
        .formatted(version, from, to);
  }

  private static String draft(String filter) {
    return "{\"verb\": \"RETRY\", \"filter\": \"%s\", \"reason\": \"the van is mended\"}"
        .formatted(filter);
  }

  /** A list that is behind for a moment is asked again. */
  private JsonNode drafted(int instance, String filter) {
    return await()
        .atMost(PATIENCE)
        .until(() -> post(instance, "/api/jobs", draft(filter)), reply -> reply.status() == 201)
        .json();
  }

  private void assertEachAcceptedOnce(String jobId) {
    Map<String, Integer> accepted = new HashMap<>();
    Set<String> refused = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> stored : auditLog()) {
      try {
        AuditRecord record = AuditRecord.decode(stored.value());
        String controlId = "\"" + jobId + ':' + record.flowId() + '"';
        if (record.input().toString().contains(controlId)) {
          boolean isRefused =
              record.events().stream().anyMatch(entry -> entry.type().equals("CONTROL_REFUSED"));
          if (isRefused) {
            refused.add(record.flowId());
          } else {
            accepted.merge(record.flowId(), 1, Integer::sum);
          }
          assertThat(record.input().toString()).contains("\"requestedBy\":\"kim\"");
        }
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(accepted).hasSize(FLOWS - CHANGED);
    assertThat(accepted.values()).containsOnly(1);
    assertThat(accepted.keySet()).allMatch(flow -> flow.startsWith("early-"));
    assertThat(refused).hasSize(CHANGED);
  }

  private List<ConsumerRecord<byte[], byte[]>> auditLog() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, 4).mapToObj(i -> new TopicPartition(Topics.FLOW_EVENTS, i)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream()
          .anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  private void crashOwner() {
    JobRunner owner =
        await().atMost(PATIENCE).until(this::owner, runners -> runners.size() == 1).get(0);
    JobRunners.crash(owner);
    await().atMost(PATIENCE).until(() -> !owner.isOwner());
    await().atMost(PATIENCE).until(() -> this.owner().size() == 1);
  }

  private List<JobRunner> owner() {
    return applications.stream()
        .map(application -> application.getBean(JobRunner.class))
        .filter(JobRunner::isOwner)
        .toList();
  }

  private void awaitSent(String job, int least) {
    await()
        .atMost(PATIENCE)
        .until(() -> instances.get(0).get(job).json().path("sent").asInt(0) >= least);
  }

  private void awaitParked(String orchestration, int count) {
    String list = "/api/flows?status=PARKED&limit=500&orchestration=" + orchestration;
    for (Rest instance : instances) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(parked(instance, list)).as("flows that are parked").isEqualTo(count));
    }
  }

  private static int parked(Rest instance, String list) {
    int count = 0;
    String cursor = "";
    do {
      JsonNode page = instance.get(list + cursor).json();
      count += page.path("flows").size();
      String next = page.path("nextCursor").asString("");
      cursor = next.isEmpty() ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return count;
  }

  private void park(String orchestration, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      worker.send(
          Topics.EXECUTION_START,
          "{\"orchestrationName\": \"%s\", \"flowId\": \"%s%d\", \"payload\": {}}"
              .formatted(orchestration, prefix, i));
    }
  }

  private Reply post(int instance, String path, String body) {
    return instances.get(instance).post(path, body);
  }

  /** After the pivot, a flow whose step fails for good is parked. */
  private void register(String name) {
    Reply registered =
        instances
            .get(0)
            .post(
                "/api/orchestrations",
                ("{orchestrationName: %s, steps: [{seq: 1, name: charge, pivot: true},"
                        + " {seq: 2, name: ship, maxRetries: 1}]}")
                    .formatted(name));
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> instances.get(1).get("/api/orchestrations/" + name).status() == 200);
  }
}
