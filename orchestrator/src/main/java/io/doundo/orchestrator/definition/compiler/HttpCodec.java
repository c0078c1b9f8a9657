package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.DefinitionCodec.optionalText;
import static io.doundo.orchestrator.definition.compiler.DefinitionCodec.putPresent;
import static io.doundo.orchestrator.definition.compiler.DefinitionCodec.putTree;
import static io.doundo.orchestrator.definition.compiler.DefinitionCodec.text;
import static io.doundo.orchestrator.definition.compiler.DefinitionCodec.tree;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.HttpTemplate;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.json.JsonText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of a stored definition that a step with an HTTP request adds. Fields with defaults are
 * absent.
 */
final class HttpCodec {

  private static final String HEADERS = "headers";
  private static final String OUTCOMES = "outcomes";
  private static final String VERIFY = "verify";
  private static final String SETTLE = "settle";
  private static final String UNDO = "undo";
  private static final String RETRY = "retry";
  private static final String UNDO_RETRY = "undoRetry";
  private static final String TIMEOUT = "timeout";
  private static final String ON_TIMEOUT = "onTimeout";

  private HttpCodec() {}

  /** Writes everything of the step that a step of another kind does not have. */
  static void write(ObjectNode json, Step step, Work.Http work) {
    ObjectNode http = json.putObject(work.kind());
    write(http, work.request());
    putPresent(http, "ok", work.ok());
    putTree(http, "result", work.result());
    write(http, work.outcomes());
    if (work.isIdempotent() && !work.isWebhook()) {
      http.put("idempotent", true);
    }
    if (work.committed()) {
      http.put("committed", true);
    }
    Work.Http.Verify verify = work.verify();
    if (verify != null) {
      write(http.putObject(VERIFY), verify);
    }
    if (step.undoing() instanceof UndoRule.Http undo) {
      ObjectNode request = json.putObject(UNDO);
      write(request, undo.request());
      putPresent(request, "ok", undo.ok());
      write(request, undo.outcomes());
    }
    if (!step.timeout().equals(AttemptRules.DEFAULT_HTTP_TIMEOUT)) {
      json.put(TIMEOUT, step.timeout().toMillis());
    }
    if (step.onTimeout() != OnTimeout.RETRY) {
      json.put(ON_TIMEOUT, step.onTimeout().name());
    }
    if (!step.retry().equals(RetryPolicy.DEFAULT_DO)) {
      json.set(RETRY, DefinitionCodec.policy(step.retry()));
    }
    if (!step.undoRetry().equals(RetryPolicy.DEFAULT_PERSISTENT)) {
      json.set(UNDO_RETRY, DefinitionCodec.policy(step.undoRetry()));
    }
    if (step.pivot()) {
      json.put("pivot", true);
    }
  }

  private static void write(ObjectNode json, HttpTemplate request) {
    putPresent(json, "connection", request.connection());
    json.put("method", request.method().name());
    json.put("url", request.url());
    if (!request.headers().isEmpty()) {
      ObjectNode headers = json.putObject(HEADERS);
      request.headers().forEach(headers::put);
    }
    putTree(json, "body", request.body());
  }

  private static void write(ObjectNode json, HttpOutcomes outcomes) {
    if (!outcomes.byStatus().isEmpty()) {
      ObjectNode words = json.putObject(OUTCOMES);
      outcomes.byStatus().forEach((status, outcome) -> words.put(status, outcome.word()));
    }
  }

  private static void write(ObjectNode json, Work.Http.Verify verify) {
    write(json, verify.request());
    putPresent(json, "ok", verify.ok());
    json.put("done", verify.done());
    putTree(json, "result", verify.result());
    Duration settle = verify.settle();
    if (settle != null) {
      json.put(SETTLE, settle.toMillis());
    }
  }

  /** The kind of a stored step with an HTTP request; null for other steps. */
  static @Nullable String kindOf(JsonNode json) {
    return json.has(Work.Http.KIND)
        ? Work.Http.KIND
        : json.has(Work.Http.WEBHOOK) ? Work.Http.WEBHOOK : null;
  }

  static Work.Http work(JsonNode json, String kind) {
    JsonNode http = json.required(kind);
    boolean isWebhook = kind.equals(Work.Http.WEBHOOK);
    JsonNode verify = http.get(VERIFY);
    return new Work.Http(
        isWebhook,
        http.has("committed"),
        request(http),
        optionalText(http, "ok"),
        tree(http, "result"),
        outcomes(http),
        isWebhook || http.has("idempotent"),
        verify == null ? null : verify(verify));
  }

  private static Work.Http.Verify verify(JsonNode json) {
    JsonNode settle = json.get(SETTLE);
    return new Work.Http.Verify(
        request(json),
        optionalText(json, "ok"),
        text(json, "done"),
        tree(json, "result"),
        settle == null ? null : Duration.ofMillis(settle.longValue()));
  }

  private static HttpTemplate request(JsonNode json) {
    Map<String, String> headers = new LinkedHashMap<>();
    json.path(HEADERS)
        .properties()
        .forEach(
            header -> headers.put(header.getKey(), JsonText.of(header.getValue(), "a header")));
    return new HttpTemplate(
        optionalText(json, "connection"),
        HttpMethod.valueOf(text(json, "method")),
        text(json, "url"),
        headers,
        tree(json, "body"));
  }

  private static HttpOutcomes outcomes(JsonNode json) {
    Map<String, HttpOutcome> byStatus = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.path(OUTCOMES).properties()) {
      String word = JsonText.of(entry.getValue(), "an outcome");
      HttpOutcome outcome = HttpOutcome.of(word);
      if (outcome == null) {
        throw new IllegalArgumentException("there is no outcome " + word);
      }
      byStatus.put(entry.getKey(), outcome);
    }
    return new HttpOutcomes(byStatus);
  }

  static UndoRule undoing(JsonNode json) {
    JsonNode undo = json.get(UNDO);
    return undo == null
        ? UndoRule.NONE
        : new UndoRule.Http(request(undo), optionalText(undo, "ok"), outcomes(undo));
  }

  static AttemptRules attempts(JsonNode json) {
    JsonNode timeout = json.get(TIMEOUT);
    String onTimeout = optionalText(json, ON_TIMEOUT);
    JsonNode retry = json.get(RETRY);
    JsonNode undoRetry = json.get(UNDO_RETRY);
    return new AttemptRules(
        timeout == null
            ? AttemptRules.DEFAULT_HTTP_TIMEOUT
            : Duration.ofMillis(timeout.longValue()),
        onTimeout == null ? OnTimeout.RETRY : OnTimeout.valueOf(onTimeout),
        retry == null ? RetryPolicy.DEFAULT_DO : DefinitionCodec.policy(retry),
        undoRetry == null ? RetryPolicy.DEFAULT_PERSISTENT : DefinitionCodec.policy(undoRetry));
  }
}
