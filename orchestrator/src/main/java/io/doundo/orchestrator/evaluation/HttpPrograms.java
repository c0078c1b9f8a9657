package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.ComputedJson;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Reads;
import io.doundo.expression.Template;
import io.doundo.expression.UrlTemplate;
import io.doundo.orchestrator.definition.HttpTemplate;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.http.HttpVerify;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The expressions of a step that makes an HTTP request, compiled once for all its flows. Requests
 * are evaluated here; what is known only with a response travels as source, together with the
 * values that it reads. Immutable and thread-safe.
 */
final class HttpPrograms {

  /** What the worker that sends the request binds. */
  private static final String[] BOUND_LATE = {"response", "key", "result", "effect"};

  private static final String KEY = "key";
  private static final String RESULT = "result";
  private static final String EFFECT = "effect";

  private static final Set<String> REPLACEABLE = Set.of("method", "url", "headers", "body");

  private final Work.Http work;
  private final UndoRule.@Nullable Http undo;
  private final Request request;
  private final @Nullable Request verify;
  private final @Nullable Request undoing;
  private final Reads readByAnswer;
  private final Reads readByUndoAnswer;

  private HttpPrograms(ExpressionCompiler compiler, Work.Http work, UndoRule.@Nullable Http undo) {
    this.work = work;
    this.undo = undo;
    this.request = new Request(compiler, work.kind(), work.request());
    Work.Http.Verify asked = work.verify();
    this.verify = asked == null ? null : new Request(compiler, "verify", asked.request());
    this.undoing = undo == null ? null : new Request(compiler, "undo.http", undo.request());
    Reads verified =
        asked == null
            ? Reads.NONE
            : condition(compiler, asked.ok())
                .and(condition(compiler, asked.done()))
                .and(template(compiler, asked.result()));
    this.readByAnswer =
        verified.and(condition(compiler, work.ok())).and(template(compiler, work.result()));
    this.readByUndoAnswer =
        undo == null ? Reads.NONE : verified.and(condition(compiler, undo.ok()));
  }

  static HttpPrograms of(ExpressionCompiler compiler, Step step, Work.Http work) {
    return new HttpPrograms(
        compiler, work, step.undoing() instanceof UndoRule.Http undo ? undo : null);
  }

  private static Reads condition(ExpressionCompiler compiler, @Nullable String source) {
    return source == null ? Reads.NONE : compiler.condition("", source).orElseThrow().reads();
  }

  private static Reads template(ExpressionCompiler compiler, @Nullable String json) {
    return json == null
        ? Reads.NONE
        : compiler.template("", Json.MAPPER.readTree(json)).orElseThrow().reads();
  }

  /** A call that an UNDO has to make, with what is known of the DOs under its key. */
  record Undone(
      String key, @Nullable Instant lastDeadline, KnownEffect effect, @Nullable RawJson result) {}

  /** The values to be bound for the command of a DO. */
  Reads readByDo() {
    Reads all = request.reads().and(readByAnswer);
    return (verify == null ? all : all.and(verify.reads())).without(BOUND_LATE);
  }

  /** The values that the command of a DO carries. */
  Reads carriedByDo() {
    return readByAnswer.without(BOUND_LATE);
  }

  /** The values to be bound for the command of an UNDO. */
  Reads readByUndo() {
    Reads all = readByUndoAnswer;
    all = undoing == null ? all : all.and(undoing.reads());
    return (verify == null ? all : all.and(verify.reads())).without(BOUND_LATE);
  }

  /** The request as it is sent, as a JSON object. */
  RawJson preview(Bindings bindings, String key) throws EvaluationException {
    HttpRequest evaluated = request.evaluate(bindings.with(KEY, Json.string(key)), Map.of());
    Map<String, RawJson> fields = new LinkedHashMap<>();
    if (evaluated.connection() != null) {
      fields.put("connection", Json.string(evaluated.connection()));
    }
    fields.put("method", Json.string(evaluated.method().name()));
    fields.put("url", Json.string(evaluated.url()));
    if (!evaluated.headers().isEmpty()) {
      Map<String, RawJson> headers = new LinkedHashMap<>();
      evaluated.headers().forEach((name, value) -> headers.put(name, Json.string(value)));
      fields.put("headers", Json.object(headers));
    }
    if (evaluated.body() != null) {
      fields.put("body", evaluated.body());
    }
    return Json.object(fields);
  }

  /**
   * The payload of a DO.
   *
   * @param values those that the command carries
   * @param lastDeadline of the last DO before this one under the same key; null for none
   * @param replaced an operator's replacement for parts of the request; null for none
   */
  RawJson command(
      Bindings bindings,
      Map<String, RawJson> values,
      String key,
      @Nullable Instant lastDeadline,
      @Nullable RawJson replaced)
      throws EvaluationException {
    bindings.with(KEY, Json.string(key));
    HttpRequest evaluated = request.evaluate(bindings, parts(replaced));
    HttpCall call = HttpCall.ofDo(key, evaluated, verify(bindings), lastDeadline);
    return encoded(
        List.of(call), work.ok(), work.result(), work.outcomes(), work.isWebhook(), values);
  }

  /**
   * A call of an UNDO.
   *
   * @param replaced an operator's replacement for parts of the request; null for none
   */
  HttpCall call(Bindings bindings, Undone undone, @Nullable RawJson replaced)
      throws EvaluationException {
    if (undoing == null) {
      throw new IllegalStateException("there is no request that undoes the step");
    }
    RawJson result = undone.result();
    bindings
        .with(KEY, Json.string(undone.key()))
        .with(EFFECT, Json.string(undone.effect().name()))
        .with(RESULT, result == null ? RawJson.EMPTY_OBJECT : result);
    boolean isOpen = isLeftOpen(undone.effect(), result, replaced);
    return new HttpCall(
        undone.key(),
        isOpen ? undoing.source() : undoing.evaluate(bindings, parts(replaced)),
        verify(bindings),
        undone.lastDeadline(),
        undone.effect(),
        result);
  }

  /** Whether the request can be evaluated only when the worker has found the result. */
  boolean isLeftOpen(KnownEffect effect, @Nullable RawJson result, @Nullable RawJson replaced) {
    return undoing != null
        && verify != null
        && replaced == null
        && result == null
        && effect == KnownEffect.UNKNOWN
        && (undoing.reads().variables().contains(RESULT)
            || undoing.reads().variables().contains(EFFECT));
  }

  /** The values that the command of an UNDO carries. */
  Reads carriedByUndo(boolean isLeftOpen) {
    Reads carried =
        isLeftOpen && undoing != null ? readByUndoAnswer.and(undoing.reads()) : readByUndoAnswer;
    return carried.without(BOUND_LATE);
  }

  /** The payload of an UNDO. */
  RawJson undoCommand(List<HttpCall> calls, Map<String, RawJson> values) {
    if (undo == null) {
      throw new IllegalStateException("there is no request that undoes the step");
    }
    return encoded(calls, undo.ok(), null, undo.outcomes(), false, values);
  }

  private RawJson encoded(
      List<HttpCall> calls,
      @Nullable String ok,
      @Nullable String result,
      HttpOutcomes outcomes,
      boolean isSigned,
      Map<String, RawJson> values) {
    Work.Http.Verify asked = work.verify();
    Duration settle = asked == null ? null : asked.settle();
    return new HttpCommand(
            ExpressionCompiler.DIALECT,
            calls,
            ok,
            json(result),
            outcomes,
            work.isIdempotent(),
            isSigned,
            settle,
            values)
        .encode();
  }

  private @Nullable HttpVerify verify(Bindings bindings) throws EvaluationException {
    Work.Http.Verify asked = work.verify();
    return asked == null || verify == null
        ? null
        : new HttpVerify(
            verify.evaluate(bindings, Map.of()), asked.ok(), asked.done(), json(asked.result()));
  }

  private static @Nullable RawJson json(@Nullable String text) {
    return text == null ? null : Json.of(Json.MAPPER.readTree(text));
  }

  private static Map<String, RawJson> parts(@Nullable RawJson replaced) throws EvaluationException {
    if (replaced == null) {
      return Map.of();
    }
    Map<String, RawJson> parts = replaced.isObject() ? Json.trustedFields(replaced) : Map.of();
    if (parts.isEmpty() || !REPLACEABLE.containsAll(parts.keySet())) {
      throw new EvaluationException(
          "", "the payload of the RETRY must have one or more of method, url, headers and body");
    }
    return parts;
  }

  /** The templates of one request. */
  private static final class Request {

    private final String place;
    private final HttpTemplate source;
    private final UrlTemplate url;
    private final Map<String, Template> headers = new LinkedHashMap<>();
    private final @Nullable Template body;
    private final Reads reads;

    Request(ExpressionCompiler compiler, String place, HttpTemplate source) {
      this.place = place;
      this.source = source;
      this.url = compiler.url(place + ".url", source.url()).orElseThrow();
      Reads all = url.reads();
      for (Map.Entry<String, String> header : source.headers().entrySet()) {
        JsonNode text = Json.MAPPER.getNodeFactory().stringNode(header.getValue());
        Template template =
            compiler.template(place + ".headers." + header.getKey(), text).orElseThrow();
        headers.put(header.getKey(), template);
        all = all.and(template.reads());
      }
      String json = source.body();
      this.body =
          json == null
              ? null
              : compiler.template(place + ".body", Json.MAPPER.readTree(json)).orElseThrow();
      this.reads = body == null ? all : all.and(body.reads());
    }

    Reads reads() {
      return reads;
    }

    /** The request with its expressions, for the worker to evaluate. */
    HttpRequest source() {
      return new HttpRequest(
          source.connection(),
          source.method(),
          source.url(),
          source.headers(),
          json(source.body()),
          true);
    }

    /**
     * @param replaced parts that are taken as they are, by name
     */
    HttpRequest evaluate(Bindings bindings, Map<String, RawJson> replaced)
        throws EvaluationException {
      RawJson otherBody = replaced.get("body");
      HttpRequest evaluated =
          HttpRequest.evaluated(
              source.connection(),
              method(replaced.get("method")),
              replaced.containsKey("url")
                  ? text(replaced.get("url"), place + ".url")
                  : url.evaluate(bindings),
              headers(bindings, replaced.get("headers")),
              otherBody != null ? otherBody : body == null ? null : body.evaluate(bindings));
      String refusal = evaluated.refuse();
      if (refusal != null) {
        throw new EvaluationException(place, refusal);
      }
      return evaluated;
    }

    private HttpMethod method(@Nullable RawJson other) throws EvaluationException {
      HttpMethod method =
          other == null ? source.method() : HttpMethod.of(text(other, place + ".method"));
      if (method == null) {
        throw new EvaluationException(place + ".method", "is not a method: " + other);
      }
      return method;
    }

    private Map<String, String> headers(Bindings bindings, @Nullable RawJson others)
        throws EvaluationException {
      Map<String, String> evaluated = new LinkedHashMap<>();
      if (others != null) {
        Map<String, RawJson> given = others.isObject() ? Json.trustedFields(others) : Map.of();
        for (Map.Entry<String, RawJson> header : given.entrySet()) {
          evaluated.put(header.getKey(), text(header.getValue(), place + ".headers"));
        }
        return evaluated;
      }
      for (Map.Entry<String, Template> header : headers.entrySet()) {
        String at = place + ".headers." + header.getKey();
        evaluated.put(header.getKey(), text(header.getValue().evaluate(bindings), at));
      }
      return evaluated;
    }

    private static String text(@Nullable RawJson value, String at) throws EvaluationException {
      if (value == null || !value.isScalar()) {
        throw new EvaluationException(at, "must be text, a number, true or false");
      }
      return ComputedJson.text(value, at);
    }
  }
}
