package io.doundo.orchestrator.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * One of two instances is stopped while flows end. Everything that says so is compacted away or
 * expires before the instance is started again over its old state directory. The number of flows is
 * set by {@code doundo.stopped.flows}.
 */
class StoppedInstanceIT {

  private static final Duration PATIENCE = TwoInstances.PATIENCE;
  private static final int FLOWS = Integer.getInteger("doundo.stopped.flows", 100);
  private static final int EACH = FLOWS / 2;
  private static final String LIVE = "&status=WAITING,IN_PROGRESS,UNDOING,PARKED";

  /** What the changelogs of an installation are set to in hours, they are set to in moments. */
  private static final Map<String, String> SHORT =
      Map.of(
          TopicConfig.SEGMENT_MS_CONFIG, "200",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0",
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "200",
          TopicConfig.DELETE_RETENTION_MS_CONFIG, "200");

  private int later;

  @Test
  void noFlowThatEndedMeanwhileIsShownOrKeptAsALiveOne(@TempDir Path data) throws Exception {
    TestBroker broker = new TestBroker(Map.of("log.cleaner.backoff.ms", "100"));
    try (TwoInstances installation = TwoInstances.start(data, broker)) {
      Rest stopped = installation.rest().get(0);
      Rest running = installation.rest().get(1);
      shorten(broker);
      fill(installation);
      assertThat(figure(stopped, "doundo_parked") + figure(running, "doundo_parked"))
          .isEqualTo(EACH);

      installation.stop(0);
      assertThat(installation.stateDir(0).resolve("index/flows.snapshot")).exists();
      installation.worker().mendStep("ship");
      endAll(running, "RETRY", "PARKED", "parks");
      endAll(running, "ABANDON", "IN_PROGRESS", "runs");
      await().atMost(PATIENCE).until(() -> live(running) == 0);
      awaitCompacted(installation);
      expire(broker, Topics.ARCHIVE, Topics.FLOW_EVENTS);
      installation.startAgain(0);
      awaitShare(stopped);

      for (int i = 0; i < 2; i++) {
        assertNoneIsKept(installation.applications().get(i));
        assertNoneIsListed(installation.rest().get(i));
      }
      assertExpired(stopped);
    }
  }

  private static void shorten(TestBroker broker) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String topic : broker.admin().listTopics().names().get()) {
      if (topic.endsWith("-changelog")) {
        changes.put(
            new ConfigResource(ConfigResource.Type.TOPIC, topic),
            SHORT.entrySet().stream()
                .map(
                    setting ->
                        new AlterConfigOp(
                            new ConfigEntry(setting.getKey(), setting.getValue()),
                            AlterConfigOp.OpType.SET))
                .toList());
      }
    }
    assertThat(changes).isNotEmpty();
    broker.admin().incrementalAlterConfigs(changes).all().get();
  }

  /** Half of the flows are parked, the others wait for an answer; both instances list all. */
  private static void fill(TwoInstances installation) {
    Rest any = installation.rest().get(0);
    register(
        any, "parks", "{seq: 1, name: charge, pivot: true}, {seq: 2, name: ship, maxRetries: 1}");
    register(any, "runs", "{seq: 1, name: hold}");
    register(any, "passes", "{seq: 1, name: pass}");
    installation.worker().breakStep("ship");
    installation.worker().silence("hold");
    for (int i = 0; i < EACH; i++) {
      begin(installation, "parks", "parks-" + i);
      begin(installation, "runs", "runs-" + i);
    }
    for (Rest instance : installation.rest()) {
      awaitCount(instance, "orchestration=parks&status=PARKED");
      awaitCount(instance, "orchestration=runs&status=IN_PROGRESS");
    }
    // The gauges are as old as their last refresh.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                installation.rest().stream().mapToDouble(one -> figure(one, "doundo_flows")).sum()
                    == 2 * EACH);
  }

  private static void register(Rest instance, String name, String steps) {
    Reply registered =
        instance.post(
            "/api/orchestrations", "{orchestrationName: %s, steps: [%s]}".formatted(name, steps));
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
  }

  private static void begin(TwoInstances installation, String orchestration, String flowId) {
    installation
        .worker()
        .send(
            Topics.EXECUTION_START,
            "{\"orchestrationName\": \"%s\", \"flowId\": \"%s\", \"payload\": {}}"
                .formatted(orchestration, flowId));
  }

  private static void awaitCount(Rest instance, String filter) {
    await(filter).atMost(PATIENCE).until(() -> count(instance, filter) == EACH);
  }

  /** How many flows match, by a complete list. */
  private static int count(Rest instance, String filter) {
    JsonNode page = instance.get("/api/flows?limit=1&count=true&" + filter).json();
    return page.path("complete").asBoolean(false) ? page.at("/total/count").asInt(-1) : -1;
  }

  private static int live(Rest instance) {
    int parks = count(instance, "orchestration=parks" + LIVE);
    int runs = count(instance, "orchestration=runs" + LIVE);
    return parks < 0 || runs < 0 ? -1 : parks + runs;
  }

  private static void endAll(Rest instance, String verb, String status, String orchestration) {
    String draft =
        "{\"verb\": \"%s\", \"filter\": \"status=%s&orchestration=%s\", \"reason\": \"over\"}"
            .formatted(verb, status, orchestration);
    Reply made =
        await()
            .atMost(PATIENCE)
            .until(() -> instance.post("/api/jobs", draft), reply -> reply.status() == 201);
    assertThat(made.json().get("matched").intValue()).isEqualTo(EACH);
    String job = "/api/jobs/" + made.json().get("jobId").stringValue();
    instance.patch(job, "{\"perSecond\": 500}");
    Reply started = instance.post(job + "/start", "");
    assertThat(started.status()).as(started.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> instance.get(job).json().path("state").asString("").equals("DONE"));
  }

  /** Compaction works on what later flows have left behind: some more of them run and end. */
  private void awaitCompacted(TwoInstances installation) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(installation.broker())) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                for (int i = 0; i < 16; i++) {
                  begin(installation, "passes", "passes-" + later++);
                }
                return keys(consumer, "doundo-flows-changelog").stream()
                    .allMatch(key -> key.startsWith("passes-"));
              });
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(TestBroker broker) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            broker.bootstrap(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Set<String> keys(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<TopicPartition> partitions = partitions(consumer, topic);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Set<String> keys = new HashSet<>();
    while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        keys.add(new String(record.key(), UTF_8));
      }
    }
    return keys;
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  /** Their retention has passed. */
  private static void expire(TestBroker broker, String... topics) throws Exception {
    Map<TopicPartition, RecordsToDelete> gone = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
      List<TopicPartition> all =
          Stream.of(topics).flatMap(topic -> partitions(consumer, topic).stream()).toList();
      consumer
          .endOffsets(all)
          .forEach((at, end) -> gone.put(at, RecordsToDelete.beforeOffset(end)));
    }
    broker.admin().deleteRecords(gone).all().get();
  }

  /** It decides flows again: what its stores kept would be seen. */
  private static void awaitShare(Rest instance) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode instances = instance.get("/api/stats").json().get("instances");
              assertThat(instances).hasSize(2);
              assertThat(instances)
                  .allSatisfy(
                      one -> {
                        assertThat(one.get("state").stringValue()).isEqualTo("RUNNING");
                        assertThat(one.get("partitions")).isNotEmpty();
                      });
            });
  }

  /**
   * They have ended, and their records are gone. The instance that went on still has some in
   * memory.
   */
  private static void assertExpired(Rest instance) {
    List<Reply> replies =
        IntStream.range(0, EACH).mapToObj(i -> instance.get("/api/flows/parks-" + i)).toList();
    assertThat(replies).extracting(Reply::status).containsOnly(200, 404).contains(404);
    assertThat(replies)
        .filteredOn(reply -> reply.status() == 200)
        .allSatisfy(
            reply -> assertThat(reply.json().path("status").asString("")).isEqualTo("COMPLETED"));
  }

  /** By the stores of the instance: a flow that is live there goes on at the next record for it. */
  private static void assertNoneIsKept(ConfigurableApplicationContext application) {
    StreamsEngine engine = application.getBean(OrchestratorService.class).engine().orElseThrow();
    assertThat(IntStream.range(0, EACH).boxed().flatMap(i -> Stream.of("parks-" + i, "runs-" + i)))
        .noneMatch(engine::isLive);
  }

  private static void assertNoneIsListed(Rest instance) {
    await().atMost(PATIENCE).until(() -> live(instance) == 0);
    for (String orchestration : List.of("parks", "runs")) {
      JsonNode stats = instance.get("/api/stats?orchestration=" + orchestration).json();
      for (String status : List.of("WAITING", "IN_PROGRESS", "UNDOING", "PARKED")) {
        assertThat(stats.at("/byStatus/" + status).intValue()).as(status).isZero();
      }
      JsonNode incidents = instance.get("/api/incidents?orchestration=" + orchestration).json();
      assertThat(incidents.get("incidents"))
          .allSatisfy(
              incident -> {
                assertThat(incident.get("open").intValue()).as(incident.toString()).isZero();
                assertThat(incident.get("parked").intValue()).isZero();
              });
    }
    // The gauges are as old as their last refresh.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(figure(instance, "doundo_index_complete")).isEqualTo(1);
              for (String alerting :
                  List.of("doundo_parked", "doundo_flows", "doundo_oldest_seconds")) {
                assertThat(figure(instance, alerting)).as(alerting).isZero();
              }
            });
  }

  /** The sum of a meter's series. */
  private static double figure(Rest instance, String meter) {
    Matcher series =
        Pattern.compile("(?m)^" + meter + "(\\{[^}]*\\})? ([0-9.eE+-]+)")
            .matcher(instance.get("/actuator/prometheus").http().body());
    double sum = 0;
    while (series.find()) {
      sum += Double.parseDouble(series.group(2));
    }
    return sum;
  }
}
