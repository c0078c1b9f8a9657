package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.StatusChange;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.json.MalformedRecordException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredDefinitionsTest {

  private static final String RICH =
      """
      orchestrationName: order
      type: graph
      timeout: 1h
      searchKey: orderId
      description: sells
      steps:
        - {name: a, objectType: Order, doMethod: run, undoMethod: unrun,
           retry: {abortOn: [x], jitter: 0.25, factor: 1.5}}
        - {name: b, dependsOn: [a], pivot: true, dispatch: committed, sharedTopic: true}
        - {name: c, dependsOn: [b], undo: none, onTimeout: escalate, failStep: retry}
      """;

  @ParameterizedTest
  @ValueSource(strings = {RICH, "orchestrationName: o\nsteps: [{name: a, undoFailed: true}]"})
  void aDefinitionSurvivesItsStoredForm(String document) throws MalformedRecordException {
    Orchestration definition = definition(document);

    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(definition))).isEqualTo(definition);
  }

  @Test
  void theHashIsOfTheContentNotOfItsSpelling() {
    Orchestration definition = definition("orchestrationName: o\nsteps: [{name: a}, {name: b}]");

    assertThat(definition.id().hash()).matches("[0-9a-f]{16}");
    assertThat(
            definition(
                    """
                    {"steps":[{"name":"b","seq":2},{"seq":1,"name":"a","maxRetries":3,
                    "timeout":"PT5M","pivot":false}],"type":"saga","orchestrationName":"o"}""")
                .id())
        .isEqualTo(definition.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orchestrationName: p\nsteps: [{name: a}, {name: b}]",
        "orchestrationName: o\ntype: parallel\nsteps: [{name: a}, {name: b}]",
        "orchestrationName: o\nsteps: [{name: a}, {name: b, seq: 3}]",
        "orchestrationName: o\nsteps: [{name: a}, {name: b, timeout: 1s}]",
        "orchestrationName: o\nsteps: [{name: a}, {name: b, doMethod: x}]",
        "orchestrationName: o\ndescription: x\nsteps: [{name: a}, {name: b}]"
      })
  void otherContentHasAnotherHash(String document) {
    assertThat(definition(document).id().hash())
        .isNotEqualTo(
            definition("orchestrationName: o\nsteps: [{name: a}, {name: b}]").id().hash());
  }

  @Test
  void whoRegistersIsNotContent() {
    byte[] document = "orchestrationName: o\nsteps: [{name: a}]".getBytes(UTF_8);
    Defined shop =
        (Defined) RegistrationCompiler.compile(document, Map.of("source", "shop")).results().get(0);

    assertThat(shop.orchestration().id()).isEqualTo(definition(new String(document, UTF_8)).id());
  }

  @ParameterizedTest
  @CsvSource({"50,a", "100,a", "199,a", "200,b", "299,b", "300,a", "9999,a"})
  void aStartGetsTheNewestVersionAppendedNoLaterElseTheFirst(long at, String hash) {
    DefinitionHistory history =
        DefinitionHistory.EMPTY.with("a", 100).with("b", 200).with("a", 300);

    assertThat(history.at(at)).map(Version::hash).hasValue(hash);
    assertThat(history.latest()).hasValue(new Version("a", 3, 300, null));
    assertThat(DefinitionHistory.EMPTY.at(at)).isEmpty();
  }

  @Test
  void aHistoryForgetsWhatNoStartCanChoose() {
    DefinitionHistory history =
        DefinitionHistory.EMPTY
            .with("a", 100)
            .with("b", 200)
            .with("a", 300)
            .with("b", 400)
            .with("a", 500);

    assertThat(history.since(350).versions())
        .extracting(Version::version)
        .as("in force at 350, and those after it")
        .containsExactly(3, 4, 5);
    for (long start = 350; start < 600; start += 50) {
      assertThat(history.since(350).at(start)).isEqualTo(history.at(start));
    }
    assertThat(history.since(1_000).versions())
        .as("the newest, and the last of each content")
        .extracting(Version::version)
        .containsExactly(4, 5);
    assertThat(history.since(1_000).with("c", 1_100).latest())
        .hasValue(new Version("c", 6, 1_100, null));
  }

  @Test
  void aHistoryIsBoundedAndItsNumbersGoOn() {
    DefinitionHistory history = DefinitionHistory.EMPTY;
    for (int i = 1; i <= 20_000; i++) {
      history = history.with(i % 2 == 0 ? "0123456789abcdef" : "fedcba9876543210", i).since(0);
    }

    assertThat(history.versions()).hasSize(DefinitionHistory.MOST_VERSIONS);
    assertThat(history.latest().map(Version::version)).hasValue(20_000);
    assertThat(history.isFull()).isTrue();
    assertThat(history.encode()).hasSizeLessThan(100_000);
  }

  @Test
  void declarationsOfManyServicesFitIntoARecord() {
    WorkerDeclarations workers = WorkerDeclarations.EMPTY;
    for (int service = 0; service < 600; service++) {
      String tail = "x".repeat(50) + service;
      List<String> steps = IntStream.range(0, 200).mapToObj(i -> "s" + i + tail).toList();
      workers = workers.merged(new WorkerDeclaration("service" + service, "o", steps), service);
    }

    assertThat(workers.encode()).hasSizeLessThanOrEqualTo(500_000);
    assertThat(workers.workers().get(workers.workers().size() - 1).service())
        .isEqualTo("service599");
  }

  @Test
  void oneServiceThatRenamesItsStepsForgetsTheOldestNames() {
    WorkerDeclarations workers = WorkerDeclarations.EMPTY;
    for (int i = 0; i < 1_000; i++) {
      workers = workers.merged(new WorkerDeclaration("x", "o", List.of("s0", "s" + i)), i);
    }

    assertThat(workers.workers().get(0).steps()).hasSize(400).contains("s0", "s999");
    assertThat(workers.serves("s1")).isFalse();
  }

  /** Recorded before the compiler was last changed: the same content must have the same hash. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          graph-initiator-registration.json    | orderProcessing@3b6b801b48db39bc
          graph-initiator-registration.yaml    | orderProcessing@3b6b801b48db39bc
          initiator-registration.yaml          | tenantCreation@a86709c63ca9c944
          parallel-initiator-registration.json | userOnboarding@5bd3433edeec8dee
          pivot-registration.yaml              | invoicePayment@1aeee66df56bba29
          plain-worker-registration.yaml       | invoiceArchiving@0d08407db673cbe0
          retry-registration.yaml              | dataImport@ea9760491a040976
          several-registrations.yaml           | accountOpening@65b3179b8dc0e887
          """)
  void oldDocumentsKeepTheirHash(String file, String definition) throws Exception {
    byte[] document = Files.readAllBytes(Path.of("..", "registration-examples", file));

    assertThat(RegistrationCompiler.compile(document, Map.of()).results().get(0))
        .isInstanceOfSatisfying(
            Defined.class,
            defined -> assertThat(defined.orchestration().id().header()).isEqualTo(definition));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          steps: [{name: a, seq: 010, timeout: 30S, pivot: Yes, retry: {jitter: 1e-1}}]   | a32f1403b09409f3
          {timeout: 30, steps: [{name: on}, {name: off, sharedTopic: 'true'}, {name: 'null'}]} | 96c9114ea9394990
          """)
  void oddSpellingsKeepTheirHash(String rest, String hash) {
    String document =
        rest.startsWith("{")
            ? "{orchestrationName: o, " + rest.substring(1)
            : "orchestrationName: o\n" + rest;

    assertThat(definition(document).id().hash()).isEqualTo(hash);
  }

  @Test
  void aFactorIsPartOfTheContentOnlyWhenItIsNotTheDefault() {
    String silent = definition("orchestrationName: o\nsteps: [{name: a}]").id().hash();

    assertThat(
            definition("orchestrationName: o\nsteps: [{name: a, retry: {factor: 2}}]").id().hash())
        .isEqualTo(silent);
    assertThat(
            definition("orchestrationName: o\nsteps: [{name: a, retry: {factor: 2.5}}]")
                .id()
                .hash())
        .isNotEqualTo(silent);
  }

  @Test
  void aHistorySurvivesItsStoredForm() throws MalformedRecordException {
    DefinitionHistory history = DefinitionHistory.EMPTY.with("a", 100).with("b", 200, "alice");

    assertThat(DefinitionHistory.decode(history.encode())).isEqualTo(history);
    assertThat(history.latest().map(Version::requestedBy)).hasValue("alice");
  }

  @Test
  void theStatusOfANameIsThatOfTheStartsTime() throws MalformedRecordException {
    DefinitionHistory history =
        DefinitionHistory.EMPTY
            .with("a", 100)
            .with(new StatusChange(OrchestrationStatus.PAUSED, 200, "alice"))
            .with("b", 300)
            .with(new StatusChange(OrchestrationStatus.ACTIVE, 400, null));

    assertThat(DefinitionHistory.decode(history.encode())).isEqualTo(history);
    assertThat(history.status()).isEqualTo(OrchestrationStatus.ACTIVE);
    assertThat(List.of(0L, 199L, 200L, 399L, 400L))
        .extracting(history::statusAt)
        .containsExactly(
            OrchestrationStatus.ACTIVE,
            OrchestrationStatus.ACTIVE,
            OrchestrationStatus.PAUSED,
            OrchestrationStatus.PAUSED,
            OrchestrationStatus.ACTIVE);
  }

  @Test
  void aStartFromBeforeTheRegistrationMeetsItsStatus() {
    DefinitionHistory draft =
        DefinitionHistory.EMPTY
            .with(new StatusChange(OrchestrationStatus.DRAFT, 50, null))
            .with("a", 100);

    assertThat(draft.statusAt(10)).isEqualTo(OrchestrationStatus.DRAFT);
  }

  @Test
  void changesOfTheStatusThatNoStartCanChooseAreDropped() {
    DefinitionHistory history = DefinitionHistory.EMPTY.with("a", 1);
    for (int i = 1; i <= 300; i++) {
      OrchestrationStatus status =
          i % 2 == 0 ? OrchestrationStatus.ACTIVE : OrchestrationStatus.PAUSED;
      history = history.with(new StatusChange(status, i * 10L, null)).since(0);
    }

    assertThat(history.changes()).hasSize(100);
    assertThat(history.since(2_995).changes())
        .extracting(StatusChange::at)
        .containsExactly(2_990L, 3_000L);
    assertThat(history.since(99_999).changes())
        .extracting(StatusChange::at)
        .containsExactly(3_000L);
  }

  @Test
  void aHistoryWithoutThoseWhoAskedIsStillRead() throws MalformedRecordException {
    byte[] stored =
        "{\"schema\":1,\"versions\":[{\"hash\":\"a\",\"version\":7,\"appendedAt\":100}]}"
            .getBytes(UTF_8);

    assertThat(DefinitionHistory.decode(stored).latest()).hasValue(new Version("a", 7, 100, null));
  }

  @Test
  void theDeclarationsOfAServiceAddUp() throws MalformedRecordException {
    WorkerDeclarations workers =
        WorkerDeclarations.EMPTY
            .merged(new WorkerDeclaration("x", "o", List.of("a")), 1)
            .merged(new WorkerDeclaration("y", "o", List.of("b")), 2)
            .merged(new WorkerDeclaration("x", "o", List.of("c", "a")), 3);

    assertThat(workers.workers())
        .containsExactly(
            new WorkerDeclarations.DeclaredWorker("y", List.of("b"), 2),
            new WorkerDeclarations.DeclaredWorker("x", List.of("a", "c"), 3));
    assertThat(workers.covers(new WorkerDeclaration("x", "o", List.of("c")))).isTrue();
    assertThat(workers.covers(new WorkerDeclaration("y", "o", List.of("c")))).isFalse();
    assertThat(workers.serves("b")).isTrue();
    assertThat(workers.serves("z")).isFalse();
    assertThat(WorkerDeclarations.decode(workers.encode())).isEqualTo(workers);
  }

  @Test
  void aNullWhereATextMustBeIsRefused() {
    String stored =
        new String(DefinitionCodec.encode(TestDefinitions.chain("order", "pay")), UTF_8);
    assertThat(stored).contains("\"strategy\":\"");
    String changed = stored.replaceFirst("\"strategy\":\"[A-Z_]*\"", "\"strategy\":null");
    assertThatThrownBy(() -> DefinitionCodec.decode(changed.getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("strategy must be a text, but is null");
  }

  @Test
  void anotherSchemaIsRefused() {
    assertThatThrownBy(() -> DefinitionHistory.decode("{\"schema\":2}".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("the stored definition has schema 2; this version reads 1");
  }
}
