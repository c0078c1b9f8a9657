package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.compile;
import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.names;
import static io.doundo.orchestrator.definition.compiler.Compiling.step;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Declared;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.StatusChanged;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedDocumentsTest {

  private static final String YAML =
      """
      orchestrationName: order
      as: initiator
      type: sequential
      steps:
        - {seq: 1, name: a}
        - {seq: 2, name: b}
      """;

  private static final String JSON =
      "{\"orchestrationName\":\"order\",\"as\":\"initiator\",\"type\":\"sequential\",\"steps\":"
          + "[{\"seq\":1,\"name\":\"a\"},{\"seq\":2,\"name\":\"b\"}]}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        YAML,
        JSON,
        "\uFEFF" + JSON,
        "---\n" + YAML + "---\n# nothing more\n",
        "{\"payload\":" + JSON + "}",
        "{\"headers\":{\"eventType\":\"REGISTER\"},\"payload\":" + JSON + "}",
        "{\"orchestrations\":[" + JSON + "]}",
        "{orchestrationName: order, type: SAGA, steps: [{name: a}, {name: 'b'}]}",
        "$schema: x\neventType: y\n" + YAML,
        "orchestrationName: order\nsteps: [{name: b, seq: 2}, {name: a, seq: '1'}]"
      })
  void everyFormGivesTheSameDefinition(String document) {
    Orchestration definition = definition(document);

    assertThat(definition.id()).isEqualTo(definition(YAML).id());
    assertThat(names(definition)).containsExactly("a", "b");
    assertThat(step(definition, "b").dependsOn()).containsExactly("a");
    assertThat(warnings(document)).isEmpty();
  }

  @Test
  void severalDocumentsAndListsInOneRecord() {
    CompiledRegistration compiled =
        compile(
            """
            orchestrations:
              - {orchestrationName: one, steps: [{name: a}]}
              - {orchestrationName: two, type: simultaneous, steps: [{name: a}, {name: b}]}
            ---
            orchestrationName: three
            steps: [{name: a}]
            ---
            orchestrationName: one
            as: worker
            steps: [{name: a}]
            """);

    assertThat(compiled.problems()).isEmpty();
    assertThat(compiled.results())
        .extracting(CompiledRegistration.Result::orchestrationName)
        .containsExactly("one", "two", "three", "one");
    assertThat(compiled.results().get(1))
        .isInstanceOfSatisfying(
            Defined.class,
            two -> assertThat(two.orchestration().type()).isEqualTo(GraphType.PARALLEL));
    assertThat(compiled.results().get(3)).isInstanceOf(Declared.class);
  }

  @Test
  void omittedSettingsHaveTheirDefaults() {
    Orchestration definition = definition(YAML);

    assertThat(definition.timeout()).isNull();
    assertThat(definition.undoWindow()).isEqualTo(Duration.ofHours(24));
    assertThat(definition.steps().get(0))
        .isEqualTo(
            new Step(
                "a",
                1,
                List.of(),
                Work.Remote.PLAIN,
                new AttemptRules(
                    Duration.ofMinutes(5),
                    OnTimeout.RETRY,
                    RetryPolicy.DEFAULT_DO,
                    RetryPolicy.DEFAULT_PERSISTENT),
                UndoRule.OWN,
                false));
  }

  @Test
  void everyFieldIsRead() {
    Orchestration definition =
        definition(
            """
            orchestrationName: order
            type: graph
            timeout: 1h30m
            undoWindow: P2D
            searchKey: orderId
            description: sells things
            sharedTopic: true
            steps:
              - name: a
                seq: 10
                objectType: Order
                handlerClass: com.example.A
                doMethod: run
                undoMethod: unrun
                handlerMethod: handle
                undoHandlerMethod: unhandle
                sharedTopic: false
                timeout: 30s
                undoFailed: true
                dispatch: committed
                onTimeout: escalate
                retry: {maxAttempts: 5, strategy: LINEAR, delay: PT1S, maxDelay: 4000, jitter: 0,
                        retryOn: [timeout, "5\\\\d\\\\d"], abortOn: "no such"}
                undoRetry: {maxAttempts: 7, strategy: fixed, delay: 90s}
              - {name: b, seq: 20, dependsOn: [a], pivot: true}
              - {name: c, seq: 30, dependsOn: b, undo: none}
            """);

    assertThat(definition.timeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(definition.undoWindow()).isEqualTo(Duration.ofDays(2));
    assertThat(definition.searchKey()).isEqualTo("orderId");
    assertThat(definition.description()).isEqualTo("sells things");
    assertThat(step(definition, "a"))
        .isEqualTo(
            new Step(
                "a",
                10,
                List.of(),
                new Work.Remote(
                    true,
                    false,
                    "Order",
                    Map.of(
                        "handlerClass", "com.example.A",
                        "doMethod", "run",
                        "undoMethod", "unrun",
                        "handlerMethod", "handle",
                        "undoHandlerMethod", "unhandle"),
                    null),
                new AttemptRules(
                    Duration.ofSeconds(30),
                    OnTimeout.ESCALATE,
                    new RetryPolicy(
                        5,
                        RetryPolicy.Strategy.LINEAR,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(4),
                        0,
                        List.of("timeout", "5\\d\\d"),
                        List.of("no such")),
                    new RetryPolicy(
                        7,
                        RetryPolicy.Strategy.FIXED,
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(90),
                        0.2,
                        List.of(),
                        List.of())),
                UndoRule.OWN_EVEN_IF_FAILED,
                false));
    assertThat(step(definition, "b").pivot()).isTrue();
    assertThat(step(definition, "b").remote().sharedTopic()).isTrue();
    assertThat(step(definition, "b").retry()).isEqualTo(RetryPolicy.DEFAULT_DO);
    assertThat(step(definition, "c").undoable()).isFalse();
    assertThat(step(definition, "c").retry()).isEqualTo(RetryPolicy.DEFAULT_PERSISTENT);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "2,2", "3,3"})
  void maxRetriesCountsAttemptsInAll(int maxRetries, int attempts) {
    Orchestration definition =
        definition(
            "orchestrationName: o\nsteps: [{name: a, maxRetries: %d, retry: {delay: 1s}}]"
                .formatted(maxRetries));

    assertThat(step(definition, "a").retry().maxAttempts()).isEqualTo(attempts);
    assertThat(step(definition, "a").retry().delay()).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "30s,30000",
    "PT30S,30000",
    "1500,1500",
    "'1500',1500",
    "250ms,250",
    "1h 30m,5400000",
    "2d,172800000",
    "pt1.5s,1500"
  })
  void durationsAreWrittenInManyWays(String written, long millis) {
    Orchestration definition =
        definition("orchestrationName: o\nsteps: [{name: a, timeout: " + written + "}]");

    assertThat(step(definition, "a").timeout()).hasMillis(millis);
  }

  @Test
  void anUndoRetryWithOtherDelaysStillLastsADay() {
    Orchestration definition =
        definition(
            """
            orchestrationName: o
            steps:
              - {name: a, undoRetry: {strategy: fixed, delay: 5m}}
              - {name: b, undoRetry: {strategy: none}}
              - {name: c, undoRetry: {jitter: 0.5}}
              - {name: d, undoRetry: {factor: 4}}
            """);

    assertThat(step(definition, "a").undoRetry().maxAttempts()).isEqualTo(24 * 12 + 1);
    assertThat(step(definition, "b").undoRetry().maxAttempts()).isEqualTo(3);
    assertThat(step(definition, "c").undoRetry().maxAttempts())
        .isEqualTo(RetryPolicy.ATTEMPTS_OF_A_DAY);
    // 500 ms, 2 s, 8 s and 32 s precede the delays of a minute; doubling has seven of them.
    assertThat(step(definition, "d").undoRetry().maxAttempts())
        .isEqualTo(RetryPolicy.ATTEMPTS_OF_A_DAY - 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"draft", "active", "PAUSED", "Retired"})
  void aRegistrationWithoutStepsChangesTheStatusOfItsName(String word) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(
            ("{\"headers\":{\"source\":\"shop\"},\"payload\":{\"orchestrationName\":\"order\","
                    + "\"status\":\""
                    + word
                    + "\"}}")
                .getBytes(UTF_8),
            Map.of());

    assertThat(compiled.results())
        .containsExactly(
            new StatusChanged(
                "order",
                OrchestrationStatus.valueOf(word.toUpperCase(Locale.ROOT)),
                List.of(),
                "shop"));
  }

  @Test
  void theStatusOfADocumentOfTheNewVocabularyIsOfTheNameAndNotOfItsContent() {
    String document = "{vocabulary: 2, orchestrationName: o, %ssteps: [{name: a}]}";
    CompiledRegistration compiled =
        RegistrationCompiler.compile(
            document.formatted("status: draft, ").getBytes(UTF_8), Map.of());

    assertThat(compiled.results())
        .singleElement()
        .isInstanceOfSatisfying(
            Defined.class,
            defined -> {
              assertThat(defined.status()).isEqualTo(OrchestrationStatus.DRAFT);
              assertThat(defined.warnings()).isEmpty();
              assertThat(defined.orchestration().id())
                  .isEqualTo(definition(document.formatted("")).id());
            });
    assertThat(Compiling.problems(document.formatted("status: gone, ")))
        .singleElement()
        .asString()
        .contains("must be one of draft, active, paused, retired");
  }

  /** Registrations have used a field of this name for their own purposes. */
  @Test
  void theStatusOfAnOldDocumentIsAnUnknownField() {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(
            "{orchestrationName: o, status: retired, steps: [{name: a}]}".getBytes(UTF_8),
            Map.of());

    assertThat(compiled.results())
        .singleElement()
        .isInstanceOfSatisfying(
            Defined.class,
            defined -> {
              assertThat(defined.status()).isNull();
              assertThat(defined.orchestration().id())
                  .isEqualTo(definition("{orchestrationName: o, steps: [{name: a}]}").id());
              assertThat(defined.warnings())
                  .singleElement()
                  .asString()
                  .contains("status", "vocabulary: 2");
            });
  }

  @Test
  void aDelayGrowsByTheFactorOfItsPolicy() {
    Orchestration definition =
        definition(
            """
            orchestrationName: o
            steps:
              - {name: a, retry: {factor: 1.5, delay: 10s}, undoRetry: {factor: '3', strategy: exponential}}
              - {name: b, retry: {strategy: linear}}
            """);

    assertThat(step(definition, "a").retry().factor()).isEqualTo(1.5);
    assertThat(step(definition, "a").retry().delayMs(2)).isEqualTo(15_000);
    assertThat(step(definition, "a").undoRetry().factor()).isEqualTo(3);
    assertThat(step(definition, "b").retry().factor()).isEqualTo(RetryPolicy.DEFAULT_FACTOR);
  }

  @Test
  void aGraphIsSortedTopologicallyThenBySeqThenByName() {
    Orchestration definition =
        definition(
            """
            orchestrationName: o
            type: graph
            steps:
              - {name: last, seq: 1, dependsOn: [y, x, b]}
              - {name: y, seq: 5, dependsOn: [first]}
              - {name: x, seq: 5, dependsOn: [first, first]}
              - {name: b, seq: 3, dependsOn: [first]}
              - {name: first, seq: 9}
            """);

    assertThat(names(definition)).containsExactly("first", "b", "x", "y", "last");
    assertThat(step(definition, "last").dependsOn()).containsExactly("y", "x", "b");
  }

  @Test
  void parallelStepsHaveNoEdgesAndMayShareASeq() {
    Orchestration definition =
        definition(
            """
            orchestrationName: o
            type: parallel
            steps: [{name: z, seq: 1}, {name: b, seq: 2}, {name: a, seq: 2}]
            """);

    assertThat(names(definition)).containsExactly("z", "a", "b");
    assertThat(definition.steps()).allSatisfy(step -> assertThat(step.dependsOn()).isEmpty());
  }

  @Test
  void aTimeoutThatIsProbablyMeantInSecondsIsWarnedOf() {
    assertThat(Compiling.warnings("orchestrationName: o\nsteps: [{name: a, timeout: 30}]"))
        .containsExactly(
            "steps[0].timeout (line 2): 30 means 30 ms; write 30s if you mean seconds");
    assertThat(
            Compiling.warnings(
                "{orchestrationName: o, timeout: 5000, undoWindow: 0,"
                    + " steps: [{name: a, timeout: 30ms, retry: {delay: 200}}]}"))
        .isEmpty();
  }

  @Test
  void aStepMayBeNamedLikeOneOfOurTopics() {
    assertThat(
            Compiling.names(
                definition(
                    "{orchestrationName: o, steps: [{name: archive}, {name: undo}, {name: on}]}")))
        .containsExactly("archive", "undo", "on");
  }

  @Test
  void aliasesAndMergeKeysAreExpanded() {
    Orchestration definition =
        definition(
            """
            orchestrationName: o
            steps:
              - name: a
                retry: &patient {maxAttempts: 9, delay: 2s}
              - name: b
                retry: {<<: *patient, delay: 3s}
              - name: c
                retry: *patient
            """);

    assertThat(step(definition, "b").retry().maxAttempts()).isEqualTo(9);
    assertThat(step(definition, "b").retry().delay()).isEqualTo(Duration.ofSeconds(3));
    assertThat(step(definition, "c").retry()).isEqualTo(step(definition, "a").retry());
  }

  @Test
  void anUnknownFieldIsAWarning() {
    assertThat(
            warnings(
                """
                orchestrationName: o
                team: payments
                steps:
                  - name: a
                    colour: {red: 1}
                """))
        .containsExactly(
            "team (line 2): unknown field, ignored",
            "steps[0].colour (line 5): unknown field, ignored");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serviceName", "X-Service-Name", "source"})
  void theServiceIsNamedByARecordHeader(String header) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(YAML.getBytes(UTF_8), Map.of(header, "shop"));

    assertThat(compiled.results().get(0))
        .isInstanceOfSatisfying(
            Defined.class,
            defined -> assertThat(defined.orchestration().initiator()).isEqualTo("shop"));
  }

  @Test
  void aWorkerDeclaresWhatItServes() {
    CompiledRegistration compiled =
        compile(
            """
            headers: {serviceName: realm-service}
            payload:
              orchestrationName: tenantCreation
              as: worker
              steps:
                - {name: createRealm, handlerClass: com.example.Realm}
                - {name: createClient}
            """);

    assertThat(compiled.results())
        .containsExactly(
            new Declared(
                new WorkerDeclaration(
                    "realm-service", "tenantCreation", List.of("createRealm", "createClient")),
                List.of()));
  }

  @Test
  void aWorkerWithoutANameIsAcceptedWithAWarning() {
    assertThat(warnings("orchestrationName: o\nas: worker\nsteps: [{name: a}]"))
        .containsExactly(
            "the worker has no name: add a header serviceName, X-Service-Name or source");
  }

  @Test
  void theLongestNamesMakeATopicThatKafkaAccepts() {
    String longest = "a".repeat(63);

    assertThat(definition("orchestrationName: " + longest + "\nsteps: [{name: " + longest + "}]"))
        .isNotNull();
    assertThat(Topics.undoTopic(longest, longest)).hasSizeLessThanOrEqualTo(249);
  }
}
