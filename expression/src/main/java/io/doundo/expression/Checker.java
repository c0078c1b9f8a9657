package io.doundo.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import io.doundo.expression.value.Access;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Regex;
import io.doundo.expression.value.Times;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Checks a parsed expression: which variables and steps it names, whether they are known at its
 * place, and whether a step that may be absent is read safely: through {@code has(…)}, through
 * {@code .?}, or guarded by a {@code has(…)} beside it. Used once.
 */
final class Checker {

  private static final String RESULT = "result";

  /** Fields that only a failed step has. */
  private static final String ERROR = "error";

  /** The fields that a step always has, whatever its outcome. */
  private static final Set<String> ALWAYS_THERE = Set.of("status", "failed");

  private static final Set<String> FIELDS_OF_A_STEP = Set.of(RESULT, ERROR, "status", "failed");

  private final VisibleNames names;
  private final Suggester suggester;
  private final Consumer<String> problems;
  private final Set<String> variables = new TreeSet<>();
  private final Set<String> steps = new TreeSet<>();
  private final Set<String> local = new HashSet<>();

  Checker(VisibleNames names, Suggester suggester, Consumer<String> problems) {
    this.names = names;
    this.suggester = suggester;
    this.problems = problems;
  }

  Reads reads() {
    return new Reads(variables, steps);
  }

  void check(CelExpr expression) {
    walk(expression, Set.of());
  }

  /** Checks a plain path, whose first part is a variable. */
  void checkPath(List<String> path) {
    variable(path.get(0));
    if (!path.get(0).equals(VisibleNames.STEPS)) {
      if (path.size() > 1) {
        certain(path.get(0), path.get(1), Set.of());
      }
      shape(path);
      return;
    }
    if (path.size() == 1) {
      problems.accept("\"steps\" alone has no value: name the step, as in steps.NAME.result");
      return;
    }
    step(path.get(1));
    if (path.size() > 2) {
      field(path.get(1), path.get(2), false);
    }
    shape(path);
  }

  /** Checks that the schemas of the document allow the field to which a path leads. */
  private void shape(List<String> path) {
    boolean isResult =
        path.size() > 3 && path.get(0).equals(VisibleNames.STEPS) && path.get(2).equals(RESULT);
    VisibleNames.Step step = isResult ? names.steps().get(path.get(1)) : null;
    Shape shape = step != null ? step.result() : names.variables().get(path.get(0));
    Shape.Unknown unknown = shape == null ? null : shape.unknownIn(path, step != null ? 3 : 1);
    if (unknown != null) {
      problems.accept(
          "\""
              + unknown.name()
              + "\" is not in the schema of "
              + String.join(".", unknown.holder())
              + " (has: "
              + Access.known(new TreeSet<>(unknown.known()))
              + ")"
              + suggester.didYouMean(unknown.name(), unknown.known()));
    }
  }

  private void walk(CelExpr expression, Set<String> present) {
    Kind kind = expression.exprKind().getKind();
    switch (kind) {
      case IDENT -> identifier(expression.ident().name());
      case SELECT -> select(expression.select(), present);
      case CALL -> call(expression.call(), present);
      case LIST -> expression.list().elements().forEach(element -> walk(element, present));
      case MAP ->
          expression
              .map()
              .entries()
              .forEach(
                  entry -> {
                    walk(entry.key(), present);
                    walk(entry.value(), present);
                  });
      case COMPREHENSION -> comprehension(expression.comprehension(), present);
      case STRUCT -> problems.accept("messages such as Name{…} are not supported");
      default -> {}
    }
  }

  private void identifier(String name) {
    if (!local.contains(name) && !Planner.TYPES.contains(name)) {
      variable(name);
      if (name.equals(VisibleNames.STEPS)) {
        problems.accept(
            "\"steps\" can be read by the name of a step only, as in steps.NAME.result");
      }
    }
  }

  private void select(CelSelect select, Set<String> present) {
    pathOf(select).ifPresent(this::shape);
    Optional<StepField> field = StepField.of(select);
    if (field.isPresent() && !local.contains(VisibleNames.STEPS)) {
      read(field.get(), select.testOnly(), present);
      return;
    }
    Optional<String> step = stepOf(select);
    if (step.isPresent() && !local.contains(VisibleNames.STEPS)) {
      variable(VisibleNames.STEPS);
      step(step.get());
      return;
    }
    CelExpr operand = select.operand();
    if (operand.exprKind().getKind() == Kind.IDENT
        && !local.contains(operand.ident().name())
        && !select.testOnly()) {
      certain(operand.ident().name(), select.field(), present);
    }
    walk(operand, present);
  }

  /** A field of a variable that may be null must be read safely. */
  private void certain(String variable, String field, Set<String> present) {
    String read = variable + "." + field;
    if (names.uncertain().contains(variable) && !present.contains(read)) {
      problems.accept(
          read
              + " may be absent, because the outcome can be unknown: read it as "
              + variable
              + ".?"
              + field
              + ", or test has("
              + read
              + ") first");
    }
  }

  private void read(StepField read, boolean isTested, Set<String> present) {
    variable(VisibleNames.STEPS);
    step(read.step());
    boolean isSafe = isTested || read.isOptional() || present.contains(read.proof());
    field(read.step(), read.field(), isSafe);
  }

  private void call(CelCall call, Set<String> present) {
    List<CelExpr> args = call.args();
    constants(call);
    Optional<StepField> field = StepField.of(call);
    if (field.isPresent() && !local.contains(VisibleNames.STEPS)) {
      read(field.get(), false, present);
      return;
    }
    switch (call.function()) {
      case "_&&_" -> {
        // A guard on either side serves the other: CEL takes false and an error for false.
        walk(args.get(0), union(present, provenBy(args.get(1))));
        walk(args.get(1), union(present, provenBy(args.get(0))));
      }
      case "_?_:_" -> {
        walk(args.get(0), present);
        walk(args.get(1), union(present, provenBy(args.get(0))));
        walk(args.get(2), union(present, disprovenBy(args.get(0))));
      }
      case "_||_" -> {
        walk(args.get(0), present);
        walk(args.get(1), union(present, disprovenBy(args.get(0))));
      }
      default -> {
        call.target().ifPresent(target -> walk(target, present));
        args.forEach(arg -> walk(arg, present));
      }
    }
  }

  /** An expression that can be calculated now fails now, and not in a flow. */
  private void constants(CelCall call) {
    List<CelExpr> arguments = new ArrayList<>();
    call.target().ifPresent(arguments::add);
    arguments.addAll(call.args());
    try {
      switch (call.function()) {
        case "matches", "regex.extract" -> {
          Optional<String> regex = StepField.text(arguments.get(1));
          regex.ifPresent(text -> Regex.compile(new Budget(), text));
        }
        case "date" -> {
          StepField.text(arguments.get(1)).ifPresent(Times::formatter);
          StepField.text(arguments.get(2)).ifPresent(Times::zone);
        }
        case "timestamp" ->
            StepField.text(arguments.get(0)).ifPresent(text -> Times.timestamp("timestamp", text));
        case "duration" -> StepField.text(arguments.get(0)).ifPresent(Times::duration);
        default -> {}
      }
    } catch (NoValueException e) {
      problems.accept(String.valueOf(e.getMessage()));
    }
  }

  private void comprehension(CelComprehension loop, Set<String> present) {
    walk(loop.iterRange(), present);
    walk(loop.accuInit(), present);
    Set<String> outer = Set.copyOf(local);
    local.add(loop.iterVar());
    local.add(loop.iterVar2());
    local.add(loop.accuVar());
    walk(loop.loopCondition(), present);
    walk(loop.loopStep(), present);
    walk(loop.result(), present);
    local.retainAll(outer);
  }

  private void variable(String name) {
    if (!name.equals(VisibleNames.STEPS)) {
      variables.add(name);
    }
    if (!names.isKnown(name)) {
      problems.accept(
          "\""
              + name
              + "\" is not known here (known: "
              + String.join(", ", new TreeSet<>(names.variables().keySet()))
              + ")"
              + suggester.didYouMean(name, names.variables().keySet()));
    }
  }

  private void step(String name) {
    steps.add(name);
    if (names.steps().containsKey(name)) {
      return;
    }
    if (names.otherSteps().contains(name)) {
      problems.accept(
          "step \""
              + name
              + "\" does not come before this step, so its result would depend on the order of"
              + " arrival; put it before this one, or add it to dependsOn");
    } else {
      problems.accept(
          "there is no step \""
              + name
              + "\" before this step (there are: "
              + (names.steps().isEmpty()
                  ? "none"
                  : String.join(", ", new TreeSet<>(names.steps().keySet())))
              + ")"
              + suggester.didYouMean(name, names.steps().keySet()));
    }
  }

  private void field(String name, String field, boolean isSafe) {
    VisibleNames.Step step = names.steps().get(name);
    if (step == null) {
      return;
    }
    if (!FIELDS_OF_A_STEP.contains(field) && !step.ownFields().contains(field)) {
      Set<String> known = new TreeSet<>(FIELDS_OF_A_STEP);
      known.addAll(step.ownFields());
      problems.accept(
          "step \""
              + name
              + "\" has no \""
              + field
              + "\" (has: "
              + String.join(", ", known)
              + "); what it answered is read as steps."
              + name
              + ".result."
              + field);
      return;
    }
    boolean mayBeAbsent =
        field.equals(ERROR) || (step.mayBeAbsent() && !ALWAYS_THERE.contains(field));
    if (mayBeAbsent && !isSafe) {
      problems.accept(
          "steps."
              + name
              + "."
              + field
              + " may be absent: read it as steps."
              + name
              + ".?"
              + field
              + ", or test has(steps."
              + name
              + "."
              + field
              + ") first");
    }
  }

  /** The fields of steps that are certainly present where this condition is true. */
  private static Set<String> provenBy(CelExpr condition) {
    Set<String> proven = new HashSet<>();
    prove(condition, false, proven);
    return proven;
  }

  /** The fields of steps that are certainly present where this condition is false. */
  private static Set<String> disprovenBy(CelExpr condition) {
    Set<String> proven = new HashSet<>();
    prove(condition, true, proven);
    return proven;
  }

  private static void prove(CelExpr condition, boolean isNegated, Set<String> proven) {
    Kind kind = condition.exprKind().getKind();
    if (kind == Kind.SELECT && condition.select().testOnly() && !isNegated) {
      CelSelect select = condition.select();
      StepField.of(select).ifPresent(field -> proven.add(field.proof()));
      if (select.operand().exprKind().getKind() == Kind.IDENT) {
        proven.add(select.operand().ident().name() + "." + select.field());
      }
      return;
    }
    if (kind != Kind.CALL) {
      return;
    }
    CelCall call = condition.call();
    switch (call.function()) {
      case "!_" -> prove(call.args().get(0), !isNegated, proven);
      case "_&&_" -> {
        if (!isNegated) {
          call.args().forEach(arg -> prove(arg, false, proven));
        }
      }
      case "_||_" -> {
        if (isNegated) {
          call.args().forEach(arg -> prove(arg, true, proven));
        }
      }
      default -> {}
    }
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    if (other.isEmpty()) {
      return one;
    }
    Set<String> both = new HashSet<>(one);
    both.addAll(other);
    return both;
  }

  /** The expression as a path; empty when it is not one, or starts at a loop's variable. */
  private Optional<List<String>> pathOf(CelSelect select) {
    Deque<String> parts = new ArrayDeque<>();
    CelSelect at = select;
    while (true) {
      parts.addFirst(at.field());
      CelExpr operand = at.operand();
      Kind kind = operand.exprKind().getKind();
      if (kind == Kind.SELECT) {
        at = operand.select();
      } else if (kind == Kind.IDENT && !local.contains(operand.ident().name())) {
        parts.addFirst(operand.ident().name());
        return Optional.of(List.copyOf(parts));
      } else {
        return Optional.empty();
      }
    }
  }

  /** {@code steps.NAME}, alone. */
  private static Optional<String> stepOf(CelSelect select) {
    CelExpr operand = select.operand();
    boolean isStep =
        operand.exprKind().getKind() == Kind.IDENT
            && operand.ident().name().equals(VisibleNames.STEPS);
    return isStep ? Optional.of(select.field()) : Optional.empty();
  }

  /** {@code steps.NAME.field} in any of its spellings. */
  private record StepField(String step, String field, boolean isOptional) {

    /** The fields that a test of the path proves to be present. */
    String proof() {
      return step + "." + field;
    }

    static Optional<StepField> of(CelSelect select) {
      return stepIn(select.operand())
          .map(step -> new StepField(step.name(), select.field(), step.isOptional()));
    }

    static Optional<StepField> of(CelCall call) {
      boolean isOptional = call.function().equals("_?._") || call.function().equals("_[?_]");
      if (!isOptional && !call.function().equals("_[_]")) {
        return Optional.empty();
      }
      return stepIn(call.args().get(0))
          .flatMap(
              step ->
                  text(call.args().get(1))
                      .map(
                          field ->
                              new StepField(step.name(), field, isOptional || step.isOptional())));
    }

    private record Step(String name, boolean isOptional) {}

    private static Optional<Step> stepIn(CelExpr expression) {
      Kind kind = expression.exprKind().getKind();
      if (kind == Kind.SELECT) {
        return stepOf(expression.select()).map(name -> new Step(name, false));
      }
      if (kind != Kind.CALL) {
        return Optional.empty();
      }
      CelCall call = expression.call();
      boolean isOptional = call.function().equals("_?._") || call.function().equals("_[?_]");
      if (!isOptional && !call.function().equals("_[_]")) {
        return Optional.empty();
      }
      CelExpr holder = call.args().get(0);
      boolean isSteps =
          holder.exprKind().getKind() == Kind.IDENT
              && holder.ident().name().equals(VisibleNames.STEPS);
      return isSteps
          ? text(call.args().get(1)).map(n -> new Step(n, isOptional))
          : Optional.empty();
    }

    private static Optional<String> text(CelExpr expression) {
      boolean isText =
          expression.exprKind().getKind() == Kind.CONSTANT
              && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
      return isText ? Optional.of(expression.constant().stringValue()) : Optional.empty();
    }
  }
}
