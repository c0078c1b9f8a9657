package io.doundo.orchestrator.app.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.SenderMark;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What nobody can do in the name of somebody else, over REST or by writing to the topics. */
abstract class TaskRightsOverRest extends TaskScenarios {

  TaskRightsOverRest(RunningTasks running) {
    super(running);
  }

  /** A browser opens the console's pages without a key, and nothing else. */
  @Test
  void withoutAKeyNoPathOfOthersIsReadAsAPageHoweverItIsWritten() {
    for (String path :
        List.of(
            "/api/flows",
            "/api;v=1/flows",
            "/%61pi/flows/p-1",
            "/%61pi/dead-letters",
            "/%61pi/flows/p-1/events",
            "/%61ctuator/prometheus",
            "/internal/flow?flowId=p-1",
            "/%69nternal/flow?flowId=p-1",
            "/internal;v=1/flow?flowId=p-1",
            "/flows/p-1")) {
      assertThat(rest.head(path, "Accept", "text/html").status())
          .as("HEAD %s", path)
          .isEqualTo(401);
      if (!path.startsWith("/flows")) {
        assertThat(rest.get(path, "Accept", "text/html").status())
            .as("GET %s", path)
            .isEqualTo(401);
      }
    }
    assertThat(rest.get("/flows/p-1", "Accept", "text/html").status()).isEqualTo(200);
    assertThat(rest.head("/console/app.js").status()).isEqualTo(200);
    String key = "key of admin";
    assertThat(rest.get("/%69nternal/flow?flowId=p-1", "X-API-Key", key).status())
        .as("a key opens no path between instances")
        .isEqualTo(401);
  }

  @Test
  void theBuyerCannotApproveTheOwnPurchase() throws Exception {
    // The buyer is the manager as well, and so may complete the task; its step does not accept it.
    begin("purchaseApproval", "e-1", PURCHASE.formatted("eve"), "approval");
    assertRefused(complete("eve", "e-1", "approval", "{\"approved\": true}"));
    assertThat(
            post(
                    "eve",
                    "/api/tasks/complete",
                    body("e-1", "approval", "\"payload\": {\"approved\": true}, \"by\": \"ann\""))
                .status())
        .as("a field of the body")
        .isEqualTo(400);
    assertThat(
            post(
                    "eve",
                    "/api/tasks/complete",
                    body(
                        "e-1",
                        "approval",
                        "\"payload\": {\"approved\": true}, \"onBehalfOf\": \"ann\""))
                .status())
        .as("without the permission act-as")
        .isEqualTo(403);
    for (String header : List.of("requestedBy", "X-Requested-By", "X-Forwarded-User", "saga-by")) {
      assertRefused(
          rest.post(
              "/api/tasks/complete",
              body("e-1", "approval", "\"payload\": {\"approved\": true}"),
              "X-API-Key",
              "key of eve",
              header,
              "ann"));
    }
    assertThat(
            post("eve", "/api/flows/e-1/signals/approval", "{\"payload\": {\"approved\": true}}")
                .status())
        .as("TASKS sends no signals")
        .isEqualTo(403);
    Reply forOthers =
        post(
            "portal",
            "/api/tasks/complete",
            body("e-1", "approval", "\"payload\": {\"approved\": true}, \"onBehalfOf\": \"ann\""));
    assertThat(forOthers.status()).as(forOthers.http().body()).isEqualTo(200);
    assertThat(step("e-1", "approval").path("by").asString("")).isEqualTo("ann");
    assertThat(get("admin", "/api/flows/e-1/timeline").http().body())
        .contains("by ann, sent by portal is taken");
  }

  private static void assertRefused(Reply reply) {
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(409);
    assertThat(reply.json().path("detail").asString("")).contains("does not accept it");
  }

  /** The flow decides, because who the task is for may change before it reads the record. */
  @Test
  void aRecordSaysForWhomItsSenderMayAct() throws Exception {
    begin("purchaseApproval", "w-1", PURCHASE.formatted("directors"), "approval");
    assertThat(
            post("dora", "/api/tasks/assign", body("w-1", "approval", "\"assignee\": \"dora\""))
                .status())
        .isEqualTo(200);
    assertThat(complete("dora", "w-1", "approval", "{\"approved\": true}").status()).isEqualTo(200);
    begin("purchaseApproval", "w-2", PURCHASE.formatted("ann"), "approval");
    assertThat(complete("olga", "w-2", "approval", "{\"approved\": true}").status()).isEqualTo(200);

    List<String> names = List.of("directors", "dora", "editors");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(controls("w-1"))
                  .extracting(ControlCommand::asOneOf)
                  .containsExactly(names, names);
              assertThat(controls("w-2"))
                  .singleElement()
                  .satisfies(command -> assertThat(command.asOneOf()).isNull());
            });
  }

  private List<ControlCommand> controls(String flow) throws MalformedRecordException {
    List<ControlCommand> commands = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(Topics.CONTROL, flow)) {
      commands.add(ControlCommand.decode(record.value(), record.key(), HeaderLookup.NONE));
    }
    return commands;
  }

  /** The flow's records in a topic. */
  private List<ConsumerRecord<byte[], byte[]>> records(String topic, String flow) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (new String(record.key(), StandardCharsets.UTF_8).equals(flow)) {
            found.add(record);
          }
        }
      }
    }
    return found;
  }

  /** Whatever service the caller names as the initiator. */
  @Test
  void aStartNamesTheCallerWhoseKeyItCameWith() {
    Reply started =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"purchaseApproval\", \"flowId\": \"s-1\", \"payload\": %s}"
                .formatted(PURCHASE.formatted("ann")),
            "X-API-Key",
            "key of olga",
            "X-Service-Name",
            "shop",
            RecordHeaders.REQUESTED_BY,
            "boss");
    assertThat(started.status()).as(started.http().body()).isEqualTo(202);
    assertThat(records(Topics.EXECUTION_START, "s-1"))
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.headers().headers(RecordHeaders.REQUESTED_BY))
                    .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                    .containsExactly("olga"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(flow("s-1").path("initiator").asString("")).isEqualTo("shop"));
  }

  /** The start names another initiator, as any caller may; its caller stays known. */
  @Test
  void whoHasStartedAFlowDoesNotApproveIt() {
    register(
        """
        orchestrationName: transfer
        steps:
          - name: approval
            task: { title: Approve the transfer }
            accept: signal.verified && signal.by != flow.requestedBy
        """);
    Reply started =
        rest.post(
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"transfer\", \"flowId\": \"t-1\", \"payload\": {}}",
            "X-API-Key",
            "key of olga",
            "X-Service-Name",
            "shop");
    assertThat(started.status()).as(started.http().body()).isEqualTo(202);
    await().atMost(PATIENCE).until(() -> status("t-1", "approval").equals("WAITING"));
    assertRefused(complete("olga", "t-1", "approval", "{}"));
    assertThat(complete("admin", "t-1", "approval", "{}").status()).isEqualTo(200);
    expectEnd("t-1", "COMPLETED");
  }

  @Test
  void aWriterOfTheTopicCannotMakeAVerifiedSignal() throws Exception {
    register(
        """
        orchestrationName: vault
        steps:
          - name: open
            signal: opened
            accept: signal.verified && signal.by == 'olga'
        """);
    begin("vault", "v-1", "{}", "open");
    long now = System.currentTimeMillis();
    SenderMark stolen = SenderMark.of(RunningTasks.SECRET);
    send(signal("k-1"), null);
    send(signal("k-2"), "true");
    send(signal("k-3"), SenderMark.of("a secret that somebody has guessed").of(signal("k-3"), now));
    // A mark made for another record, as a reader of the topic could copy it.
    send(signal("k-4"), stolen.of(signal("k-5"), now));
    // A mark made for this very record long ago.
    send(signal("k-6"), stolen.of(signal("k-6"), now - Duration.ofHours(1).toMillis()));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get("admin", "/api/flows/v-1/timeline")
                        .http()
                        .body()
                        .split("SIGNAL_REFUSED", -1)
                        .length
                    > 5);
    assertThat(status("v-1", "open")).isEqualTo("WAITING");
    assertThat(post("olga", "/api/flows/v-1/signals/opened", "").status()).isEqualTo(200);
    expectEnd("v-1", "COMPLETED");
  }

  /** A record as from olga, with every claim that a record can make. */
  private static byte[] signal(String id) {
    return ControlCommand.signal(id, "v-1", "opened", Json.string("verified"), "olga").encode();
  }

  private void send(byte[] value, @Nullable String mark)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(Topics.CONTROL, "v-1".getBytes(StandardCharsets.UTF_8), value);
      if (mark != null) {
        record.headers().add(RecordHeaders.SENDER_MARK, mark.getBytes(StandardCharsets.UTF_8));
      }
      producer.send(record).get();
    }
  }
}
