package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Contract;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Presentation;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Declared;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.StatusChanged;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one registration: an orchestration, or a worker's declaration. */
final class RegistrationReader {

  static final Set<String> FIELDS =
      Set.of(
          "orchestrationName",
          "as",
          "type",
          "sharedTopic",
          "steps",
          "timeout",
          "undoWindow",
          "searchKey",
          "description",
          "serviceName",
          "eventType",
          "$schema");

  private static final Set<String> STATUS_FIELDS =
      Set.of(
          "orchestrationName",
          "as",
          "status",
          "serviceName",
          "eventType",
          "$schema",
          Vocabulary.FIELD);

  static final int MAX_STEPS = 200;

  private static final List<String> TYPES =
      List.of("sequential", "parallel", "graph", "simultaneous", "saga");

  private static final int MAX_TEXT = 255;
  private static final int MAX_DESCRIPTION = 4_000;

  private final Fields fields;
  private final String path;
  private final Report report;
  private final Vocabulary vocabulary;
  private final @Nullable String origin;

  RegistrationReader(Mapping registration, String path, Report report) {
    this(registration, path, report, null);
  }

  /**
   * @param origin the workflow of the framework that the registration was made of, as JSON
   */
  RegistrationReader(Mapping registration, String path, Report report, @Nullable String origin) {
    this.origin = origin;
    this.vocabulary = Vocabulary.of(registration);
    this.fields = new Fields(registration, path, report);
    this.path = path;
    this.report = report;
  }

  /**
   * Compiles it.
   *
   * @param service the registering service as its headers name it, or null
   */
  Result read(@Nullable String service) {
    boolean changesStatus = fields.value("status") != null && fields.value("steps") == null;
    if (changesStatus) {
      fields.refuseUnknown(STATUS_FIELDS);
    } else {
      vocabulary.refuseUnknownOfOrchestration(fields);
    }
    String name = name();
    RegistrantRole role =
        fields.constant("as", RegistrantRole.class) == RegistrantRole.WORKER
            ? RegistrantRole.WORKER
            : RegistrantRole.INITIATOR;
    String named = fields.line("serviceName", MAX_TEXT);
    String registrant = service != null ? service : named;
    Result result =
        changesStatus
            ? statusChange(name, registrant)
            : role == RegistrantRole.WORKER
                ? declaration(name, registrant)
                : definition(name, registrant);
    return result != null
        ? result
        : new Refused(
            name != null ? name : fields.given("orchestrationName", "orchName"),
            role,
            report.problems(),
            report.warnings(),
            registrant);
  }

  private @Nullable Result definition(@Nullable String name, @Nullable String initiator) {
    GraphType type = type();
    boolean sharedTopic = fields.flag("sharedTopic", false);
    Duration timeout = fields.timeout("timeout", Duration.ofMillis(1));
    Duration undoWindow = fields.timeout("undoWindow", Duration.ZERO);
    String searchKey = fields.text("searchKey", MAX_TEXT);
    String description = fields.text("description", MAX_DESCRIPTION);
    BlockReader blocks = new BlockReader(vocabulary, sharedTopic);
    steps().forEach(blocks::read);
    List<Step> steps = StepSorter.sort(type, blocks, report);
    Presentation presentation = vocabulary.presentation(fields).madeOf(origin);
    OrchestrationStatus status = vocabulary.status(fields);
    LocatedJson payload = vocabulary.payload(fields);
    LocatedJson result = vocabulary.result(fields);
    List<Trigger> triggers = vocabulary.triggers(fields, report);
    List<Receiver> receivers = vocabulary.receivers(fields, report);
    List<BreakerFigures> breakers = vocabulary.breakers(fields);
    if (steps != null && vocabulary.isNew()) {
      new PartsChecks(String.valueOf(name), blocks.allFields()).check(steps, true);
      ExpressionChecks checks = new ExpressionChecks(report, payload, steps, blocks);
      checks.checkSteps();
      checks.checkResult(fields, result);
    }
    if (name == null || steps == null || report.hasProblems()) {
      return null;
    }
    Orchestration draft =
        Orchestration.of(
                new DefinitionId(name, ""),
                type,
                steps,
                timeout,
                undoWindow == null ? Orchestration.DEFAULT_UNDO_WINDOW : undoWindow,
                searchKey,
                description,
                initiator)
            .with(
                presentation,
                new Contract(
                    payload == null ? null : payload.text(), result == null ? null : result.text()))
            .with(triggers)
            .telling(receivers)
            .declaring(breakers);
    Orchestration definition = DefinitionCodec.identified(draft);
    int bytes = DefinitionCodec.encode(definition).length;
    if (bytes > DefinitionCodec.MAX_BYTES) {
      fields.problem(
          "steps",
          "the definition takes %,d bytes with all defaults and aliases expanded; at most %,d fit"
                  .formatted(bytes, DefinitionCodec.MAX_BYTES)
              + " into one record: use fewer steps, patterns or dependencies, or shorter names");
      return null;
    }
    vocabulary.warnOfUnusedBreakers(fields, definition);
    return new Defined(definition, report.warnings(), status);
  }

  private @Nullable Result statusChange(@Nullable String name, @Nullable String service) {
    OrchestrationStatus status = fields.constant("status", OrchestrationStatus.class);
    return name == null || status == null || report.hasProblems()
        ? null
        : new StatusChanged(name, status, report.warnings(), service);
  }

  private @Nullable Result declaration(@Nullable String name, @Nullable String service) {
    List<String> steps = new ArrayList<>();
    for (Fields step : steps()) {
      vocabulary.refuseUnknownOfStep(step);
      String stepName = StepDeclaration.name(step);
      if (stepName != null && steps.contains(stepName)) {
        step.problem("name", "the step \"" + stepName + "\" is defined twice");
      } else if (stepName != null) {
        steps.add(stepName);
      }
    }
    if (name == null || report.hasProblems()) {
      return null;
    }
    List<String> warnings = new ArrayList<>(report.warnings());
    if (service == null) {
      warnings.add("the worker has no name: add a header serviceName, X-Service-Name or source");
    }
    return new Declared(
        new WorkerDeclaration(service == null ? unnamed(steps) : service, name, steps), warnings);
  }

  /** Distinguishes two services without a name, but recognises the same one. */
  private static String unnamed(List<String> steps) {
    return steps.size() == 1
        ? "unnamed (" + steps.get(0) + ')'
        : "unnamed (%s and %d more)".formatted(steps.get(0), steps.size() - 1);
  }

  private @Nullable String name() {
    if (fields.value("orchestrationName") == null) {
      fields.problem("orchestrationName", "is missing" + nameGivenElsewhere());
      return null;
    }
    String name = fields.text("orchestrationName", MAX_TEXT);
    if (name == null) {
      return null;
    }
    String refusal = Names.refuseOrchestration(name);
    if (refusal != null) {
      fields.problem("orchestrationName", '"' + name + "\" " + refusal);
      return null;
    }
    return name;
  }

  private String nameGivenElsewhere() {
    for (String other : List.of("orchName", "name")) {
      if (fields.value(other) != null) {
        return "; DoUndo does not read \"" + other + "\"";
      }
    }
    return "";
  }

  private GraphType type() {
    String word = fields.word("type", TYPES);
    if (word == null) {
      return GraphType.SEQUENTIAL;
    }
    return switch (word) {
      case "saga" -> GraphType.SEQUENTIAL;
      case "simultaneous" -> GraphType.PARALLEL;
      default -> GraphType.valueOf(word.toUpperCase(Locale.ROOT));
    };
  }

  /** The steps that are mappings; everything else is reported. */
  private List<Fields> steps() {
    Sequence list = fields.list("steps");
    if (list == null) {
      if (fields.value("steps") == null) {
        fields.problem("steps", "is missing: a registration needs a list of steps");
      }
      return List.of();
    }
    if (list.elements().isEmpty()) {
      fields.problem("steps", "must have at least one step");
    }
    if (list.elements().size() > MAX_STEPS) {
      fields.problem(
          "steps",
          "has %d steps; at most %d are allowed".formatted(list.elements().size(), MAX_STEPS));
      return List.of();
    }
    List<Fields> steps = new ArrayList<>();
    for (int i = 0; i < list.elements().size(); i++) {
      Located element = list.elements().get(i);
      String place = (path.isEmpty() ? "steps[" : path + ".steps[") + i + ']';
      if (element instanceof Mapping mapping) {
        steps.add(new Fields(mapping, place, report));
      } else {
        report.problem(
            element, place, "must be an object with at least a name but is " + element.kind());
      }
    }
    return steps;
  }
}
