package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.protocol.MalformedRecordException;
import java.util.List;
import java.util.Map;
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
           retry: {abortOn: [x], jitter: 0.25}}
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
  void aStartTakesTheNewestVersionAppendedNoLaterElseTheFirst(long at, String hash) {
    DefinitionHistory history =
        DefinitionHistory.EMPTY.with("a", 100).with("b", 200).with("a", 300);

    assertThat(history.at(at)).map(Version::hash).hasValue(hash);
    assertThat(history.latest()).hasValue(new Version("a", 3, 300));
    assertThat(DefinitionHistory.EMPTY.at(at)).isEmpty();
  }

  @Test
  void aHistorySurvivesItsStoredForm() throws MalformedRecordException {
    DefinitionHistory history = DefinitionHistory.EMPTY.with("a", 100).with("b", 200);

    assertThat(DefinitionHistory.decode(history.encode())).isEqualTo(history);
  }

  @Test
  void whatAServiceDeclaresAddsUp() throws MalformedRecordException {
    WorkerDeclarations workers =
        WorkerDeclarations.EMPTY
            .merged(new WorkerDeclaration("x", "o", List.of("a")), 1)
            .merged(new WorkerDeclaration("y", "o", List.of("b")), 2)
            .merged(new WorkerDeclaration("x", "o", List.of("c", "a")), 3);

    assertThat(workers.workers())
        .containsExactly(
            new WorkerDeclarations.Worker("y", List.of("b"), 2),
            new WorkerDeclarations.Worker("x", List.of("a", "c"), 3));
    assertThat(workers.covers(new WorkerDeclaration("x", "o", List.of("c")))).isTrue();
    assertThat(workers.covers(new WorkerDeclaration("y", "o", List.of("c")))).isFalse();
    assertThat(workers.serves("b")).isTrue();
    assertThat(workers.serves("z")).isFalse();
    assertThat(WorkerDeclarations.decode(workers.encode())).isEqualTo(workers);
  }

  @Test
  void anotherSchemaIsRefused() {
    assertThatThrownBy(() -> DefinitionHistory.decode("{\"schema\":2}".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("the stored definition has schema 2; this version reads 1");
  }
}
