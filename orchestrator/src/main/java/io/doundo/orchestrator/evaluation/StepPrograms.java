package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.Condition;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.JsonSchema;
import io.doundo.expression.Reads;
import io.doundo.expression.Template;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of one step, compiled once for all its flows. For each expression, one method
 * lists the values that it reads and another evaluates it; a step without the expression gives an
 * empty answer. Immutable and thread-safe.
 */
public final class StepPrograms {

  private final String step;
  private final @Nullable Condition when;
  private final @Nullable Template input;
  private final @Nullable Template result;
  private final @Nullable Template undoInput;
  private final @Nullable Template set;
  private final @Nullable Template until;
  private final @Nullable Condition accept;
  private final @Nullable Template task;
  private final @Nullable JsonSchema form;
  private final List<Rule> rules;
  private final List<Optional<Condition>> branches;
  private final @Nullable HttpPrograms http;

  private StepPrograms(Step step, ExpressionCompiler compiler) {
    this.step = step.name();
    String condition = step.when();
    this.when = condition == null ? null : compiler.condition("when", condition).orElseThrow();
    this.input = template(compiler, "input", step.data().input());
    this.result = template(compiler, "result", step.data().result());
    this.undoInput =
        step.undoing() instanceof UndoRule.Own own
            ? template(compiler, "undo.input", own.input())
            : null;
    this.set =
        step.work() instanceof Work.Set work ? template(compiler, "set", work.template()) : null;
    this.until = template(compiler, step.work().kind(), time(step.work()));
    String accepted = step.work() instanceof Work.Signal wait ? wait.accept() : null;
    this.accept = accepted == null ? null : compiler.condition("accept", accepted).orElseThrow();
    this.task = template(compiler, "task", texts(step.work()));
    this.form = form(step.work());
    this.rules =
        step.work() instanceof Work.Validate work ? Rule.all(compiler, work.rules()) : List.of();
    this.branches = step.work() instanceof Work.Choose work ? branches(compiler, work) : List.of();
    this.http =
        step.work() instanceof Work.Http work ? HttpPrograms.of(compiler, step, work) : null;
  }

  /**
   * Compiles the expressions of a step.
   *
   * @throws IllegalStateException when an expression does not compile, which registration excludes
   */
  public static StepPrograms of(Step step) {
    return new StepPrograms(step, ExpressionCompiler.ofStored());
  }

  /**
   * The template of the time for which, or until which, the step waits; null when there is none.
   */
  private static @Nullable String time(Work work) {
    if (work instanceof Work.Wait wait) {
      return wait.template();
    }
    return work instanceof Work.Until until ? until.template() : null;
  }

  private static @Nullable String texts(Work work) {
    return work instanceof Work.Signal wait && wait.task() != null ? wait.task().texts() : null;
  }

  private static @Nullable JsonSchema form(Work work) {
    String schema = work instanceof Work.Signal wait ? wait.form() : null;
    return schema == null ? null : JsonSchema.of(Json.MAPPER.readTree(schema));
  }

  private static List<Optional<Condition>> branches(
      ExpressionCompiler compiler, Work.Choose choice) {
    List<Optional<Condition>> branches = new ArrayList<>();
    for (String when : choice.branches()) {
      String place = "choice[" + branches.size() + "].when";
      branches.add(
          when == null
              ? Optional.empty()
              : Optional.of(compiler.condition(place, when).orElseThrow()));
    }
    return List.copyOf(branches);
  }

  private static @Nullable Template template(
      ExpressionCompiler compiler, String place, @Nullable String json) {
    return json == null ? null : compiler.template(place, Json.MAPPER.readTree(json)).orElseThrow();
  }

  /** The values to be bound to evaluate whether the step is taken. */
  public Optional<Reads> readByWhen() {
    return Optional.ofNullable(when).map(Condition::reads);
  }

  /** Whether the step is taken. */
  public boolean isTaken(Bindings bindings) throws EvaluationException {
    try {
      return when == null || when.evaluate(bindings);
    } catch (EvaluationException e) {
      throw e.in("step " + step);
    }
  }

  /** The values to be bound to compute the step's input. */
  public Optional<Reads> readByInput() {
    return Optional.ofNullable(input).map(Template::reads);
  }

  /** The step's input; empty for the payload with the results of its ancestors. */
  public Optional<RawJson> input(Bindings bindings) throws EvaluationException {
    return evaluated(input, bindings);
  }

  /** The request that the step makes, and the one that undoes it; empty for other steps. */
  Optional<HttpPrograms> http() {
    return Optional.ofNullable(http);
  }

  /** The values to be bound to compute the kept part of the answer. */
  public Optional<Reads> readByResult() {
    return Optional.ofNullable(result).map(Template::reads);
  }

  /** The kept part of the answer, which is bound as {@code result}; empty for all of it. */
  public Optional<RawJson> result(Bindings bindings) throws EvaluationException {
    return evaluated(result, bindings);
  }

  /** The values to be bound to compute the input of the step's UNDO. */
  public Optional<Reads> readByUndo() {
    return Optional.ofNullable(undoInput).map(Template::reads);
  }

  /** The input of the step's UNDO; empty for the payload and the results. */
  public Optional<RawJson> undoInput(Bindings bindings) throws EvaluationException {
    return evaluated(undoInput, bindings);
  }

  /** The values to be bound to evaluate the step's own work; empty for a worker's step. */
  public Optional<Reads> readByWork() {
    if (set != null) {
      return Optional.of(set.reads());
    }
    Stream<Reads> read =
        Stream.concat(
            rules.stream().map(Rule::reads),
            branches.stream().flatMap(Optional::stream).map(Condition::reads));
    return read.reduce(Reads::and);
  }

  /**
   * The index of the branch that a choice takes: the first whose condition is true; -1 for none.
   */
  public int branch(Bindings bindings) throws EvaluationException {
    try {
      int otherwise = -1;
      for (int i = 0; i < branches.size(); i++) {
        if (branches.get(i).isEmpty()) {
          otherwise = i;
        } else if (branches.get(i).orElseThrow().evaluate(bindings)) {
          return i;
        }
      }
      return otherwise;
    } catch (EvaluationException e) {
      throw e.in("step " + step);
    }
  }

  /** The values to be bound to compute how long, or until when, the step waits. */
  public Optional<Reads> readByUntil() {
    return Optional.ofNullable(until).map(Template::reads);
  }

  /** How long, or until when, the step waits; empty when no expression defines it. */
  public Optional<RawJson> until(Bindings bindings) throws EvaluationException {
    return evaluated(until, bindings);
  }

  /**
   * The values to be bound to evaluate whether the step accepts a signal; empty if it accepts any.
   */
  public Optional<Reads> readByAccept() {
    return Optional.ofNullable(accept).map(Condition::reads);
  }

  /** Whether the step accepts the signal, which is bound as {@code signal}. */
  public boolean accepts(Bindings bindings) throws EvaluationException {
    try {
      return accept == null || accept.evaluate(bindings);
    } catch (EvaluationException e) {
      throw e.in("step " + step);
    }
  }

  /** The values to be bound to compute the step's task; empty for a step without a task. */
  public Optional<Reads> readByTask() {
    return Optional.ofNullable(task).map(Template::reads);
  }

  /** The title of the step's task and who may complete it, as a JSON object. */
  public RawJson task(Bindings bindings) throws EvaluationException {
    return evaluated(task, bindings).orElseThrow();
  }

  /** The problems of an answer to the task, one sentence each; empty when it fits the form. */
  public List<String> violations(RawJson answer) throws EvaluationException {
    return form == null ? List.of() : form.violations(answer, "the answer to task " + step);
  }

  /** The result of a step with {@code set}; empty for other steps. */
  public Optional<RawJson> set(Bindings bindings) throws EvaluationException {
    return evaluated(set, bindings);
  }

  /**
   * The messages of all rules of a step with {@code validate} that do not hold. A rule that cannot
   * be evaluated does not hold either.
   */
  public List<String> brokenRules(Bindings bindings) {
    return rules.stream().flatMap(rule -> rule.broken(bindings).stream()).toList();
  }

  private Optional<RawJson> evaluated(@Nullable Template template, Bindings bindings)
      throws EvaluationException {
    if (template == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(template.evaluate(bindings));
    } catch (EvaluationException e) {
      throw e.in("step " + step);
    }
  }
}
