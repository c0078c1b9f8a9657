package io.doundo.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Templates and conditions as in documents: their values, places and limits. */
class TemplateTest {

  private final List<String> problems = new ArrayList<>();

  @Test
  void aTreeKeepsItsFormAndEachExpressionItsType() throws Exception {
    String template =
        """
        {"id":"{{ payload.name }}","n":[1.10,"{{ payload.amount * 2 }}",null,{"huge":"{{payload.huge}}"}],\
        "text":"{{ payload.name }}: {{ payload.amount }}","fixed":true}""";

    assertThat(evaluate(template))
        .isEqualTo(
            """
            {"id":"Ada","n":[1.10,24,null,{"huge":123456789012345678901234567890}],\
            "text":"Ada: 12","fixed":true}""");
  }

  @Test
  void everyProblemIsReportedWithItsPlace() {
    compile(
        """
        {"a":"{{ payload. }}","b":[1,{"c":"x {{ nope }} y {{ paylod.a }}"}],"{{ payload.name }}":1,\
        "d":"{{ open"}""");

    assertThat(problems)
        .satisfiesExactly(
            a -> assertThat(a).startsWith("input.a: {{ payload. }}: "),
            b -> assertThat(b).startsWith("input.b[1].c: {{ nope }}: \"nope\" is not known here"),
            c -> assertThat(c).startsWith("input.b[1].c: {{ paylod.a }}: \"paylod\" is not known"),
            d -> assertThat(d).contains("the name of a field cannot hold an expression"),
            e -> assertThat(e).isEqualTo("input.d: \"{{\" is not closed by \"}}\""));
  }

  @Test
  void anErrorNamesThePlaceOfItsExpression() {
    assertThatThrownBy(() -> evaluate("{\"a\":[\"{{ payload.nope + 1 }}\"]}"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageStartingWith("input.a[0]: {{ payload.nope + 1 }}: \"nope\" is not in payload");
  }

  @Test
  void textInAPayloadIsNeverEvaluated() throws Exception {
    assertThat(evaluate("{\"a\":\"{{ payload.text }}\",\"b\":\"<{{ payload.text }}>\"}"))
        .isEqualTo("{\"a\":\"{{ payload.name }}\",\"b\":\"<{{ payload.name }}>\"}");
    assertThat(evaluate("\"{{ {payload.text: payload.text} }}\""))
        .isEqualTo("{\"{{ payload.name }}\":\"{{ payload.name }}\"}");
  }

  @Test
  void whatNobodyCalculatesWithIsCopiedAsItWasWritten() throws Exception {
    Bindings bindings =
        new Bindings()
            .with(
                "payload",
                ExpressionTableTest.json("{\"a\":12.50,\"b\":{\"n\":1E2,\"t\":\"\\u00e9\"}}"))
            .withStep(
                "rate",
                Map.of(
                    "result",
                    ExpressionTableTest.json(
                        "{\"a\":12.70,\"huge\":123456789012345678901234567890}")));

    assertThat(evaluate("\"{{ merge(payload, steps.rate.result) }}\"", bindings))
        .isEqualTo(
            "{\"a\":12.70,\"b\":{\"n\":1E2,\"t\":\"\\u00e9\"},"
                + "\"huge\":123456789012345678901234567890}");
    assertThat(evaluate("\"{{ {'all': omit(payload, ['a'])} }}\"", bindings))
        .isEqualTo("{\"all\":{\"b\":{\"n\":1E2,\"t\":\"\\u00e9\"}}}");
    assertThat(evaluate("\"{{ merge(payload, {'a': payload.a + 1}).a }}\"", bindings))
        .isEqualTo("13.5");
  }

  @Test
  void aCopiedValueCountsForTheDepthOfTheWhole() throws Exception {
    Bindings bindings =
        new Bindings()
            .with(
                "payload",
                ExpressionTableTest.json("{\"a\":" + "[".repeat(97) + "1" + "]".repeat(97) + "}"));

    assertThat(evaluate("\"{{ {'b': payload} }}\"", bindings)).startsWith("{\"b\":{\"a\":[[[");
    assertThatThrownBy(() -> evaluate("\"{{ {'c': {'b': payload}} }}\"", bindings))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("nested more than 100 levels deep");
  }

  @Test
  void theExpressionsOfATemplateShareItsBudget() {
    // Each round compares two lists of ten thousand bytes; a single expression stays below the
    // limit.
    String costly = "{{ [1, 2, 3, 4, 5, 6].map(x, payload.long + payload.long)[0] }}";
    String one = "[\"" + costly + "\"]";
    String many =
        "[" + String.join(",", java.util.Collections.nCopies(20, '"' + costly + '"')) + "]";
    Bindings bindings =
        new Bindings()
            .with(
                "payload", ExpressionTableTest.json("{\"long\":\"" + "a".repeat(100_000) + "\"}"));

    assertThat(compile(one).map(template -> size(template, bindings))).contains(200_004);
    assertThatThrownBy(() -> compile(many).orElseThrow().evaluate(bindings))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("too");
  }

  @Test
  void aConstantIsDistinguishedFromATemplate() {
    assertThat(compile("{\"a\":1}").orElseThrow().isConstant()).isTrue();
    assertThat(compile("{\"a\":\"{{ 1 }}\"}").orElseThrow().isConstant()).isFalse();
    assertThat(ExpressionCompiler.isTemplate(tree("{\"a\":[{\"b\":\"x{{\"}]}"))).isTrue();
    assertThat(ExpressionCompiler.isTemplate(tree("{\"a\":[{\"{\":\"}\"}]}"))).isFalse();
  }

  @Test
  void whatIsReadIsKnownBeforehand() {
    Reads reads =
        compile(
                "{\"a\":\"{{ steps.rate.result.score + payload.amount }}\","
                    + "\"b\":\"{{ steps.?maybe.?result }}\"}")
            .orElseThrow()
            .reads();

    assertThat(reads.variables()).containsExactly("payload");
    assertThat(reads.steps()).containsExactlyInAnyOrder("rate", "maybe");
  }

  @Test
  void aConditionNeedsNoBraces() throws Exception {
    assertThat(condition("payload.amount > 11")).isTrue();
    assertThat(condition("{{ payload.amount > 12 }}")).isFalse();
    assertThat(condition("payload.yes")).isTrue();
    assertThat(condition("{\"a\": {\"b\": true}}.a.b")).isTrue();
  }

  @Test
  void aConditionIsTrueOrFalse() {
    assertThat(compiler().condition("when", "size(payload.tags)")).isEmpty();
    assertThat(problems)
        .containsExactly(
            "when: {{ size(payload.tags) }}: a condition must be true or false, but this is of"
                + " type int");
    assertThatThrownBy(() -> condition("payload.name"))
        .hasMessage("when: payload.name must be true or false but is \"Ada\"");
    assertThatThrownBy(() -> condition("payload[\"name\"]"))
        .hasMessage("when: {{ payload[\"name\"] }}: must be true or false but is a text");
  }

  @Test
  void aStopIsNotSwallowed() {
    assertThatThrownBy(
            () -> condition("lists.range(9999).all(a, [1, 2].all(b, a >= 0)) || payload.yes"))
        .hasMessageContaining("its loops go round more than 10000 times");
  }

  @Test
  void pathsAreComparedWithTheSchema() {
    Shape payload =
        Shape.of(
            tree(
                """
                {"type":"object","properties":{"amount":{"type":"number"},"who":{"type":"object",\
                "properties":{"name":{}},"additionalProperties":true},"lines":{"type":"array"},\
                "open":{"anyOf":[{},{"properties":{"a":{}}}]}}}"""));
    VisibleNames names =
        new VisibleNames(
            Map.of("payload", payload, "steps", Shape.UNKNOWN),
            Set.of(),
            Map.of("rate", new VisibleNames.Step(false, payload, Set.of())),
            Set.of());
    ExpressionCompiler compiler =
        new ExpressionCompiler(
            names,
            (name, known) -> name.equals("amont") ? ", did you mean \"amount\"?" : "",
            (place, problem) -> problems.add(problem));

    for (String right :
        List.of(
            "payload.amount",
            "payload.who.any.thing",
            "payload.open.any",
            "payload.lines.map(l, l.amont).size()",
            "steps.rate.result.amount + 1")) {
      assertThat(compiler.condition("when", right + " == 1")).as(right).isPresent();
    }
    assertThat(problems).isEmpty();
    for (String wrong :
        List.of(
            "payload.amont",
            "payload.amont + 1",
            "has(payload.amont)",
            "steps.rate.result.amont",
            "[1].map(x, payload.amont + x)")) {
      problems.clear();
      assertThat(compiler.template("it", tree("\"{{ " + wrong + " }}\""))).as(wrong).isEmpty();
      assertThat(problems)
          .singleElement()
          .asString()
          .contains("\"amont\" is not in the schema of")
          .endsWith("(has: amount, lines, open, who), did you mean \"amount\"?");
    }
  }

  private static int size(Template template, Bindings bindings) {
    try {
      return template.evaluate(bindings).size();
    } catch (EvaluationException e) {
      throw new AssertionError(e);
    }
  }

  private boolean condition(String source) throws EvaluationException {
    return compiler()
        .condition("when", source)
        .orElseThrow(() -> new AssertionError(problems))
        .evaluate(ExpressionTableTest.bindings());
  }

  private String evaluate(String template) throws EvaluationException {
    return evaluate(template, ExpressionTableTest.bindings());
  }

  private String evaluate(String template, Bindings bindings) throws EvaluationException {
    return compile(template)
        .orElseThrow(() -> new AssertionError(problems))
        .evaluate(bindings)
        .toString();
  }

  private Optional<Template> compile(String template) {
    return compiler().template("input", tree(template));
  }

  private ExpressionCompiler compiler() {
    return new ExpressionCompiler(
        ExpressionTableTest.NAMES,
        (name, known) -> "",
        (place, problem) -> problems.add(place + ": " + problem));
  }

  private static tools.jackson.databind.JsonNode tree(String json) {
    return Json.MAPPER.readTree(json);
  }
}
