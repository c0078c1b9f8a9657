package io.doundo.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random expressions from a fixed seed: each is refused with a problem, fails with an error that
 * has its place, or gives JSON, the same each time.
 */
class ExpressionFuzzTest {

  private static final List<String> VALUES =
      List.of(
          "payload",
          "payload.amount",
          "payload.price",
          "payload.name",
          "payload.none",
          "payload.yes",
          "payload.huge",
          "payload.lines",
          "payload.tags",
          "payload.map",
          "payload.nope",
          "payload.?nope",
          "payload.?map.?a",
          "steps.rate.result",
          "steps.?maybe.?result",
          "flow",
          "dyn(0)",
          "dyn(1)",
          "dyn(-1)",
          "dyn(2.5)",
          "dyn(9223372036854775807)",
          "dyn(1e308)",
          "dyn(\"\")",
          "dyn(\"a\")",
          "dyn(\"😀\")",
          "dyn(null)",
          "dyn(true)",
          "dyn(false)",
          "dyn([])",
          "dyn({})",
          "dyn([1, 2.0, \"x\"])",
          "dyn({\"a\": 1})",
          "dyn({1: 2})",
          "1",
          "\"a\"",
          "x",
          "dyn(timestamp(\"2026-01-01T00:00:00Z\"))",
          "dyn(duration(\"1h\"))",
          "optional.none()");

  private static final List<String> OPERATORS =
      List.of("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", " in ");

  private static final List<String> CALLS =
      List.of(
          "%s.map(x, %s)",
          "%s.filter(x, %s)",
          "%s.all(x, %s)",
          "%s.exists(x, %s)",
          "%s.exists_one(x, %s)",
          "%s.transformList(x, y, %s)",
          "%s.transformMap(x, y, %s)",
          "%s.transformMapEntry(x, y, {x: %s})",
          "%s[%s]",
          "%s[?%s]",
          "%s.or(%s)",
          "%s.orValue(%s)",
          "merge(%s, %s)",
          "pick(%s, %s)",
          "omit(%s, %s)",
          "rename(%s, %s)",
          "fixed(%s, %s)",
          "date(%s, %s, \"UTC\")",
          "%s.groupBy(%s)",
          "%s.sortBy(%s)",
          "%s.join(%s)",
          "%s.split(%s)",
          "%s.contains(%s)",
          "%s.indexOf(%s)",
          "%s.lastIndexOf(%s)",
          "%s.charAt(%s)",
          "%s.substring(%s)",
          "%s.matches(%s)",
          "regex.extract(%s, %s)",
          "%s.startsWith(%s)",
          "%s.slice(0, %s)",
          "%s.replace(%s, \"b\")",
          "sets.contains(%s, %s)",
          "sets.equivalent(%s, %s)",
          "[%s, %s]",
          "{\"k\": %s, \"l\": %s}",
          "[?%s, %s]",
          "%s ? 1 : %s");

  private static final List<String> WRAPPERS =
      List.of(
          "size(%s)",
          "%s.sum()",
          "%s.avg()",
          "%s.least()",
          "%s.greatest()",
          "%s.flatten()",
          "%s.sort()",
          "%s.distinct()",
          "%s.reverse()",
          "%s.trim()",
          "%s.hasValue()",
          "%s.value()",
          "entries(%s)",
          "json(%s)",
          "parseJson(%s)",
          "hash(%s)",
          "string(%s)",
          "int(%s)",
          "double(%s)",
          "bool(%s)",
          "type(%s)",
          "timestamp(%s)",
          "duration(%s)",
          "dyn(%s)",
          "!%s",
          "-%s",
          "(%s)",
          "has(%s.a)",
          "%s.a",
          "%s.?a",
          "math.round(%s)",
          "math.abs(%s)",
          "math.sign(%s)",
          "lists.range(%s)",
          "base64.encode(%s)",
          "base64.decode(%s)",
          "optional.of(%s)",
          "optional.ofNonZeroValue(%s)",
          "%s.upperAscii()");

  private static final int EXPRESSIONS = 2_000;

  private static final String MUTANTS = "ax0.?:,[](){}<>=!&|+-*/%\"'`\\ \n\u0000\ud83d";

  @Test
  void endsInOneOfThreeWays() throws Exception {
    Random random = new Random(20_261_129);
    int values = 0;
    int errors = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      String expression = expression(random, 4);
      List<String> problems = new ArrayList<>();
      Optional<Template> template = compile(expression, problems);
      if (template.isEmpty()) {
        assertThat(problems)
            .as(expression)
            .isNotEmpty()
            .allSatisfy(p -> assertThat(p).isNotBlank());
        continue;
      }
      assertThat(problems).as(expression).isEmpty();
      String outcome = outcome(template.get());
      assertThat(outcome(template.get())).as(expression).isEqualTo(outcome);
      if (outcome.startsWith("error ")) {
        assertThat(outcome).as(expression).startsWith("error it: ").doesNotContain("null pointer");
        errors++;
      } else {
        Json.value(outcome.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        values++;
      }
    }
    // Enough of them must be evaluated, or the test proves nothing.
    assertThat(values).isGreaterThan(EXPRESSIONS / 20);
    assertThat(errors).isGreaterThan(EXPRESSIONS / 10);
  }

  @Test
  void textOfAnyKindIsRefusedOrCompiled() {
    Random random = new Random(7);
    String letters = "abx.?[](){}<>=!&|+-*/%\"'`\\,: 0129\n\t😀{{}}payloadstepsin";
    for (int i = 0; i < EXPRESSIONS; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(30); n >= 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      List<String> problems = new ArrayList<>();
      Optional<Template> template = compile(text.toString(), problems);
      assertThat(template.isEmpty()).as(text.toString()).isEqualTo(!problems.isEmpty());
    }
  }

  @Test
  void whatIsNearlyAnExpressionEndsInOneOfThreeWaysToo() throws Exception {
    Random random = new Random(20_261_130);
    int refused = 0;
    int evaluated = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      String expression = mutated(random, expression(random, 3));
      List<String> problems = new ArrayList<>();
      Optional<Template> template = compile(expression, problems);
      Optional<Condition> condition = compiler(problems).condition("it", expression);
      if (template.isEmpty() || condition.isEmpty()) {
        assertThat(problems).as(expression).isNotEmpty();
        refused++;
      }
      if (template.isPresent()) {
        String outcome = outcome(template.get());
        if (!outcome.startsWith("error it: ")) {
          Json.value(outcome.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        evaluated++;
      }
      if (condition.isPresent()) {
        try {
          condition.get().evaluate(ExpressionTableTest.bindings());
        } catch (EvaluationException e) {
          assertThat(e).as(expression).hasMessageStartingWith("it: ");
        }
      }
    }
    assertThat(refused).isGreaterThan(EXPRESSIONS / 10);
    assertThat(evaluated).isGreaterThan(EXPRESSIONS / 50);
  }

  /** The expression with one to three characters dropped, doubled, or replaced by others. */
  private static String mutated(Random random, String expression) {
    StringBuilder text = new StringBuilder(expression);
    for (int n = random.nextInt(3); n >= 0 && text.length() > 1; n--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, text.charAt(at));
        default -> text.setCharAt(at, MUTANTS.charAt(random.nextInt(MUTANTS.length())));
      }
    }
    return text.toString();
  }

  private static String expression(Random random, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return pick(random, VALUES);
    }
    return switch (random.nextInt(3)) {
      case 0 ->
          "("
              + expression(random, depth - 1)
              + pick(random, OPERATORS)
              + expression(random, depth - 1)
              + ")";
      case 1 ->
          pick(random, CALLS)
              .formatted(expression(random, depth - 1), expression(random, depth - 1));
      default -> pick(random, WRAPPERS).formatted(expression(random, depth - 1));
    };
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static Optional<Template> compile(String expression, List<String> problems) {
    return compiler(problems)
        .template("it", Json.MAPPER.getNodeFactory().stringNode("{{ " + expression + " }}"));
  }

  private static ExpressionCompiler compiler(List<String> problems) {
    return new ExpressionCompiler(
        ExpressionTableTest.NAMES, (name, known) -> "", (place, problem) -> problems.add(problem));
  }

  private static String outcome(Template template) {
    try {
      RawJson value = template.evaluate(ExpressionTableTest.bindings());
      return value.toString();
    } catch (EvaluationException e) {
      return "error " + e.getMessage();
    }
  }
}
