package io.doundo.orchestrator.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The values of a step's expressions for one flow. */
class StepProgramsTest {

  private final Bindings bindings =
      new Bindings()
          .with(
              "payload",
              json("{\"id\":\"o-1\",\"amount\":12,\"dryRun\":false,\"text\":\"{{ 1 }}\"}"))
          .with("result", json("{\"ref\":7,\"long\":\"text\"}"))
          .with("effect", json("\"DONE\""))
          .withStep(
              "rate", Map.of("result", json("{\"score\":3}"), "status", json("\"DO_SUCCESS\"")));

  @Test
  void aStepWithoutSettingsIsTakenAndGivenEverything() throws Exception {
    StepPrograms plain = programs(null, StepData.ALL, Work.Remote.PLAIN, UndoRule.OWN);

    assertThat(plain.isTaken(bindings)).isTrue();
    assertThat(plain.input(bindings)).isEmpty();
    assertThat(plain.result(bindings)).isEmpty();
    assertThat(plain.undoInput(bindings)).isEmpty();
    assertThat(plain.readByWhen()).isEmpty();
    assertThat(plain.readByWork()).isEmpty();
  }

  @Test
  void aConditionIsEvaluated() throws Exception {
    assertThat(taken("!payload.dryRun")).isTrue();
    assertThat(taken("{{ steps.rate.result.score > 3 }}")).isFalse();
    assertThatThrownBy(() -> taken("payload.nope == 1"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageStartingWith(
            "step book: when: {{ payload.nope == 1 }}: \"nope\" is not in payload");
  }

  @Test
  void inputAndResultAreComputed() throws Exception {
    StepPrograms book =
        programs(
            null,
            new StepData(
                "{\"id\":\"{{ payload.id }}\",\"score\":\"{{ steps.rate.result.score * 2 }}\","
                    + "\"text\":\"<{{ payload.text }}>\"}",
                "{\"ref\":\"{{ result.ref }}\"}"),
            Work.Remote.PLAIN,
            new UndoRule.Own(false, "{\"r\":\"{{ result.?ref }}\",\"e\":\"{{ effect }}\"}"));

    assertThat(book.input(bindings))
        .hasToString("Optional[{\"id\":\"o-1\",\"score\":6,\"text\":\"<{{ 1 }}>\"}]");
    assertThat(book.result(bindings)).hasToString("Optional[{\"ref\":7}]");
    assertThat(book.undoInput(bindings)).hasToString("Optional[{\"r\":7,\"e\":\"DONE\"}]");
    assertThat(book.readByInput().orElseThrow().steps()).containsExactly("rate");
    assertThat(book.readByInput().orElseThrow().variables()).containsExactly("payload");
    assertThat(book.readByUndo().orElseThrow().variables())
        .containsExactlyInAnyOrder("result", "effect");
  }

  @Test
  void setMakesTheResult() throws Exception {
    StepPrograms total =
        programs(
            null,
            StepData.ALL,
            new Work.Set("{\"sum\":\"{{ payload.amount * 1.5 }}\",\"n\":1.10}"),
            UndoRule.NONE);

    assertThat(total.set(bindings)).hasToString("Optional[{\"sum\":18.0,\"n\":1.10}]");
    assertThat(total.readByWork().orElseThrow().variables()).containsExactly("payload");
  }

  @Test
  void everyBrokenRuleIsReported() {
    StepPrograms check =
        programs(
            null,
            StepData.ALL,
            new Work.Validate(
                """
                [{"that":"payload.amount > 10"},
                 {"that":"payload.amount > 20","message":"amount {{ payload.amount }} is too small"},
                 {"that":"payload.amount > 30"},
                 {"that":"payload.nope > 0"},
                 {"schema":{"type":"object","required":["id"]},"of":"{{ payload }}"},
                 {"schema":{"properties":{"id":{"pattern":"^x"},"amount":{"type":"string"}}},
                  "of":"{{ payload }}","message":"the order is wrong"}]"""),
            UndoRule.NONE);

    assertThat(check.brokenRules(bindings))
        .satisfiesExactly(
            a -> assertThat(a).isEqualTo("amount 12 is too small"),
            b -> assertThat(b).isEqualTo("payload.amount > 30 is false"),
            c -> assertThat(c).startsWith("validate[3].that: {{ payload.nope > 0 }}: \"nope\""),
            d ->
                assertThat(d)
                    .startsWith("the order is wrong (")
                    .contains("/id: ", "/amount: ")
                    .contains("^x"));
  }

  @Test
  void aPatternOfASchemaCannotTakeForEver() {
    StepPrograms check =
        programs(
            null,
            StepData.ALL,
            new Work.Validate(
                "[{\"schema\":{\"pattern\":\"^(a|a)*(a|a)*(a|a)*b$\"},\"of\":\"{{ payload.long }}\"}]"),
            UndoRule.NONE);
    Bindings large =
        new Bindings().with("payload", json("{\"long\":\"" + "a".repeat(500_000) + "\"}"));

    assertThat(check.brokenRules(large))
        .singleElement()
        .asString()
        .startsWith("validate[0].of: the expression takes too much work");
  }

  private boolean taken(String when) throws EvaluationException {
    return programs(when, StepData.ALL, Work.Remote.PLAIN, UndoRule.OWN).isTaken(bindings);
  }

  private static StepPrograms programs(
      @Nullable String when, StepData data, Work work, UndoRule undoing) {
    return StepPrograms.of(
        new Step(
            "book", 1, List.of(), when, data, work, AttemptRules.INSIDE, undoing, false, false));
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }
}
