package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.JsonSchema;
import io.doundo.orchestrator.definition.Durations;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Listing;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a step that came with the new vocabulary, as written in the document. {@link
 * ExpressionChecks} compiles them when the order of the steps is known.
 *
 * @param kind the field that names the step's kind; null for a worker's step
 * @param branches of a choice; null for other steps
 * @param parts of a step with parts; null for other steps
 * @param http of a step that makes an HTTP request; null for other steps
 * @param goesOn whether the flow goes on without the step when it fails
 */
record StepExpressions(
    Fields fields,
    @Nullable String when,
    @Nullable LocatedJson input,
    @Nullable LocatedJson result,
    @Nullable LocatedJson undoInput,
    @Nullable String kind,
    @Nullable LocatedJson work,
    @Nullable Branches branches,
    @Nullable PartsDeclaration parts,
    @Nullable HttpDeclaration http,
    boolean goesOn) {

  private static final int MAX_CONDITION = 4_100;
  private static final String CHOICE = "choice";

  /** Fields of steps that only a worker's step can have. */
  private static final List<String> OF_WORKERS =
      List.of(
          "timeout",
          "onTimeout",
          "retry",
          "maxRetries",
          "undoRetry",
          "undoFailed",
          "pivot",
          "dispatch",
          "failStep",
          "breaker",
          "sharedTopic");

  /** The fields of these that a step waiting for a signal can have as well. */
  private static final Set<String> OF_SIGNALS = Set.of("timeout", "onTimeout");

  /** The fields of these that a step with parts can have as well. */
  private static final Set<String> OF_PARTS = Set.of("timeout", "onTimeout", "retry", "pivot");

  private static final Set<String> WAITS = Set.of("wait", "until", "signal");

  private static final String TASK = "task";
  private static final String FORM = "form";

  /** The texts of a task, with expressions in them. */
  private static final List<String> TEXTS_OF_TASKS = List.of("title", "assignee", "candidates");

  private static final Set<String> OF_TASKS =
      Set.of("title", "assignee", "candidates", FORM, "due");

  private static final int MAX_CANDIDATES = 50;

  private static final int MAX_SIGNAL = 255;

  private static final Pattern FIXED = Pattern.compile("[^{]*");

  /** The fields of a step in a document of the first vocabulary: none. */
  static StepExpressions none(Fields fields) {
    return new StepExpressions(fields, null, null, null, null, null, null, null, null, null, false);
  }

  static StepExpressions read(Fields fields) {
    String kind = kind(fields);
    boolean isChoice = CHOICE.equals(kind);
    boolean isParts = kind != null && PartsDeclaration.KINDS.contains(kind);
    boolean isHttp = kind != null && HttpDeclaration.KINDS.contains(kind);
    boolean hasOwnForm = kind == null || isChoice || isParts || isHttp;
    LocatedJson work = hasOwnForm ? null : json(fields, String.valueOf(kind));
    StepExpressions step =
        new StepExpressions(
            fields,
            fields.text("when", MAX_CONDITION),
            json(fields, "input"),
            json(fields, "result"),
            isHttp ? null : undoInput(fields),
            kind,
            work,
            isChoice ? Branches.read(fields, MAX_CONDITION) : null,
            isParts ? PartsDeclaration.read(fields, String.valueOf(kind)) : null,
            isHttp ? HttpDeclaration.read(fields, String.valueOf(kind)) : null,
            "continue".equals(fields.word("onFailure", List.of("continue", "undo"))));
    if (step.parts != null) {
      step.checkParts();
    } else if (step.http == null) {
      step.checkKind();
    }
    step.checkWait();
    step.checkTask();
    step.checkOnFailure();
    return step;
  }

  private static @Nullable String kind(Fields fields) {
    List<String> kinds = new ArrayList<>();
    for (String name : fields.mapping().fields().keySet()) {
      if (fields.value(name) == null || PartsDeclaration.isBody(fields, name)) {
        continue;
      }
      if (Vocabulary.KINDS.contains(name) || PartsDeclaration.KINDS.contains(name)) {
        kinds.add(name);
      }
    }
    if (kinds.size() > 1) {
      fields.problem(
          kinds.get(1),
          "a step does one thing, and this one has " + Listing.quoted(kinds) + ": make it two");
    }
    return kinds.isEmpty() ? null : kinds.get(0);
  }

  private static @Nullable LocatedJson json(Fields fields, String name) {
    Located value = fields.value(name);
    return value == null ? null : LocatedJson.of(value, name);
  }

  /** Whether {@code undo} defines the payload of the UNDO, instead of whether there is one. */
  static boolean hasUndoInput(Fields fields) {
    return fields.value("undo") instanceof Mapping;
  }

  private static @Nullable LocatedJson undoInput(Fields fields) {
    if (!(fields.value("undo") instanceof Mapping undo)) {
      return null;
    }
    Fields inside = fields.object("undo");
    if (inside != null && inside.value(Work.Http.KIND) != null) {
      inside.problem(
          Work.Http.KIND,
          "only a step with \"http\" is undone by a request: an UNDO goes the same way as its DO");
      return null;
    }
    if (inside != null) {
      inside.refuseUnknown(Set.of("input"));
    }
    Field input = undo.fields().get("input");
    if (input == null || input.value().isNull()) {
      fields.problem("undo", "must be none, or say its input: undo: {input: …}");
      return null;
    }
    return LocatedJson.of(input.value(), "undo.input");
  }

  private void checkKind() {
    if (kind == null) {
      return;
    }
    for (String name : OF_WORKERS) {
      if (fields.value(name) != null && !(waitsForSignal() && OF_SIGNALS.contains(name))) {
        fields.problem(
            name, "has no meaning for a step with \"" + kind + "\", which sends nothing");
      }
    }
    if (fields.value("undo") != null && !isUndoNone()) {
      fields.problem("undo", "must be none: a step with \"" + kind + "\" leaves nothing to undo");
    }
    if (input != null) {
      fields.problem("input", "has no meaning for a step with \"" + kind + "\"");
    }
    if (result != null && branches != null) {
      fields.problem("result", "has no meaning for a choice, which has no result");
    }
  }

  private void checkParts() {
    for (String name : OF_WORKERS) {
      if (fields.value(name) != null && !OF_PARTS.contains(name)) {
        fields.problem(name, "has no meaning for a step with \"" + kind + "\"");
      }
    }
    if (fields.value("undo") != null && !isUndoNone()) {
      fields.problem(
          "undo",
          "must be none: the parts of a step with \"%s\" are undone by their own steps"
              .formatted(kind));
    }
    if (fields.value("onTimeout") != null && fields.value("timeout") == null) {
      fields.problem("onTimeout", "has no meaning without a timeout");
    }
  }

  private void checkWait() {
    if (!waitsForSignal() && fields.value("accept") != null) {
      fields.problem("accept", "has no meaning for a step without \"signal\" or \"task\"");
    }
    if (waitsForSignal() && fields.value("onTimeout") != null && signalTimeout() == null) {
      fields.problem("onTimeout", "has no meaning without a timeout");
    }
    if (kind == null || work == null || !WAITS.contains(kind)) {
      return;
    }
    if (!work.tree().isString() && !(kind.equals("wait") && work.tree().isNumber())) {
      fields.problem(kind, "must be " + expected());
      return;
    }
    String text = work.tree().asString();
    switch (kind) {
      case "signal" -> {
        String refusal = Names.refuse(text);
        if (text.contains("{{")) {
          fields.problem(kind, "must be the name of a signal; names hold no expressions");
        } else if (refusal != null || text.length() > MAX_SIGNAL) {
          fields.problem(kind, '"' + text + "\" " + (refusal == null ? "is too long" : refusal));
        }
      }
      case "wait" -> {
        Duration length = isFixed(text) ? Durations.parse(text) : Duration.ZERO;
        if (length == null || length.isNegative()) {
          fields.problem(kind, "must be " + expected());
        } else if (length.compareTo(Work.LONGEST_WAIT) > 0) {
          fields.problem(
              kind, "must be at most " + Work.LONGEST_WAIT.toDays() + "d, about five years");
        }
      }
      default -> {
        if (isFixed(text) && !isTime(text)) {
          fields.problem(kind, "must be " + expected());
        }
      }
    }
    if (result != null && !waitsForSignal()) {
      fields.problem("result", "has no meaning for a step with \"" + kind + "\"");
    }
  }

  private void checkTask() {
    Fields task = TASK.equals(kind) ? fields.object(TASK) : null;
    if (task == null || work == null) {
      return;
    }
    task.refuseAllBut(OF_TASKS, "of a task");
    if (task.value("title") == null) {
      task.problem("title", "is missing: say what is to be done");
    }
    // Reading a field reports its problems.
    task.text("title", MAX_CONDITION);
    task.text("assignee", MAX_CONDITION);
    task.texts("candidates", MAX_CANDIDATES, MAX_CONDITION);
    JsonNode form = formOfTask();
    String problem = form == null ? null : JsonSchema.problemOf(form);
    if (problem != null) {
      task.problem(FORM, problem);
    }
    task.timeout("due", Duration.ofMillis(1));
  }

  private @Nullable HumanTask task() {
    Fields task = TASK.equals(kind) ? fields.object(TASK) : null;
    if (task == null || work == null) {
      return null;
    }
    ObjectNode texts = Json.MAPPER.createObjectNode();
    textsOfTask().forEach(texts::set);
    JsonNode form = formOfTask();
    return new HumanTask(
        Json.of(texts).toString(),
        form == null ? null : Json.of(form).toString(),
        task.duration("due", Duration.ofMillis(1)));
  }

  /** The JSON Schema of the answer to a task; null for any answer, and for other steps. */
  @Nullable JsonNode formOfTask() {
    JsonNode form = TASK.equals(kind) && work != null ? work.tree().get(FORM) : null;
    return form == null || form.isNull() ? null : form;
  }

  /** The texts of a task by field name; empty for other steps. */
  Map<String, JsonNode> textsOfTask() {
    Map<String, JsonNode> texts = new LinkedHashMap<>();
    if (TASK.equals(kind) && work != null) {
      for (String name : TEXTS_OF_TASKS) {
        JsonNode text = work.tree().get(name);
        if (text != null && !text.isNull()) {
          texts.put(name, text);
        }
      }
    }
    return texts;
  }

  private String expected() {
    return switch (String.valueOf(kind)) {
      case "signal" -> "the name of a signal";
      case "wait" -> "a duration, such as 10m or 3d, or an expression that gives one";
      default -> "a time, such as 2026-01-31T09:00:00Z, or an expression that gives one";
    };
  }

  private static boolean isFixed(String text) {
    return FIXED.matcher(text).matches();
  }

  private static boolean isTime(String text) {
    try {
      OffsetDateTime unused = OffsetDateTime.parse(text.strip());
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  boolean waitsForSignal() {
    return "signal".equals(kind) || TASK.equals(kind);
  }

  /** How long the step waits for a signal; null for no limit. */
  @Nullable Duration signalTimeout() {
    return !waitsForSignal() ? null : fields.timeout("timeout", Duration.ofMillis(1));
  }

  /** The reaction to a timeout; null when the document does not define it. */
  @Nullable OnTimeout onTimeout() {
    if (fields.value("onTimeout") == null) {
      return null;
    }
    OnTimeout said = fields.constant("onTimeout", OnTimeout.class);
    if (said == OnTimeout.RETRY && waitsForSignal()) {
      fields.problem(
          "onTimeout", "must be undo, continue or escalate for a step with \"" + kind + '"');
    } else if (said == OnTimeout.CONTINUE && !waitsForSignal()) {
      fields.problem(
          "onTimeout",
          "continue is possible only for a step with \"signal\" or \"task\"; see onFailure");
    }
    return said;
  }

  /** Whether the flow goes on if the signal does not arrive in time. */
  boolean mayTimeOut() {
    return waitsForSignal()
        && fields.value("onTimeout") instanceof Scalar scalar
        && scalar.text().equalsIgnoreCase("continue");
  }

  /** The condition under which the step accepts a signal; null for any. */
  @Nullable String accept() {
    return fields.text("accept", MAX_CONDITION);
  }

  OnTimeout defaultOnTimeout() {
    return signalTimeout() == null ? OnTimeout.RETRY : OnTimeout.UNDO;
  }

  private void checkOnFailure() {
    boolean owesNothing = http == null ? kind != null || isUndoNone() : http.owesNothing();
    if (goesOn && !owesNothing) {
      fields.problem(
          "onFailure", "continue is possible only where nothing is owed: say undo: none as well");
    }
    if (goesOn && fields.value("pivot") != null) {
      fields.problem("onFailure", "continue contradicts pivot: a flow cannot pass it by");
    }
  }

  private boolean isUndoNone() {
    return fields.value("undo") instanceof Scalar scalar && scalar.text().equals("none");
  }

  StepData data() {
    return new StepData(input == null ? null : input.text(), result == null ? null : result.text());
  }

  /**
   * The step's work; null for a worker's step.
   *
   * @param name of the step
   */
  @Nullable Work inside(String name) {
    if (branches != null) {
      return branches.work();
    }
    if (kind == null || work == null) {
      return null;
    }
    return switch (kind) {
      case "set" -> new Work.Set(work.text());
      case "validate" -> new Work.Validate(work.text());
      case "wait" -> waitOf(work.tree().asString());
      case "until" -> new Work.Until(work.text());
      case "signal" -> new Work.Signal(work.tree().asString(), accept());
      case TASK -> new Work.Signal(name, accept(), task());
      default -> throw new IllegalStateException("there is no kind " + kind);
    };
  }

  private static Work.Wait waitOf(String text) {
    Duration fixed = isFixed(text) ? Durations.parse(text) : null;
    return isFixed(text)
        ? new Work.Wait(fixed == null ? Duration.ZERO : fixed, null)
        : new Work.Wait(null, Json.string(text).toString());
  }
}
