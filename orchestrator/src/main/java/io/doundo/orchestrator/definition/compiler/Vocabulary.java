package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.JsonSchema;
import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.stored.DeclaredFigures;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Presentation;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The words of documents since the second vocabulary. Older documents may have fields of the same
 * names that never had a meaning, and still have none: a document is of the new vocabulary when it
 * declares so, or when it cannot be anything else.
 */
final class Vocabulary {

  private static final String BREAKER = "breaker";

  /** The field with which a document declares the new vocabulary. */
  static final String FIELD = "vocabulary";

  static final String CURRENT = "2";

  /** Of an orchestration. */
  static final Set<String> ORCHESTRATION_FIELDS =
      Set.of(
          FIELD,
          "payload",
          "result",
          "title",
          "category",
          "labels",
          "status",
          TriggersReader.FIELD,
          NotifyReader.FIELD,
          DeclaredFigures.FIELD);

  /** Of a breaker. */
  static final Set<String> BREAKER_FIELDS = Set.of("faults", "window", "openFor", "firstWave");

  /** The kinds of steps without parts that can be compiled. */
  static final Set<String> KINDS =
      Set.of(
          "set",
          "validate",
          "choice",
          "wait",
          "until",
          "signal",
          "task",
          Work.Http.KIND,
          Work.Http.WEBHOOK);

  /** Of a step of any kind. */
  static final Set<String> STEP_FIELDS =
      Set.of("when", "input", "result", "onFailure", "accept", BREAKER);

  /** A block of steps, which is not a step itself. */
  private static final Set<String> BLOCK_FIELDS = Set.of("parallel", "atOnce");

  private static final String OPEN = "{{";

  private static final int MAX_TITLE = 255;
  private static final int MAX_LABELS = 20;
  private static final int MAX_BREAKERS = 64;

  private final boolean isNew;

  private Vocabulary(boolean isNew) {
    this.isNew = isNew;
  }

  /** The vocabulary of one registration. */
  static Vocabulary of(Mapping registration) {
    return new Vocabulary(isNew(registration));
  }

  boolean isNew() {
    return isNew;
  }

  void refuseUnknownOfOrchestration(Fields fields) {
    if (isNew) {
      fields.refuseUnknown(union(RegistrationReader.FIELDS, ORCHESTRATION_FIELDS));
      fields.word(FIELD, List.of(CURRENT));
    } else {
      fields.refuseUnknown(RegistrationReader.FIELDS, ORCHESTRATION_FIELDS);
    }
  }

  void refuseUnknownOfStep(Fields fields) {
    if (isNew) {
      fields.refuseUnknown(
          union(
              StepDeclaration.FIELDS,
              union(
                  union(STEP_FIELDS, PartsDeclaration.FIELDS),
                  union(union(KINDS, PartsDeclaration.KINDS), BLOCK_FIELDS))));
      boolean isList = fields.value(PartsDeclaration.FOR_EACH) != null;
      if (fields.value("atOnce") != null && fields.value("parallel") == null && !isList) {
        fields.problem("atOnce", "has no meaning without parallel");
      }
    } else {
      fields.refuseUnknown(StepDeclaration.FIELDS, STEP_FIELDS);
    }
  }

  StepExpressions expressions(Fields step) {
    return isNew ? StepExpressions.read(step) : StepExpressions.none(step);
  }

  /** Whether a step's {@code undo} defines the payload of its command. */
  boolean saysUndoInput(Fields step) {
    return isNew && StepExpressions.hasUndoInput(step);
  }

  Presentation presentation(Fields fields) {
    if (!isNew) {
      return Presentation.NONE;
    }
    List<Scalar> labels = fields.texts("labels", MAX_LABELS, MAX_TITLE);
    return new Presentation(
        fields.line("title", MAX_TITLE),
        fields.line("category", MAX_TITLE),
        labels == null ? List.of() : labels.stream().map(Scalar::text).distinct().toList(),
        null);
  }

  /** The name of the breaker that may hold back the step's commands; null for none. */
  @Nullable String breaker(Fields step) {
    String name = isNew ? step.text(BREAKER, StepDeclaration.MAX_TEXT) : null;
    String refusal = name == null ? null : Names.refuse(name);
    if (refusal != null) {
      step.problem(BREAKER, '"' + name + "\" " + refusal);
      return null;
    }
    return name;
  }

  /** The new status of the name; null when it stays. */
  @Nullable OrchestrationStatus status(Fields fields) {
    if (!isNew) {
      return null;
    }
    return fields.constant("status", OrchestrationStatus.class);
  }

  /** What starts the orchestration besides its initiators. */
  List<Trigger> triggers(Fields fields, Report report) {
    return isNew ? TriggersReader.read(fields, report) : List.of();
  }

  /** Who is told about the orchestration's flows. */
  List<Receiver> receivers(Fields fields, Report report) {
    return isNew ? NotifyReader.read(fields, report) : List.of();
  }

  /** The figures that the orchestration declares for breakers, by name; problems are reported. */
  List<BreakerFigures> breakers(Fields fields) {
    Fields breakers = isNew ? fields.object(DeclaredFigures.FIELD) : null;
    if (breakers == null) {
      return List.of();
    }
    Set<String> names = new TreeSet<>(breakers.mapping().fields().keySet());
    if (names.size() > MAX_BREAKERS) {
      fields.problem(
          DeclaredFigures.FIELD,
          "has %d breakers; at most %d are allowed".formatted(names.size(), MAX_BREAKERS));
      return List.of();
    }
    List<BreakerFigures> declared = new ArrayList<>();
    for (String name : names) {
      String refusal = Names.refuse(name);
      if (refusal != null) {
        breakers.problem(name, '"' + name + "\" " + refusal);
      } else {
        Fields figures = breakers.object(name);
        if (figures != null) {
          declared.add(figures(name, figures));
        }
      }
    }
    return declared;
  }

  private static BreakerFigures figures(String breaker, Fields figures) {
    figures.refuseAllBut(BREAKER_FIELDS, "of a breaker");
    BreakerConfig usual = BreakerConfig.DEFAULT;
    Integer faults = figures.integer("faults", 1, BreakerConfig.MOST_FAULTS);
    Integer firstWave = figures.integer("firstWave", 1, BreakerConfig.LARGEST_FIRST_WAVE);
    return new BreakerFigures(
        breaker,
        faults == null ? usual.faults() : faults,
        time(figures, "window", BreakerConfig.LONGEST_WINDOW, usual.window()),
        time(figures, "openFor", BreakerConfig.LONGEST_OPEN, usual.openFor()),
        firstWave == null ? usual.firstWave() : firstWave);
  }

  private static Duration time(Fields figures, String name, Duration longest, Duration usual) {
    Duration given = figures.duration(name, BreakerConfig.SHORTEST);
    if (given != null && given.compareTo(longest) > 0) {
      figures.problem(
          name,
          "must be at most %s but is %s"
              .formatted(DurationText.of(longest), DurationText.of(given)));
    }
    return given == null ? usual : given;
  }

  /**
   * Warns of figures for a breaker that no step can have. Those of connections are not known here.
   */
  void warnOfUnusedBreakers(Fields fields, Orchestration definition) {
    if (definition.breakers().isEmpty()) {
      return;
    }
    Fields breakers = fields.object(DeclaredFigures.FIELD);
    List<Step> steps = definition.allSteps();
    boolean mayBeOfConnection =
        steps.stream().anyMatch(step -> step.work() instanceof Work.Http && step.breaker() == null);
    if (breakers == null || mayBeOfConnection) {
      return;
    }
    for (BreakerFigures figures : definition.breakers()) {
      if (steps.stream().noneMatch(step -> figures.breaker().equals(step.breaker()))) {
        breakers.warn(figures.breaker(), "no step of this document names this breaker");
      }
    }
  }

  /** The schema of a start's payload; null for any payload. */
  @Nullable LocatedJson payload(Fields fields) {
    LocatedJson schema = json(fields, "payload");
    String problem = schema == null ? null : JsonSchema.problemOf(schema.tree());
    if (problem != null) {
      fields.problem("payload", problem);
    }
    return schema;
  }

  /** The result that callers of a completed flow see; null for the results of its last steps. */
  @Nullable LocatedJson result(Fields fields) {
    return json(fields, "result");
  }

  private @Nullable LocatedJson json(Fields fields, String name) {
    Located value = isNew ? fields.value(name) : null;
    if (value == null) {
      return null;
    }
    return LocatedJson.of(value, name);
  }

  /** Whether a step may have the field. */
  boolean isOfStep(String field) {
    return StepDeclaration.FIELDS.contains(field) || STEP_FIELDS.contains(field) || isKind(field);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new HashSet<>(one);
    both.addAll(other);
    return both;
  }

  static boolean isKind(String field) {
    return KINDS.contains(field)
        || PartsDeclaration.KINDS.contains(field)
        || field.equals("parallel");
  }

  /** Whether a registration is of the new vocabulary. */
  static boolean isNew(Mapping registration) {
    Field said = registration.fields().get(FIELD);
    if (said != null && said.value() instanceof Scalar word && word.text().equals(CURRENT)) {
      return true;
    }
    Field steps = registration.fields().get("steps");
    if (steps == null || !(steps.value() instanceof Sequence list)) {
      return false;
    }
    return list.elements().stream().anyMatch(Vocabulary::isNewStep);
  }

  private static boolean isNewStep(Located step) {
    if (!(step instanceof Mapping mapping)) {
      return false;
    }
    for (Map.Entry<String, Field> field : mapping.fields().entrySet()) {
      boolean isThere = !field.getValue().value().isNull();
      if (isThere && (field.getKey().equals("when") || isKind(field.getKey()))) {
        return true;
      }
      if (holdsExpression(field.getValue().value())) {
        return true;
      }
    }
    return false;
  }

  private static boolean holdsExpression(Located value) {
    if (value instanceof Scalar scalar) {
      return scalar.text().contains(OPEN);
    }
    if (value instanceof Sequence list) {
      return list.elements().stream().anyMatch(Vocabulary::holdsExpression);
    }
    return value instanceof Mapping mapping
        && mapping.fields().values().stream().anyMatch(field -> holdsExpression(field.value()));
  }
}
