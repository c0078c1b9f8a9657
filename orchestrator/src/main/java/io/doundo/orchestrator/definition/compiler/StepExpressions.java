package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a step of the new vocabulary says beside the fields that steps have always had, as it stands
 * in the document. {@link ExpressionChecks} compiles it when the order of the steps is known.
 *
 * @param kind the field that says what the step does; null for a step that a worker carries out
 * @param branches of a choice; null for other steps
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
          "sharedTopic");

  /** Of a step in a document of the vocabulary of before. */
  static StepExpressions none(Fields fields) {
    return new StepExpressions(fields, null, null, null, null, null, null, null, false);
  }

  static StepExpressions read(Fields fields) {
    String kind = kind(fields);
    boolean isChoice = CHOICE.equals(kind);
    LocatedJson work = kind == null || isChoice ? null : json(fields, kind);
    StepExpressions step =
        new StepExpressions(
            fields,
            fields.text("when", MAX_CONDITION),
            json(fields, "input"),
            json(fields, "result"),
            undoInput(fields),
            kind,
            work,
            isChoice ? Branches.read(fields, MAX_CONDITION) : null,
            "continue".equals(fields.word("onFailure", List.of("continue", "undo"))));
    step.checkKind();
    step.checkOnFailure();
    return step;
  }

  private static @Nullable String kind(Fields fields) {
    List<String> kinds = new ArrayList<>();
    for (String name : fields.mapping().fields().keySet()) {
      if (Vocabulary.laterKinds().contains(name) && fields.value(name) != null) {
        fields.problem(name, "steps of this kind are not supported by this version");
      } else if (Vocabulary.KINDS.contains(name) && fields.value(name) != null) {
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

  /** Whether {@code undo} says what its command carries, instead of whether there is one. */
  static boolean hasUndoInput(Fields fields) {
    return fields.value("undo") instanceof Mapping;
  }

  private static @Nullable LocatedJson undoInput(Fields fields) {
    if (!(fields.value("undo") instanceof Mapping undo)) {
      return null;
    }
    Fields inside = fields.object("undo");
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

  boolean isInside() {
    return kind != null;
  }

  private void checkKind() {
    if (kind == null) {
      return;
    }
    for (String name : OF_WORKERS) {
      if (fields.value(name) != null) {
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

  private void checkOnFailure() {
    if (goesOn && kind == null && !isUndoNone()) {
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

  /** What the step does; null when a worker carries it out. */
  @Nullable Work inside() {
    if (branches != null) {
      return branches.work();
    }
    if (kind == null || work == null) {
      return null;
    }
    return kind.equals("set") ? new Work.Set(work.text()) : new Work.Validate(work.text());
  }
}
