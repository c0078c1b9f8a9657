package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A step as the document has it, before its place in the graph is known.
 *
 * @param position in the document, from 1; stands in for a missing {@code seq}
 * @param dependsOn with places, so that a wrong name can be pointed at; null when absent
 */
record StepDeclaration(
    Fields fields,
    int position,
    String name,
    int seq,
    @Nullable List<Scalar> dependsOn,
    Duration timeout,
    RetryDraft retry,
    RetryDraft undoRetry,
    boolean undoable,
    boolean undoFailed,
    boolean pivot,
    boolean committed,
    OnTimeout onTimeout,
    boolean sharedTopic,
    @Nullable String objectType,
    Map<String, String> bindings,
    @Nullable FailStep failStep,
    @Nullable String breaker,
    StepExpressions expressions) {

  static final Set<String> FIELDS =
      Set.of(
          "seq",
          "name",
          "objectType",
          "maxRetries",
          "doMethod",
          "undoMethod",
          "handlerClass",
          "handlerMethod",
          "undoHandlerMethod",
          "sharedTopic",
          "dependsOn",
          "timeout",
          "retry",
          "undoRetry",
          "undo",
          "undoFailed",
          "pivot",
          "dispatch",
          "onTimeout",
          "failStep");

  private static final List<String> BINDINGS =
      List.of("handlerClass", "doMethod", "undoMethod", "handlerMethod", "undoHandlerMethod");

  static final int MAX_TEXT = 255;
  private static final int MAX_SEQ = 1_000_000;
  static final int MAX_DEPENDENCIES = 200;

  /** Reads a step; null when it has no usable name, which is then reported. */
  static @Nullable StepDeclaration read(
      Fields fields, int position, boolean sharedTopic, Vocabulary vocabulary) {
    vocabulary.refuseUnknownOfStep(fields);
    StepExpressions expressions = vocabulary.expressions(fields);
    String name = name(fields);
    Integer seq = fields.integer("seq", 0, MAX_SEQ);
    Duration timeout = fields.timeout("timeout", Duration.ofMillis(1));
    OnTimeout onTimeout = expressions.onTimeout();
    RetryDraft retry = retry(fields);
    RetryDraft undoRetry = RetryDraft.read(fields.object("undoRetry"));
    boolean undoable =
        vocabulary.saysUndoInput(fields) || fields.word("undo", List.of("none")) == null;
    boolean undoFailed = fields.flag("undoFailed", false);
    if (!undoable && undoFailed) {
      fields.problem("undoFailed", "contradicts undo: none");
    }
    StepDeclaration draft =
        new StepDeclaration(
            fields,
            position,
            name == null ? "" : name,
            seq == null ? position : seq,
            fields.texts("dependsOn", MAX_DEPENDENCIES, MAX_TEXT),
            timeout != null
                ? timeout
                : expressions.http() == null
                    ? Orchestration.DEFAULT_STEP_TIMEOUT
                    : AttemptRules.DEFAULT_HTTP_TIMEOUT,
            retry,
            undoRetry,
            undoable,
            undoFailed,
            fields.flag("pivot", false),
            fields.word("dispatch", List.of("committed")) != null,
            onTimeout == null ? expressions.defaultOnTimeout() : onTimeout,
            fields.flag("sharedTopic", sharedTopic),
            fields.text("objectType", MAX_TEXT),
            bindings(fields),
            fields.constant("failStep", FailStep.class),
            vocabulary.breaker(fields),
            expressions);
    return name == null ? null : draft;
  }

  /** A valid name, or null when it is missing or refused, which is then reported. */
  static @Nullable String name(Fields fields) {
    if (fields.value("name") == null) {
      fields.problem("name", "is missing: every step needs a name");
      return null;
    }
    String name = fields.text("name", MAX_TEXT);
    if (name == null) {
      return null;
    }
    String refusal = Names.refuse(name);
    if (refusal != null) {
      fields.problem("name", '"' + name + "\" " + refusal);
      return null;
    }
    return name;
  }

  /**
   * The compiled step, under the given direct dependencies.
   *
   * @param bodies the compiled steps of its parts; none for a step without parts
   */
  Step step(List<String> dependencies, boolean afterPivot, List<Body> bodies) {
    PartsDeclaration parts = expressions.parts();
    if (parts != null) {
      return new Step(
          name,
          seq,
          dependencies,
          expressions.when(),
          expressions.data(),
          parts.work(bodies),
          AttemptRules.ofParts(
              fields.value("timeout") == null ? null : timeout,
              onTimeout,
              retry.policy(
                  afterPivot ? RetryPolicy.DEFAULT_PERSISTENT : AttemptRules.RETRY_OF_PARTS)),
          undoable ? UndoRule.OWN : UndoRule.NONE,
          expressions.goesOn(),
          pivot);
    }
    Work inside = expressions.inside(name);
    if (inside != null) {
      return new Step(
          name,
          seq,
          dependencies,
          expressions.when(),
          expressions.data(),
          inside,
          expressions.waitsForSignal()
              ? AttemptRules.waiting(expressions.signalTimeout(), onTimeout)
              : AttemptRules.INSIDE,
          UndoRule.NONE,
          expressions.goesOn(),
          false);
    }
    AttemptRules attempts =
        new AttemptRules(
            timeout,
            onTimeout,
            retry.policy(afterPivot ? RetryPolicy.DEFAULT_PERSISTENT : RetryPolicy.DEFAULT_DO),
            undoRetry.policy(RetryPolicy.DEFAULT_PERSISTENT));
    HttpDeclaration http = expressions.http();
    Work.Http request = http == null ? null : http.work(committed);
    if (http != null && request != null) {
      return new Step(
          name,
          seq,
          dependencies,
          expressions.when(),
          expressions.data(),
          request,
          attempts,
          http.undoing(),
          expressions.goesOn(),
          pivot);
    }
    LocatedJson undoInput = expressions.undoInput();
    String undoText = undoInput == null ? null : undoInput.text();
    return new Step(
        name,
        seq,
        dependencies,
        expressions.when(),
        expressions.data(),
        new Work.Remote(committed, sharedTopic, objectType, bindings, failStep),
        attempts,
        undoable ? new UndoRule.Own(undoFailed, undoText) : UndoRule.NONE,
        expressions.goesOn(),
        pivot);
  }

  /** {@code maxRetries} counts attempts in all; 0 and 1 both mean one. */
  private static RetryDraft retry(Fields fields) {
    RetryDraft retry = RetryDraft.read(fields.object("retry"));
    Integer maxRetries = fields.integer("maxRetries", 0, RetryDraft.MOST_ATTEMPTS);
    if (maxRetries == null) {
      return retry;
    }
    int attempts = Math.max(1, maxRetries);
    Integer declared = retry.maxAttempts();
    if (declared != null && declared != attempts) {
      fields.problem(
          "maxRetries",
          "%d means %d attempt(s) in all, but retry.maxAttempts is %d: give only one of them"
              .formatted(maxRetries, attempts, declared));
    }
    return retry.withMaxAttempts(attempts);
  }

  private static Map<String, String> bindings(Fields fields) {
    Map<String, String> bindings = new LinkedHashMap<>();
    for (String field : BINDINGS) {
      String value = fields.text(field, MAX_TEXT);
      if (value != null) {
        bindings.put(field, value);
      }
    }
    return bindings;
  }
}
