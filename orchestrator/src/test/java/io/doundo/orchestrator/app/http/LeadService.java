package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.app.http.LeadCarriers.Carrier;
import io.doundo.orchestrator.app.http.LeadCarriers.Deed;
import io.doundo.orchestrator.app.http.LeadCarriers.Entry;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The service with the carriers of the lead example, on a broker of its own. A flow has the id of
 * its lead. How it ends is compared with what the carriers did, by idempotency key.
 */
record LeadService(
    TestBroker broker, LeadCarriers carriers, ConfigurableApplicationContext application, Rest rest)
    implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What every carrier wants to see, and nobody else may. */
  static final String CREDENTIALS = "known-to-the-carriers-alone";

  /** Another connection to alpha, whose requests may arrive later. */
  static final String LATE = "late";

  /** What the key of an UNDO has beside that of its DO. */
  private static final Pattern UNDO_KEY = Pattern.compile("-undo(-[0-9]+)?$");

  /** The carriers of the example as it is written. */
  static final List<Carrier> ALL = List.of(Carrier.ALPHA, Carrier.BRAVO, Carrier.CHARLIE);

  /**
   * Starts everything, and waits until it is ready.
   *
   * @param more arguments of the service; without one about the http worker it runs in the service
   */
  static LeadService start(Path stateDir, Map<String, String> brokerSettings, String... more)
      throws IOException {
    LeadCarriers carriers = new LeadCarriers();
    TestBroker broker = new TestBroker(brokerSettings);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap()));
    arguments.addAll(workerArguments(carriers));
    arguments.addAll(List.of(more));
    ConfigurableApplicationContext application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    Rest rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    return new LeadService(broker, carriers, application, rest);
  }

  /** What the http worker has to be told, wherever it runs. */
  List<String> workerArguments() {
    return workerArguments(carriers);
  }

  private static List<String> workerArguments(LeadCarriers carriers) {
    List<String> arguments = new ArrayList<>();
    // All share one clock: what is first sent now is certainly sent to this worker.
    arguments.add("--doundo.http.clock-tolerance=0");
    for (Carrier carrier : Carrier.values()) {
      String connection = "--doundo.http.connections." + nameOf(carrier);
      arguments.add(connection + ".base-url=" + carriers.baseUrl(carrier));
      arguments.add(connection + ".allow-private=true");
      arguments.add(connection + ".settle=1s");
      arguments.add(connection + ".auth.bearer=" + CREDENTIALS);
    }
    String late = "--doundo.http.connections." + LATE;
    arguments.add(late + ".base-url=" + carriers.baseUrl(Carrier.ALPHA));
    arguments.add(late + ".allow-private=true");
    arguments.add(late + ".settle=20s");
    return arguments;
  }

  /** The document that users find. */
  static String example() throws IOException {
    return Files.readString(Path.of("..", "registration-examples", "lead-registration.yaml"));
  }

  void register(String document) {
    Reply reply = rest.post("/api/orchestrations", document, "Content-Type", "application/yaml");
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/status").asString(""))
        .as(reply.http().body())
        .isEqualTo("SUCCESS");
  }

  /** Runs a flow to its end. */
  JsonNode run(String orchestration, String lead) {
    begin(orchestration, lead);
    return ended(lead);
  }

  void begin(String orchestration, String lead) {
    Reply reply =
        rest.post(
            "/api/orchestrations/execute",
            """
            {"orchestrationName": "%s", "flowId": "%s",
             "payload": {"lead": "%s", "name": "Ann Example", "zip": "80331"}}"""
                .formatted(orchestration, lead, lead));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(202);
  }

  JsonNode ended(String lead) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/api/flows/" + lead).json(),
            flow -> flow.path("completedAt").isString());
  }

  JsonNode parked(String lead, int attempts) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/api/flows/" + lead).json(),
            flow ->
                flow.path("status").asString("").equals("PARKED")
                    && flow.at("/steps/1/attempts").asInt() == attempts);
  }

  void ask(String lead, String verb, String body) {
    Reply reply = rest.post("/api/flows/" + lead + '/' + verb, body);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  /** Of every topic, whether a record of it has this text anywhere, aborted ones too. */
  Map<String, Boolean> hasRecordsWith(String text) throws InterruptedException, ExecutionException {
    Map<String, Boolean> byTopic = new TreeMap<>();
    Set<String> topics =
        broker.admin().listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      topics.forEach(topic -> byTopic.put(topic, false));
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (textOf(record).contains(text)) {
            byTopic.put(record.topic(), true);
          }
        }
      }
    }
    return byTopic;
  }

  private static String textOf(ConsumerRecord<byte[], byte[]> record) {
    StringBuilder all = new StringBuilder();
    append(all, record.key());
    append(all, record.value());
    record.headers().forEach(header -> append(all, header.value()));
    return all.toString();
  }

  private static void append(StringBuilder all, byte @Nullable [] bytes) {
    if (bytes != null) {
      all.append(new String(bytes, StandardCharsets.ISO_8859_1)).append('\n');
    }
  }

  List<String> events(String lead) {
    return rest.get("/api/flows/" + lead + "/timeline")
        .json()
        .path("events")
        .valueStream()
        .map(event -> event.path("type").asString(""))
        .toList();
  }

  List<Deed> deeds(Carrier carrier, String lead) {
    return carriers.ledgerOf(carrier, lead).stream().map(Entry::deed).toList();
  }

  /** Each carrier has the lead once, under one key, by the id that the step returned. */
  void assertCompleted(JsonNode flow, List<Carrier> taken) {
    assertThat(flow.path("status").asString("")).as("%s", flow).isEqualTo("COMPLETED");
    assertThat(flow.path("incidents").asInt(-1)).as("%s", flow).isZero();
    String lead = flow.path("flowId").asString("");
    for (Carrier carrier : taken) {
      List<Entry> entries = carriers.ledgerOf(carrier, lead);
      assertThat(entries).as(lead).extracting(Entry::deed).containsOnlyOnce(Deed.CREATED);
      assertThat(entries)
          .extracting(Entry::key)
          .doesNotContain("")
          .containsOnly(entries.get(0).key());
      assertThat(carriers.standing(carrier, lead))
          .as("%s: %s", carrier, entries)
          .containsExactly(step(flow, carrier).at("/result/id").asString(""));
    }
  }

  /** No carrier has the lead, and each key that created one was undone under a key of its own. */
  void assertUndone(JsonNode flow, List<Carrier> asked) {
    assertThat(flow.path("status").asString("")).as("%s", flow).isEqualTo("UNDONE");
    assertThat(flow.path("incidents").asInt(-1)).as("%s", flow).isZero();
    String lead = flow.path("flowId").asString("");
    for (Carrier carrier : asked) {
      List<Entry> entries = carriers.ledgerOf(carrier, lead);
      assertThat(carriers.standing(carrier, lead)).as("%s: %s", carrier, entries).isEmpty();
      assertThat(keys(entries, Deed.DELETED))
          .as("%s: %s", carrier, entries)
          .allMatch(key -> UNDO_KEY.matcher(key).find())
          .extracting(key -> UNDO_KEY.matcher(key).replaceFirst(""))
          .containsExactlyInAnyOrderElementsOf(keys(entries, Deed.CREATED));
    }
  }

  private static Set<String> keys(List<Entry> entries, Deed deed) {
    return entries.stream()
        .filter(entry -> entry.deed() == deed)
        .map(Entry::key)
        .collect(Collectors.toSet());
  }

  /** The step that calls a carrier; the one that is down stands in for charlie. */
  static JsonNode step(JsonNode flow, Carrier carrier) {
    String name = nameOf(carrier == Carrier.DELTA ? Carrier.CHARLIE : carrier);
    return flow.path("steps")
        .valueStream()
        .filter(step -> step.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }

  static String nameOf(Carrier carrier) {
    return carrier.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    application.close();
    broker.close();
    carriers.close();
  }
}
