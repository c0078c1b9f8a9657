package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.JsonSchema;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepGraph;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.protocol.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compiles the expressions of one orchestration and reports their problems: each in the scope of
 * its place, with the steps that certainly come before it. Used once.
 */
final class ExpressionChecks {

  private static final String PAYLOAD = "payload";
  private static final String RESULT = "result";

  /** The index of the branch that a choice has taken. */
  private static final String BRANCH = "branch";

  private static final int MAX_RULES = 100;

  private final Report report;
  private final Shape payload;
  private final List<Step> steps;
  private final StepGraph graph;
  private final Guards guards;
  private final Map<String, StepExpressions> drafts = new HashMap<>();
  private final Map<String, Shape> results = new HashMap<>();

  private final BlockReader blocks;

  /** The names of all tasks of the document, those in bodies as well. */
  private final Set<String> tasks;

  /** The names that the step sees of which these steps are a part; none for the whole flow. */
  private final VisibleNames outside;

  /**
   * @param payload the schema of a start's payload; null for any payload
   * @param steps in topological order
   */
  ExpressionChecks(
      Report report, @Nullable LocatedJson payload, List<Step> steps, BlockReader blocks) {
    this(
        report,
        payload == null ? Shape.UNKNOWN : Shape.of(payload.tree()),
        steps,
        blocks,
        tasksOf(blocks),
        VisibleNames.of());
  }

  private ExpressionChecks(
      Report report,
      Shape payload,
      List<Step> steps,
      BlockReader blocks,
      Set<String> tasks,
      VisibleNames outside) {
    this.report = report;
    this.payload = payload;
    this.steps = steps;
    this.graph = StepGraph.of(steps);
    this.guards = Guards.of(steps);
    this.blocks = blocks;
    this.tasks = tasks;
    this.outside = outside;
    blocks.steps().forEach(draft -> this.drafts.put(draft.name(), draft.expressions()));
  }

  private static Set<String> tasksOf(BlockReader blocks) {
    Set<String> tasks = new HashSet<>();
    for (StepDeclaration step : blocks.steps()) {
      if ("task".equals(step.expressions().kind())) {
        tasks.add(step.name());
      }
      blocks.bodiesOf(step.name()).forEach(body -> tasks.addAll(tasksOf(body)));
    }
    return tasks;
  }

  void checkSteps() {
    for (int i = 0; i < steps.size(); i++) {
      StepExpressions step = drafts.get(steps.get(i).name());
      if (step != null) {
        check(step, i);
        results.put(steps.get(i).name(), shapeOfResult(step));
      }
    }
  }

  /** The result of a completed flow is computed from all its steps. */
  void checkResult(Fields orchestration, @Nullable LocatedJson result) {
    if (result != null) {
      Set<Integer> all = new HashSet<>();
      for (int i = 0; i < steps.size(); i++) {
        all.add(i);
      }
      template(orchestration, result, RESULT, names(null, all, false));
    }
  }

  private void check(StepExpressions step, int index) {
    Set<Integer> ancestors = new HashSet<>();
    for (int ancestor : graph.ancestors(index)) {
      ancestors.add(ancestor);
    }
    String name = steps.get(index).name();
    VisibleNames before = names(name, ancestors, false);
    String when = step.when();
    if (when != null) {
      compiler(step.fields(), null, before).condition("when", when);
    }
    if (step.input() != null) {
      template(step.fields(), step.input(), "input", before);
    }
    PartsDeclaration parts = step.parts();
    if (parts != null) {
      parts(step, parts, steps.get(index), before);
    }
    if (step.result() != null && (parts == null || parts.bodies().isEmpty())) {
      // An accepted answer always exists when its kept part is computed.
      template(step.fields(), step.result(), RESULT, names(name, ancestors, true).certain());
    }
    if (step.undoInput() != null) {
      template(step.fields(), step.undoInput(), "undo.input", names(name, ancestors, true));
    }
    HttpDeclaration http = step.http();
    if (http != null) {
      HttpChecks.check(name, http, before, names(name, ancestors, true), this::problem);
    }
    Branches branches = step.branches();
    if (branches != null) {
      choice(branches, before);
    }
    LocatedJson work = step.work();
    if (work != null && "set".equals(step.kind())) {
      if (!work.tree().isObject()) {
        step.fields().problem("set", "must be an object: its fields are the result");
      }
      template(step.fields(), work, "set", before);
    } else if (work != null && "validate".equals(step.kind())) {
      rules(step.fields(), work, before);
    } else if (work != null && step.kind() != null) {
      wait(step, work, before);
    }
  }

  private void parts(
      StepExpressions step, PartsDeclaration parts, Step compiled, VisibleNames before) {
    String items = parts.items();
    if (PartsDeclaration.FOR_EACH.equals(parts.kind()) && items != null) {
      JsonNode template = Json.MAPPER.getNodeFactory().stringNode(items);
      compiler(step.fields(), null, before).template(PartsDeclaration.FOR_EACH, template);
    }
    Fields loop = parts.loop();
    VisibleNames inside =
        switch (parts.kind()) {
          case PartsDeclaration.FOR_EACH -> with(before, parts.itemName(), "index");
          case PartsDeclaration.REPEAT -> with(before, "state", "round");
          default -> before;
        };
    if (loop != null) {
      VisibleNames after = with(inside, RESULT);
      LocatedJson state = parts.template("state");
      LocatedJson next = parts.template("next");
      String until = parts.until();
      if (state != null) {
        template(loop, state, "state", before);
      }
      if (next != null) {
        template(loop, next, "next", after);
      }
      if (until != null) {
        compiler(loop, null, after).condition("until", until);
      }
    }
    bodies(step, compiled, inside);
  }

  private void bodies(StepExpressions step, Step compiled, VisibleNames inside) {
    if (!(compiled.work() instanceof Work.Parts work)) {
      return;
    }
    List<BlockReader> read = blocks.bodiesOf(compiled.name());
    for (int i = 0; i < read.size(); i++) {
      ExpressionChecks checks =
          new ExpressionChecks(
              report, payload, work.bodies().get(i).steps(), read.get(i), tasks, inside);
      checks.checkSteps();
      checks.checkResult(step.fields(), step.result());
    }
  }

  private static VisibleNames with(VisibleNames names, String... more) {
    Map<String, Shape> variables = new HashMap<>(names.variables());
    for (String variable : more) {
      variables.put(variable, Shape.UNKNOWN);
    }
    return new VisibleNames(variables, names.uncertain(), names.steps(), names.otherSteps());
  }

  private void choice(Branches branches, VisibleNames names) {
    for (int i = 0; i < branches.branches().size(); i++) {
      Branches.Branch branch = branches.branches().get(i);
      String when = branch.when();
      if (when != null) {
        compiler(branch.fields(), null, names).condition("when", when);
      }
    }
  }

  private void wait(StepExpressions step, LocatedJson work, VisibleNames before) {
    if (!step.waitsForSignal()) {
      template(step.fields(), work, String.valueOf(step.kind()), before);
      return;
    }
    if ("signal".equals(step.kind()) && tasks.contains(work.tree().asString(""))) {
      // Otherwise the answer to the task could end the wait of this step, or a signal for this step
      // could complete the task. Flows hand signals to their parts, so all bodies count.
      step.fields()
          .problem(
              "signal",
              "the signal \"%s\" is the answer to the task of that name: name it otherwise"
                  .formatted(work.tree().asString("")));
    }
    for (Map.Entry<String, JsonNode> text : step.textsOfTask().entrySet()) {
      compiler(step.fields(), work, before).template("task." + text.getKey(), text.getValue());
    }
    String accept = step.accept();
    if (accept != null) {
      Map<String, Shape> variables = new HashMap<>(before.variables());
      variables.put("signal", Shape.ofFields("payload", "by", "at", "verified"));
      VisibleNames names =
          new VisibleNames(variables, Set.of(), before.steps(), before.otherSteps());
      compiler(step.fields(), null, names).condition("accept", accept);
    }
  }

  private void rules(Fields fields, LocatedJson rules, VisibleNames names) {
    if (!rules.tree().isArray() || rules.tree().isEmpty() || rules.tree().size() > MAX_RULES) {
      fields.problem("validate", "must be a list of 1 to " + MAX_RULES + " rules");
      return;
    }
    for (int i = 0; i < rules.tree().size(); i++) {
      rule(fields, rules, rules.tree().get(i), "validate[" + i + "]", names);
    }
  }

  private void rule(
      Fields fields, LocatedJson rules, JsonNode rule, String place, VisibleNames names) {
    Set<String> known = Set.of("that", "message", "schema", "of");
    Set<String> unknown = new TreeSet<>();
    rule.propertyNames().stream().filter(name -> !known.contains(name)).forEach(unknown::add);
    for (String name : unknown) {
      problem(
          fields,
          rules,
          place + "." + name,
          "unknown field of a rule" + Suggestions.didYouMean(name, known));
    }
    JsonNode that = rule.get("that");
    JsonNode schema = rule.get("schema");
    if (!rule.isObject() || (that == null) == (schema == null)) {
      problem(fields, rules, place, "must have either \"that\" or \"schema\"");
      return;
    }
    JsonNode message = rule.get("message");
    if (message != null) {
      if (!message.isString()) {
        problem(fields, rules, place + ".message", "must be text");
      }
      compiler(fields, rules, names).template(place + ".message", message);
    }
    if (that != null) {
      if (that.isString()) {
        compiler(fields, rules, names).condition(place + ".that", that.stringValue());
      } else {
        problem(fields, rules, place + ".that", "must be an expression");
      }
      return;
    }
    String invalid = JsonSchema.problemOf(schema);
    if (invalid != null) {
      problem(fields, rules, place + ".schema", invalid);
    }
    JsonNode of = rule.get("of");
    if (of == null) {
      problem(fields, rules, place, "needs \"of\": the value that the schema is for");
    } else {
      compiler(fields, rules, names).template(place + ".of", of);
    }
  }

  private void template(Fields fields, LocatedJson value, String place, VisibleNames names) {
    compiler(fields, value, names).template(place, value.tree());
  }

  private ExpressionCompiler compiler(
      Fields fields, @Nullable LocatedJson value, VisibleNames names) {
    return new ExpressionCompiler(
        names, Suggestions::didYouMean, (place, problem) -> problem(fields, value, place, problem));
  }

  private void problem(Fields fields, @Nullable LocatedJson value, String place, String problem) {
    if (value == null) {
      fields.problem(place, problem);
    } else {
      report.problem(value.at(place), fields.path(place), problem);
    }
  }

  /**
   * @param reader the step that reads them; null for the result of the whole flow
   */
  private VisibleNames names(@Nullable String reader, Set<Integer> ancestors, boolean hasResult) {
    Map<String, Shape> variables = new HashMap<>(outside.variables());
    variables.put(PAYLOAD, payload);
    variables.put("input", Shape.UNKNOWN);
    variables.put(VisibleNames.STEPS, Shape.UNKNOWN);
    variables.put("flow", FLOW);
    if (hasResult) {
      variables.put(RESULT, Shape.UNKNOWN);
      variables.put("effect", Shape.UNKNOWN);
    }
    Map<String, VisibleNames.Step> before = new HashMap<>(outside.steps());
    Set<String> others = new HashSet<>(outside.otherSteps());
    for (int i = 0; i < steps.size(); i++) {
      String name = steps.get(i).name();
      if (ancestors.contains(i)) {
        before.put(name, step(name, reader));
      } else {
        others.add(name);
      }
    }
    return new VisibleNames(variables, hasResult ? Set.of(RESULT) : Set.of(), before, others);
  }

  /** A step in a branch is certain for the steps that are taken only together with it. */
  private VisibleNames.Step step(String name, @Nullable String reader) {
    StepExpressions step = drafts.get(name);
    boolean isTaken = reader == null ? !guards.isInBranch(name) : guards.isTakenWith(name, reader);
    boolean mayBeAbsent =
        !isTaken || (step != null && (step.when() != null || step.goesOn() || step.mayTimeOut()));
    Set<String> ownFields = step != null && step.waitsForSignal() ? Set.of("by", "at") : Set.of();
    return new VisibleNames.Step(
        mayBeAbsent,
        results.getOrDefault(name, Shape.UNKNOWN),
        step != null && step.branches() != null ? Set.of(BRANCH) : ownFields);
  }

  private static Shape shapeOfResult(StepExpressions step) {
    PartsDeclaration parts = step.parts();
    Shape gathered = parts == null ? null : PartsDeclaration.RESULTS.get(parts.kind());
    if (gathered != null) {
      return gathered;
    }
    LocatedJson said = step.result();
    JsonNode form = step.formOfTask();
    if (said == null && form != null && JsonSchema.problemOf(form) == null) {
      return Shape.of(form);
    }
    if (said == null && "set".equals(step.kind())) {
      said = step.work();
    }
    HttpExchange request = step.http() == null ? null : step.http().request();
    JsonNode answer = request == null ? null : request.part(RESULT);
    JsonNode template = said == null ? answer : said.tree();
    return template == null ? Shape.UNKNOWN : Shape.ofTemplate(template);
  }

  private static final Shape FLOW =
      Shape.ofFields("id", "root", "name", "version", "startedAt", "initiator", "requestedBy");
}
