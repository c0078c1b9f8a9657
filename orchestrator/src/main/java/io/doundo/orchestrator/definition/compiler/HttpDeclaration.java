package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.protocol.http.HttpMethod;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request of a step with {@code http} or {@code webhook} as the document has it, and the
 * request that undoes it.
 *
 * @param step the fields of the step
 * @param kind {@code http} or {@code webhook}
 * @param request null when the document does not say it completely, which is reported
 * @param verify how to find out whether it had its effect; null for none
 * @param undo the request that undoes it; null for none
 */
record HttpDeclaration(
    Fields step,
    String kind,
    @Nullable HttpExchange request,
    @Nullable HttpExchange verify,
    @Nullable HttpExchange undo) {

  /** The kinds of steps that make HTTP requests. */
  static final Set<String> KINDS = Set.of(Work.Http.KIND, Work.Http.WEBHOOK);

  static final String DONE = "done";

  private static final String VERIFY = "verify";
  private static final String IDEMPOTENT = "idempotent";
  private static final String SETTLE = "settle";
  private static final String UNDO = "undo";

  private static final Set<String> OF_HTTP =
      with(HttpExchange.RESULT, HttpExchange.OUTCOMES, VERIFY, IDEMPOTENT);

  private static final Set<String> OF_WEBHOOKS =
      Set.of(
          HttpExchange.CONNECTION,
          HttpExchange.URL,
          HttpExchange.HEADERS,
          HttpExchange.BODY,
          HttpExchange.OK,
          HttpExchange.RESULT,
          HttpExchange.OUTCOMES);

  private static final Set<String> OF_VERIFY = with(DONE, HttpExchange.RESULT, SETTLE);

  private static final Set<String> OF_UNDO = with(HttpExchange.OUTCOMES, IDEMPOTENT);

  private static final Set<String> YES = Set.of("true", "yes", "on");

  /** The fields of a worker's step that have no meaning here, with the reason. */
  private static final List<String> OF_WORKERS =
      List.of(
          "failStep",
          "sharedTopic",
          "objectType",
          "handlerClass",
          "handlerMethod",
          "doMethod",
          "undoMethod",
          "undoHandlerMethod");

  private static Set<String> with(String... more) {
    Set<String> all = new HashSet<>(HttpExchange.FIELDS);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }

  /** Reads the fields of the kind and of {@code undo}, and reports their problems. */
  static HttpDeclaration read(Fields step, String kind) {
    boolean isWebhook = kind.equals(Work.Http.WEBHOOK);
    Fields fields = step.object(kind);
    HttpExchange request = null;
    HttpExchange verify = null;
    if (fields != null) {
      fields.refuseAllBut(isWebhook ? OF_WEBHOOKS : OF_HTTP, "of " + kind);
      request = isWebhook ? webhook(fields) : HttpExchange.read(fields, kind, null);
      Fields asked = isWebhook ? null : fields.object(VERIFY);
      if (asked != null) {
        verify = verify(asked, kind + '.' + VERIFY, connection(request));
      }
    }
    HttpDeclaration http =
        new HttpDeclaration(step, kind, request, verify, undo(step, connection(request)));
    http.check();
    return http;
  }

  private static @Nullable String connection(@Nullable HttpExchange request) {
    return request == null ? null : request.connection();
  }

  private static @Nullable HttpExchange webhook(Fields fields) {
    if (fields.value(HttpExchange.CONNECTION) == null) {
      fields.problem(
          HttpExchange.CONNECTION,
          "is missing: a webhook is signed with the secret of its connection");
    }
    if (fields.value(HttpExchange.BODY) == null) {
      fields.problem(HttpExchange.BODY, "is missing: say what is sent, such as \"{{ input }}\"");
    }
    boolean saysUrl = fields.value(HttpExchange.URL) != null;
    String url = saysUrl ? fields.text(HttpExchange.URL, StepDeclaration.MAX_TEXT) : "/";
    boolean isComplete = url != null && fields.value(HttpExchange.CONNECTION) != null;
    return isComplete
        ? HttpExchange.of(
            fields, Work.Http.WEBHOOK, null, HttpMethod.POST, HttpExchange.URL, String.valueOf(url))
        : null;
  }

  private static @Nullable HttpExchange verify(
      Fields fields, String place, @Nullable String connection) {
    fields.refuseAllBut(OF_VERIFY, "of verify");
    HttpExchange verify = HttpExchange.read(fields, place, connection);
    if (verify != null && !verify.method().isRead()) {
      fields.problem(
          verify.urlField(), "must be a get, head or options: verify asks, and changes nothing");
    }
    if (fields.value(DONE) == null) {
      fields.problem(
          DONE, "is missing: say when the effect is there, such as size(response.body) > 0");
    }
    return verify;
  }

  private static @Nullable HttpExchange undo(Fields step, @Nullable String connection) {
    if (!(step.value(UNDO) instanceof Mapping)) {
      return null;
    }
    Fields undo = step.object(UNDO);
    if (undo == null) {
      return null;
    }
    undo.refuseAllBut(Set.of(Work.Http.KIND), "of the undo of a step with \"http\"");
    Fields fields = undo.object(Work.Http.KIND);
    if (fields == null) {
      return null;
    }
    fields.refuseAllBut(OF_UNDO, "of undo.http");
    return HttpExchange.read(fields, UNDO + '.' + Work.Http.KIND, connection);
  }

  private void check() {
    for (String name : OF_WORKERS) {
      if (step.value(name) != null) {
        step.problem(name, "has no meaning for a step with \"" + kind + "\", which has no worker");
      }
    }
    if (step.value("undoFailed") != null) {
      step.problem(
          "undoFailed",
          "has no meaning for a step with \""
              + kind
              + "\": outcomes tells which statuses leave an effect");
    }
    if (step.value("input") != null) {
      step.problem(
          "input", "has no meaning for a step with \"" + kind + "\": body says what it sends");
    }
    warnOfRepeatedUndo();
    if (step.value(UNDO) instanceof Mapping undo && !undo.fields().containsKey(Work.Http.KIND)) {
      step.problem(UNDO, "must be none, or the request that undoes it: undo: {http: {delete: /…}}");
    }
  }

  /** Nobody decides before each attempt of an UNDO whether the one before had its effect. */
  private void warnOfRepeatedUndo() {
    if (undo == null) {
      return;
    }
    boolean isHarmless = undo.fields().flag(IDEMPOTENT, isSaidToBeIdempotent());
    boolean isOnce = undo.method() == HttpMethod.POST || undo.method() == HttpMethod.PATCH;
    if (isOnce && !isHarmless) {
      undo.fields()
          .warn(
              undo.urlField(),
              "this "
                  + undo.method()
                  + " is repeated, for 24 hours by default, also when nobody knows whether it had its"
                  + " effect: if that is harmless, because the service recognises its"
                  + " Idempotency-Key, say idempotent: true; otherwise undo with put or delete");
    }
  }

  /** Whether the request says so; what it says wrongly is reported where it is compiled. */
  private boolean isSaidToBeIdempotent() {
    return request != null
        && request.fields().value(IDEMPOTENT) instanceof Scalar scalar
        && YES.contains(scalar.text().toLowerCase(Locale.ROOT));
  }

  boolean isWebhook() {
    return kind.equals(Work.Http.WEBHOOK);
  }

  /** Whether the document says how the step is undone, or that it is not. */
  boolean saysUndo() {
    return step.value(UNDO) != null;
  }

  private boolean isUndoNone() {
    return step.value(UNDO) instanceof Scalar scalar && scalar.text().equalsIgnoreCase("none");
  }

  /** Whether nothing is owed for the step when its flow turns back. */
  boolean owesNothing() {
    return isUndoNone() || (!saysUndo() && (isWebhook() || isRead()));
  }

  /** Whether the request only reads. */
  private boolean isRead() {
    return request != null && request.method().isRead();
  }

  /**
   * Reports that the document must say how the step is undone, unless it does, or nothing has to be
   * undone.
   */
  void requireUndo() {
    if (saysUndo() || isWebhook() || isRead() || request == null) {
      return;
    }
    request
        .fields()
        .problem(
            request.urlField(),
            "say how this "
                + request.method()
                + " is undone, undo: {http: {delete: /…}}, or that it is not, undo: none");
  }

  UndoRule undoing() {
    return undo == null
        ? UndoRule.NONE
        : new UndoRule.Http(undo.template(), undo.ok(), HttpExchange.outcomes(undo.fields()));
  }

  /** The compiled work; null when the request is not complete. */
  Work.@Nullable Http work(boolean committed) {
    Fields fields = step.object(kind);
    if (request == null || fields == null) {
      return null;
    }
    return new Work.Http(
        isWebhook(),
        committed,
        request.template(),
        request.ok(),
        request.textOf(HttpExchange.RESULT),
        HttpExchange.outcomes(fields),
        isWebhook() || fields.flag(IDEMPOTENT, false),
        verify == null ? null : verify(verify));
  }

  private static Work.Http.Verify verify(HttpExchange asked) {
    Duration settle = asked.fields().timeout(SETTLE, Duration.ofMillis(0));
    return new Work.Http.Verify(
        asked.template(), asked.ok(), done(asked), asked.textOf(HttpExchange.RESULT), settle);
  }

  /** The condition under which the effect is there. */
  static String done(HttpExchange verify) {
    String done = verify.fields().text(DONE, HttpExchange.MAX_CONDITION);
    return done == null ? "false" : done;
  }
}
