package io.doundo.expression;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.doundo.expression.value.Budget;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions that would take forever, or all memory, are refused or stopped after a bounded amount
 * of work. Work is measured in allocated bytes, which do not depend on the machine: this checks
 * that the budget really limits an evaluation.
 */
class ExpressionBombsTest {

  /** A few times the budget, for the objects around the bytes that it counts. */
  private static final long MAX_ALLOCATED = 10 * Budget.LIMIT;

  private static final RawJson PAYLOAD =
      RawJson.trusted(
          ("{\"n\":["
                  + String.join(",", Collections.nCopies(5_000, "1"))
                  + "],\"maps\":["
                  + String.join(",", Collections.nCopies(5_000, "{\"a\":1}"))
                  + "],\"nested\":["
                  + String.join(",", Collections.nCopies(5_000, "[1]"))
                  + "],\"s\":\""
                  + "a".repeat(100_000)
                  + "\",\"regex\":\"(a*)*b\",\"big\":\"((a{99}){99}){99}\"}")
              .getBytes(StandardCharsets.UTF_8));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "payload.n.map(a, payload.n.map(b, a + b))",
        "payload.n.all(a, payload.n.all(b, a == b))",
        "payload.n.all(a, payload.s.contains('b') || true)",
        "payload.n.all(a, payload.s == payload.s + '')",
        "payload.n.all(a, payload.n == payload.n)",
        "payload.n.all(a, 2 in payload.n || true)",
        "payload.n.all(a, size(payload.s) > 0)",
        "payload.n.map(a, payload.s).join()",
        "payload.n.map(a, payload.s)",
        "payload.n.map(a, payload.n).flatten()",
        "payload.n.all(a, !payload.s.matches(payload.regex))",
        "payload.n.all(a, 'a'.matches(payload.big))",
        "payload.n.all(a, !regex.extract(payload.s, payload.regex).hasValue())",
        "[payload.s + payload.s].map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a)",
        "payload.n.all(a, payload.s.contains(payload.s.substring(1) + 'b') || true)",
        "payload.n.map(a, json(payload.n)).size()",
        "payload.n.map(a, payload.s.split('')).size()",
        "payload.s.replace('a', payload.s)",
        "payload.s.matches('(((((a{50}){50}){50}){50}){50})')",
        "payload.n.map(a, 'x'.matches('x{99}y{99}z{99}'.replace('z', 'x')) || true).size() + 0 * [1].map(q, payload.s.matches('(a|a|a|a|a|a|a|a)*b') ? 1 : 2)[0]",
        "payload.n.map(a, merge({'x': payload.s}, {'y': payload.s}))",
        "payload.n.map(a, hash(payload.s)).size()",
        "payload.n.map(a, lists.range(10000)).size()",
        "payload.n.transformMap(i, v, payload.n.transformMap(j, w, w))",
        "sets.contains(lists.range(5000), lists.range(5000))",
        "payload.n.transformList(i, v, i).distinct().size()",
        "payload.n.map(a, payload.maps.sortBy('a')).size()",
        "payload.n.map(a, date('2026-01-01T00:00:00Z', 'yyyy-MM-dd', 'Europe/Berlin')).size() + payload.n.map(a, date('2026-01-01T00:00:00Z', 'yyyy', 'UTC')).size()",
        "[1,1,1,1].map(a, [1,1,1,1].map(b, [1,1,1,1].map(c, [1,1,1,1].map(d, [1,1,1,1].map(e, [1,1,1,1].map(f, [1,1,1,1].map(g, payload.n)))))))",
      })
  void stops(String bomb) {
    assertThat(ended(bomb)).contains("too ");
  }

  /** An expression within the budget is evaluated, at a cost in proportion to its size. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "payload.maps.map(x, x).size() == 5000",
        "payload.nested.map(x, x).size() == 5000",
        "payload.maps.filter(x, x.a == 1).map(x, x.a).sum() == 5000",
        "payload.n.transformMap(i, v, v + i).size() == 5000",
      })
  void loopsAreLinear(String expression) {
    assertThat(ended(expression)).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(ints = {41, 500, 1_500})
  void nestingIsRefused(int depth) {
    assertThat(ended("(".repeat(depth) + "1" + ")".repeat(depth) + " + 1")).startsWith("refused");
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 1_999, 1_000_000})
  void lengthIsRefused(int terms) {
    assertThat(ended("1" + "+1".repeat(terms))).startsWith("refused");
  }

  private static String ended(String bomb) {
    long before = allocated();
    String end = outcome(bomb);
    assertThat(allocated() - before).isLessThan(MAX_ALLOCATED);
    return end;
  }

  private static String outcome(String bomb) {
    StringBuilder problems = new StringBuilder("refused: ");
    Optional<Template> template =
        new ExpressionCompiler(
                VisibleNames.of("payload"),
                (name, known) -> "",
                (place, problem) -> problems.append(problem))
            .template("it", Json.MAPPER.getNodeFactory().stringNode("{{ " + bomb + " }}"));
    if (template.isEmpty()) {
      return problems.toString();
    }
    try {
      return template.get().evaluate(new Bindings().with("payload", PAYLOAD)).toString();
    } catch (EvaluationException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
