package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.ProblemSink;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.protocol.json.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Compiles the expressions of a step that makes an HTTP request, each in the scope of its place.
 */
final class HttpChecks {

  private static final String KEY = "key";
  private static final String RESPONSE = "response";
  private static final String RESULT = "result";
  private static final String UNCERTAIN = " may be absent, because the outcome can be unknown";

  private final String step;
  private final HttpDeclaration http;
  private final Reporter reporter;

  /** Reports a problem of a part of the step. */
  interface Reporter {
    void problem(Fields step, LocatedJson of, String place, String problem);
  }

  private HttpChecks(String step, HttpDeclaration http, Reporter reporter) {
    this.step = step;
    this.http = http;
    this.reporter = reporter;
  }

  /**
   * Reports the problems of all expressions.
   *
   * @param before the names that the request sees
   * @param after the same with what is known once the step has ended
   */
  static void check(
      String step,
      HttpDeclaration http,
      VisibleNames before,
      VisibleNames after,
      Reporter reporter) {
    HttpChecks checks = new HttpChecks(step, http, reporter);
    VisibleNames names = with(before, KEY, Shape.UNKNOWN);
    HttpExchange request = http.request();
    HttpExchange verify = http.verify();
    HttpExchange undo = http.undo();
    if (request != null) {
      checks.exchange(request, names, checks.sink(request));
    }
    if (verify != null) {
      checks.exchange(verify, names, checks.sink(verify));
      String done = HttpDeclaration.done(verify);
      compiler(responded(names), checks.sink(verify))
          .condition(verify.place() + '.' + HttpDeclaration.DONE, done);
    }
    if (undo != null) {
      VisibleNames ended = with(verify == null ? after : after.certain(), KEY, Shape.UNKNOWN);
      checks.exchange(undo, ended, checks.undoSink(undo));
    }
  }

  private void exchange(HttpExchange exchange, VisibleNames names, ProblemSink problems) {
    ExpressionCompiler compiler = compiler(names, problems);
    String place = exchange.place() + '.';
    // A compiled expression is made again when it is needed; here only its problems matter.
    compiler.url(place + exchange.urlField(), exchange.url());
    exchange
        .template()
        .headers()
        .forEach((name, value) -> compiler.template(place + "headers." + name, text(value)));
    JsonNode body = exchange.body();
    if (body != null) {
      compiler.template(place + HttpExchange.BODY, body);
    }
    ExpressionCompiler answer = compiler(responded(names), problems);
    String ok = exchange.ok();
    if (ok != null) {
      answer.condition(place + HttpExchange.OK, ok);
    }
    JsonNode result = exchange.part(RESULT);
    if (result != null) {
      answer.template(place + RESULT, result);
    }
  }

  private static JsonNode text(String value) {
    return Json.MAPPER.getNodeFactory().stringNode(value);
  }

  private static ExpressionCompiler compiler(VisibleNames names, ProblemSink problems) {
    return new ExpressionCompiler(names, Suggestions::didYouMean, problems);
  }

  private ProblemSink sink(HttpExchange exchange) {
    return (place, problem) -> reporter.problem(http.step(), exchange.json(), place, problem);
  }

  private ProblemSink undoSink(HttpExchange undo) {
    ProblemSink sink = sink(undo);
    return (place, problem) ->
        sink.add(
            place,
            problem.contains(UNCERTAIN)
                ? problem
                    + ". When nobody knows whether "
                    + step
                    + " happened there is no result; a verify of the request would find it"
                : problem);
  }

  private static VisibleNames responded(VisibleNames names) {
    return with(names, RESPONSE, Shape.ofFields("status", "headers", "body"));
  }

  private static VisibleNames with(VisibleNames names, String variable, Shape shape) {
    Map<String, Shape> variables = new HashMap<>(names.variables());
    variables.put(variable, shape);
    Set<String> uncertain = names.uncertain();
    return new VisibleNames(variables, uncertain, names.steps(), names.otherSteps());
  }
}
