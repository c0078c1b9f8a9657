package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A registration from the Kafka record to topics, definitions and statuses. */
class RegistrationIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path EXAMPLES = Path.of("..", "registration-examples");

  private static Broker broker;
  private static ControlPlane plane;

  @BeforeAll
  static void startPlane() {
    broker = new Broker();
    plane = new ControlPlane(broker.settings(2), Clock.systemUTC());
    plane.start();
  }

  @AfterAll
  static void stopPlane() {
    plane.close();
    broker.close();
  }

  @Test
  void aRegistrationCreatesTopicsThenTheDefinition() throws Exception {
    long offset =
        broker.send(
            Topics.REGISTRATION,
            "orchestrationName: first\nsteps: [{name: a}, {name: b, undo: none}]".getBytes(UTF_8),
            Map.of("X-Service-Name", "shop", "requestedBy", "alice\n" + "x".repeat(300)));

    RegistrationStatus status = status(offset);
    assertThat(status.success()).isTrue();
    assertThat(status.role()).isEqualTo(RegistrantRole.INITIATOR);
    assertThat(status.version()).isEqualTo(1);
    assertThat(status.changed()).isTrue();
    assertThat(status.serviceName()).isEqualTo("shop");
    assertThat(status.requestedBy()).startsWith("alice\\nxxx").endsWith("…").hasSize(100);
    assertThat(broker.admin.listTopics().names().get())
        .contains("orchestrator.first.a.do", "orchestrator.first.a.undo", "orchestrator.first.b.do")
        .doesNotContain("orchestrator.first.b.undo");
    assertThat(plane.topics().exists("orchestrator.first.a.do")).isTrue();
    assertThat(plane.topics().exists("orchestrator.first.z.do")).isFalse();

    Version version = history("first").latest().orElseThrow();
    assertThat(status.definition()).isEqualTo("first@" + version.hash());
    assertThat(version.requestedBy()).isEqualTo(status.requestedBy());
    ConsumerRecord<String, byte[]> stored = last("first:" + version.hash());
    assertThat(stored.timestamp()).isEqualTo(version.appendedAt());
    Orchestration definition = DefinitionCodec.decode(stored.value());
    assertThat(definition.initiator()).isEqualTo("shop");
    assertThat(definition.steps()).hasSize(2);
  }

  @Test
  void theSameContentAgainChangesNothingAndOtherContentIsANewVersion()
      throws MalformedRecordException {
    String content = "orchestrationName: again\nsteps: [{name: a}]";
    status(broker.register(content));
    long written = broker.read(Topics.DEFINITIONS).size();

    RegistrationStatus same =
        status(
            broker.register(
                "{\"orchestrationName\":\"again\",\"steps\":[{\"seq\":1,\"name\":\"a\"}]}"));
    assertThat(same.success()).isTrue();
    assertThat(same.changed()).isFalse();
    assertThat(same.version()).isEqualTo(1);
    assertThat(broker.read(Topics.DEFINITIONS)).hasSize((int) written);

    RegistrationStatus other = status(broker.register(content + "\ntimeout: 1h"));
    assertThat(other.changed()).isTrue();
    assertThat(other.version()).isEqualTo(2);

    RegistrationStatus back = status(broker.register(content));
    assertThat(back.version()).isEqualTo(3);
    assertThat(back.definition()).isEqualTo(same.definition());
    List<Version> versions = history("again").versions();
    assertThat(versions).hasSize(3);
    assertThat(versions.get(2).hash()).isEqualTo(versions.get(0).hash());
    assertThat(versions.get(2).appendedAt()).isGreaterThan(versions.get(0).appendedAt());
  }

  @Test
  void theStatusOfANameIsKeptInItsHistory() throws MalformedRecordException {
    status(broker.register("orchestrationName: rested\nsteps: [{name: a}]"));
    RegistrationStatus paused =
        status(broker.register("{orchestrationName: rested, status: paused}"));
    assertThat(paused.success()).isTrue();
    assertThat(paused.changed()).isTrue();
    assertThat(paused.orchestrationStatus()).isEqualTo(OrchestrationStatus.PAUSED);
    DefinitionHistory history = history("rested");
    assertThat(history.versions()).hasSize(1);
    assertThat(history.status()).isEqualTo(OrchestrationStatus.PAUSED);
    assertThat(history.changes().get(0).at())
        .isGreaterThanOrEqualTo(history.versions().get(0).appendedAt());

    RegistrationStatus again =
        status(broker.register("{orchestrationName: rested, status: paused}"));
    assertThat(again.changed()).isFalse();
    RegistrationStatus version =
        status(broker.register("orchestrationName: rested\nsteps: [{name: a}, {name: b}]"));
    assertThat(version.orchestrationStatus()).isEqualTo(OrchestrationStatus.PAUSED);
    assertThat(history("rested").status()).isEqualTo(OrchestrationStatus.PAUSED);

    RegistrationStatus unknown =
        status(broker.register("{orchestrationName: resteed, status: paused}"));
    assertThat(unknown.warnings())
        .containsExactly("the orchestration \"resteed\" is not registered yet");
  }

  @Test
  void anUndoWindowBeyondTheArchiveIsWarnedOf() throws MalformedRecordException {
    RegistrationStatus status =
        status(
            broker.register(
                "orchestrationName: regretted\nundoWindow: 30d\nsteps: [{seq: 1, name: a}]"));

    assertThat(status.success()).isTrue();
    assertThat(status.warnings())
        .containsExactly(
            "undoWindow is 30 days, longer than the 7 days that ended flows are kept"
                + " (doundo.archive-retention): a completed flow can be undone only that long");
  }

  @Test
  void workersAreRecorded() throws MalformedRecordException {
    status(broker.register("orchestrationName: served\nsteps: [{name: a}, {name: b}]"));

    RegistrationStatus first = status(broker.register(worker("served", "x", "a")));
    RegistrationStatus more = status(broker.register(worker("served", "x", "zz")));
    RegistrationStatus same = status(broker.register(worker("served", "x", "a")));
    RegistrationStatus early = status(broker.register(worker("unheardOf", "x", "a")));

    assertThat(first.role()).isEqualTo(RegistrantRole.WORKER);
    assertThat(first.serviceName()).isEqualTo("x");
    assertThat(first.definition()).isNull();
    assertThat(first.changed()).isTrue();
    assertThat(more.warnings()).containsExactly("\"served\" has no step \"zz\"");
    assertThat(same.changed()).isFalse();
    assertThat(early.warnings())
        .containsExactly("the orchestration \"unheardOf\" is not registered yet");
    WorkerDeclarations workers =
        WorkerDeclarations.decode(last(WorkerDeclarations.topicKey("served")).value());
    assertThat(workers.workers())
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.service()).isEqualTo("x");
              assertThat(worker.steps()).containsExactly("a", "zz");
            });
  }

  static Stream<List<String>> refusals() {
    return Stream.of(
        List.of("orchestrationName: o\nsteps:\n  - name: a\n bad: [1\n", "not valid YAML"),
        List.of("  \"orchestrationName\": \"o\",", "one line of a JSON document"),
        List.of(
            "{orchestrationName: o, type: graph, steps: [{name: a, dependsOn: b},"
                + " {name: b, dependsOn: a}]}",
            "in a cycle: a -> b -> a"),
        List.of("{orchestrationName: o, steps: [{name: a}, {name: a}]}", "is defined twice"),
        List.of("{orchestrationName: a.b, steps: [{name: a}]}", "must not contain a dot"),
        List.of("\u0000\u0001", "not valid YAML"),
        List.of("", "the record is empty"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusedRecordIsKeptWholeWithItsReason(List<String> refusal) {
    long offset = broker.register(refusal.get(0));

    RegistrationStatus status = status(offset);
    assertThat(status.success()).isFalse();
    assertThat(status.problems())
        .extracting(Problem::message)
        .first()
        .asString()
        .contains(refusal.get(1));
    ConsumerRecord<String, byte[]> letter = deadLetter(offset);
    assertThat(letter.value()).asString(UTF_8).isEqualTo(refusal.get(0));
    assertThat(header(letter, "dead-letter-reason")).contains(refusal.get(1));
    assertThat(header(letter, "dead-letter-source-topic")).isEqualTo(Topics.REGISTRATION);
  }

  @Test
  void aMultiLineJsonDocumentFedLineByLineIsExplainedLineByLine() {
    String document =
        """
        {
          "orchestrationName": "split",
          "type": "sequential",
          "steps": [
            { "seq": 1, "name": "a" },
            { "seq": 2, "name": "b" }
          ]
        }""";
    List<Long> offsets = document.lines().map(broker::register).toList();

    for (int i = 0; i < offsets.size(); i++) {
      assertThat(status(offsets.get(i)).success()).isFalse();
    }
    assertThat(offsets.stream().map(offset -> header(deadLetter(offset), "dead-letter-reason")))
        .allSatisfy(
            reason ->
                assertThat(reason)
                    .contains("one line of a JSON document", "one record a line", "jq -c"));
  }

  @Test
  void oneWrongRegistrationRefusesTheWholeRecord() throws MalformedRecordException {
    long offset =
        broker.register(
            "orchestrationName: fine\nsteps: [{name: a}]\n---\norchestrationName: wrong\n");

    await().atMost(PATIENCE).pollInSameThread().until(() -> broker.statuses(offset).size() == 2);
    assertThat(broker.statuses(offset))
        .extracting(RegistrationStatus::orchestrationName, RegistrationStatus::success)
        .containsExactly(tuple("fine", false), tuple("wrong", false));
    assertThat(history("fine").versions()).isEmpty();
  }

  @Test
  void topicsThatCollideInKafkasMetricsAreRefused() {
    status(broker.register("{orchestrationName: col, steps: [{name: li_de}]}"));

    RegistrationStatus status =
        status(broker.register("{orchestrationName: col_li, steps: [{name: de}]}"));

    assertThat(status.success()).isFalse();
    assertThat(status.problems())
        .extracting(Problem::message)
        .first()
        .asString()
        .contains("orchestrator.col_li.de.do collides with orchestrator.col.li_de.do");
  }

  /** Each of these once stopped all registrations for good. */
  static Stream<String> poison() {
    String pivots =
        IntStream.range(0, 200)
            .mapToObj(i -> "{name: s%03d%s, pivot: true}".formatted(i, "x".repeat(24)))
            .collect(Collectors.joining(", "));
    String pattern = "x".repeat(249);
    String patterns = IntStream.range(0, 20).mapToObj(i -> "*p").collect(Collectors.joining(", "));
    String retry = "{retryOn: [%1$s], abortOn: [%1$s]}".formatted(patterns);
    String large =
        IntStream.range(0, 200)
            .mapToObj(i -> "  - {name: s%d, retry: %2$s, undoRetry: %2$s}\n".formatted(i, retry))
            .collect(Collectors.joining());
    String many =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    "{orchestrationName: many%d, steps: [%s]}"
                        .formatted(
                            i,
                            IntStream.range(0, 200)
                                .mapToObj(n -> "{name: s" + n + "}")
                                .collect(Collectors.joining(", "))))
            .collect(Collectors.joining("\n---\n"));
    return Stream.of(
        "{orchestrationName: poison, type: parallel, steps: [" + pivots + "]}",
        "description: &p " + pattern + "\norchestrationName: poison\nsteps:\n" + large,
        many,
        "{orchestrationName: poison, steps: " + "[".repeat(100_000));
  }

  @ParameterizedTest
  @MethodSource("poison")
  void theNextRecordIsCarriedOutWhateverTheOneBeforeHolds(String document) {
    long offset = broker.register(document);
    long next = broker.register("{orchestrationName: good, steps: [{name: a}]}");

    assertThat(status(next).success()).isTrue();
    assertThat(broker.statuses(offset))
        .isNotEmpty()
        .allSatisfy(status -> assertThat(status.success()).isFalse());
    assertThat(deadLetter(offset).value()).asString(UTF_8).isEqualTo(document);
    assertThat(plane.block()).isEmpty();
  }

  @Test
  void aStepTopicThatExistsAndIsCompactedIsWarnedOf() throws Exception {
    broker
        .admin
        .createTopics(
            List.of(
                new NewTopic("orchestrator.kept.a.do", 2, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();

    RegistrationStatus status =
        status(broker.register("{orchestrationName: kept, steps: [{name: a, undo: none}]}"));

    assertThat(status.success()).isTrue();
    assertThat(status.warnings())
        .singleElement()
        .asString()
        .startsWith("the existing topic orchestrator.kept.a.do has cleanup.policy=compact");
  }

  @Test
  void aRefusalNamesWhoRegisteredAndWhat() {
    long offset =
        broker.register(
            "{headers: {serviceName: shop}, payload: {orchestrationName: a.b, steps: [{name: a}]}}");

    RegistrationStatus status = status(offset);
    assertThat(status.orchestrationName()).isEqualTo("a.b");
    assertThat(status.serviceName()).isEqualTo("shop");
  }

  @Test
  void everyExampleIsAccepted() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().contains("-registration")).toList()) {
        long offset = broker.send(Topics.REGISTRATION, Files.readAllBytes(file), Map.of());
        assertThat(status(offset).success()).as(file.toString()).isTrue();
      }
    }
    Set<String> known = Set.of("tenantCreation.createRealm", "orderProcessing.capturePayment");
    assertThat(known)
        .allSatisfy(
            step -> assertThat(plane.topics().exists("orchestrator." + step + ".do")).isTrue());
  }

  private static String worker(String name, String service, String step) {
    return "{headers: {serviceName: %s}, payload: {orchestrationName: %s, as: worker, steps: [{name: %s}]}}"
        .formatted(service, name, step);
  }

  private static RegistrationStatus status(long offset) {
    await().atMost(PATIENCE).pollInSameThread().until(() -> !broker.statuses(offset).isEmpty());
    broker.awaitVisible(Topics.DEFINITIONS);
    broker.awaitVisible(Topics.DEAD_LETTER);
    return broker.statuses(offset).get(0);
  }

  private static DefinitionHistory history(String name) throws MalformedRecordException {
    DefinitionHistory history = DefinitionHistory.EMPTY;
    for (ConsumerRecord<String, byte[]> stored : broker.read(Topics.DEFINITIONS)) {
      if (stored.key().equals(name)) {
        history = DefinitionHistory.decode(stored.value());
      }
    }
    return history;
  }

  private static ConsumerRecord<String, byte[]> last(String key) {
    return broker.read(Topics.DEFINITIONS).stream()
        .filter(stored -> stored.key().equals(key))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static ConsumerRecord<String, byte[]> deadLetter(long offset) {
    return broker.read(Topics.DEAD_LETTER).stream()
        .filter(letter -> header(letter, "dead-letter-source-offset").equals("" + offset))
        .findFirst()
        .orElseThrow();
  }

  private static String header(ConsumerRecord<?, ?> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
