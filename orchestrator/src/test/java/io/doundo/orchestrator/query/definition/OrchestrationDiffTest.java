package io.doundo.orchestrator.query.definition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.query.definition.OrchestrationDiff.Change;
import io.doundo.orchestrator.query.definition.OrchestrationDiff.Edge;
import io.doundo.orchestrator.query.definition.OrchestrationDiff.FieldChange;
import io.doundo.orchestrator.query.definition.OrchestrationDiff.StepChange;
import io.doundo.protocol.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OrchestrationDiffTest {

  private static final String BEFORE =
      """
      orchestrationName: order
      vocabulary: 2
      title: An order
      type: graph
      payload: {type: object, properties: {"a.b": {type: string}}}
      breakers: {bank: {openFor: 30s}}
      steps:
        - {name: reserve, timeout: 60s}
        - {name: check, dependsOn: [reserve]}
        - {name: sign, dependsOn: [check], task: {title: Sign, assignee: ann, due: 1h}}
        - {name: notify, dependsOn: [sign], undo: none}
      """;

  private static final String AFTER =
      """
      orchestrationName: order
      vocabulary: 2
      title: An order of the shop
      type: graph
      payload: {type: object, properties: {"a.b": {type: number}}}
      breakers: {bank: {openFor: 90s}}
      steps:
        - {name: reserve, timeout: 90s, retry: {maxAttempts: 5}, pivot: false}
        - {name: charge, dependsOn: [reserve]}
        - {name: sign, dependsOn: [charge], task: {title: Sign, assignee: ben, due: 2h}}
        - {name: notify, dependsOn: [sign], undo: none}
      """;

  @Test
  void theSameContentHasNoDifference() {
    OrchestrationDiff diff = OrchestrationDiff.of(compiled(BEFORE), 1, compiled(BEFORE), 2);
    assertThat(diff.fields()).isEmpty();
    assertThat(diff.steps()).isEmpty();
    assertThat(diff.edges().added()).isEmpty();
    assertThat(diff.edges().removed()).isEmpty();
  }

  @Test
  void stepsAreAddedRemovedAndChangedFieldByField() {
    OrchestrationDiff diff = OrchestrationDiff.of(compiled(BEFORE), 1, compiled(AFTER), 2);
    assertThat(diff.from()).isEqualTo(1);
    assertThat(diff.to()).isEqualTo(2);
    assertThat(diff.fields())
        .containsExactlyInAnyOrder(
            field("title", "\"An order\"", "\"An order of the shop\""),
            field("breakers.bank.openFor", "\"PT30S\"", "\"PT1M30S\""),
            field("payload.properties[\"a.b\"].type", "\"string\"", "\"number\""));
    assertThat(diff.steps())
        .extracting(StepChange::name, StepChange::change)
        .containsExactly(
            tuple("reserve", Change.CHANGED),
            tuple("charge", Change.ADDED),
            tuple("sign", Change.CHANGED),
            tuple("check", Change.REMOVED));
    assertThat(diff.steps().get(0).fields())
        .contains(
            field("timeout", "\"PT1M\"", "\"PT1M30S\""), field("retry.maxAttempts", "3", "5"));
    assertThat(diff.steps().get(2).fields())
        .contains(
            field("dependsOn", "[\"check\"]", "[\"charge\"]"),
            field("task.texts.assignee", "\"ann\"", "\"ben\""),
            field("task.due", "\"PT1H\"", "\"PT2H\""));
    assertThat(diff.edges().added())
        .containsExactlyInAnyOrder(new Edge("reserve", "charge"), new Edge("charge", "sign"));
    assertThat(diff.edges().removed())
        .containsExactlyInAnyOrder(new Edge("reserve", "check"), new Edge("check", "sign"));
  }

  @Test
  void aFieldThatIsNewOrGoneHasOneSideOnly() {
    OrchestrationDiff diff =
        OrchestrationDiff.of(
            compiled("{orchestrationName: o, timeout: 60s, steps: [{name: a}]}"),
            1,
            compiled("{orchestrationName: o, description: new, steps: [{name: a}]}"),
            2);
    assertThat(diff.fields())
        .containsExactlyInAnyOrder(
            field("timeout", "\"PT1M\"", null), field("description", null, "\"new\""));
  }

  private static FieldChange field(String path, @Nullable String from, @Nullable String to) {
    return new FieldChange(path, tree(from), tree(to));
  }

  private static @Nullable JsonNode tree(@Nullable String json) {
    return json == null ? null : Json.MAPPER.readTree(json);
  }

  private static Orchestration compiled(String document) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEqualTo(List.of());
    return ((Defined) compiled.results().get(0)).orchestration();
  }
}
