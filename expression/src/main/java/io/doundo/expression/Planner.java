package io.doundo.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelList;
import dev.cel.common.ast.CelExpr.CelMap;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import io.doundo.expression.library.Function;
import io.doundo.expression.library.Library;
import io.doundo.expression.value.Access;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Values;
import io.doundo.expression.value.Values.TypeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds the program of a checked expression. CEL parses and checks; this class and {@link Library}
 * define what an expression means, within a budget, so that every evaluation ends and no version of
 * CEL changes its meaning. Used once.
 */
final class Planner {

  /** The names of types, which denote themselves. */
  static final Set<String> TYPES =
      Set.of("int", "double", "bool", "string", "list", "map", "null_type");

  /** The name in errors of a value that is not a path. */
  private static final String UNNAMED = "the value before it";

  private final Map<String, Integer> slots = new HashMap<>();
  private int locals;

  /** The number of loop variables of the planned expression. */
  int locals() {
    return locals;
  }

  /**
   * @throws UnsupportedExpressionException when the dialect has no meaning for a part of it
   */
  Node plan(CelExpr expression) throws UnsupportedExpressionException {
    Kind kind = expression.exprKind().getKind();
    Node node =
        switch (kind) {
          case CONSTANT -> constant(expression.constant());
          case IDENT -> identifier(expression.ident().name());
          case SELECT -> select(expression.select());
          case CALL -> call(expression.call());
          case LIST -> list(expression.list());
          case MAP -> map(expression.map());
          case COMPREHENSION -> comprehension(expression.comprehension());
          default -> throw new UnsupportedExpressionException("messages such as Name{…}");
        };
    return run -> {
      run.budget().charge(Budget.NODE);
      return node.value(run);
    };
  }

  private static Node constant(CelConstant constant) throws UnsupportedExpressionException {
    Object value =
        switch (constant.getKind()) {
          case NULL_VALUE -> Values.NULL;
          case BOOLEAN_VALUE -> constant.booleanValue();
          case INT64_VALUE -> constant.int64Value();
          case DOUBLE_VALUE -> constant.doubleValue();
          case STRING_VALUE -> constant.stringValue();
          case UINT64_VALUE ->
              throw new UnsupportedExpressionException(
                  "unsigned integers such as 1u (write it without the u)");
          case BYTES_VALUE ->
              throw new UnsupportedExpressionException(
                  "bytes such as b\"…\" (write it without the b)");
          default -> throw new UnsupportedExpressionException("this constant");
        };
    return run -> value;
  }

  private Node identifier(String name) {
    Integer slot = slots.get(name);
    if (slot != null) {
      return run -> run.local(slot);
    }
    if (TYPES.contains(name)) {
      TypeName type = new TypeName(name);
      return run -> type;
    }
    return run -> run.variable(name);
  }

  private Node select(CelSelect select) throws UnsupportedExpressionException {
    Node holder = plan(select.operand());
    String field = select.field();
    String shown = shown(select.operand());
    return select.testOnly()
        ? run -> Access.has(holder.value(run), field, shown)
        : run -> Access.field(holder.value(run), field, shown);
  }

  private Node call(CelCall call) throws UnsupportedExpressionException {
    List<CelExpr> arguments = new ArrayList<>();
    call.target().ifPresent(arguments::add);
    arguments.addAll(call.args());
    List<Node> nodes = new ArrayList<>();
    for (CelExpr argument : arguments) {
      nodes.add(plan(argument));
    }
    return switch (call.function()) {
      case "_&&_" -> decided(nodes, false, "&&");
      case "_||_" -> decided(nodes, true, "||");
      case "_?_:_" -> choice(nodes.get(0), nodes.get(1), nodes.get(2));
      case "@not_strictly_false" -> notStrictlyFalse(nodes.get(0));
      case "_[_]" -> {
        String shown = shown(arguments.get(0));
        yield run -> Access.index(nodes.get(0).value(run), nodes.get(1).value(run), shown);
      }
      case "_?._" -> {
        String shown = shown(arguments.get(0));
        yield run -> Access.optionalField(nodes.get(0).value(run), nodes.get(1).value(run), shown);
      }
      case "_[?_]" -> {
        String shown = shown(arguments.get(0));
        yield run -> Access.optionalIndex(nodes.get(0).value(run), nodes.get(1).value(run), shown);
      }
      case "or" -> alternative(nodes.get(0), nodes.get(1), false);
      case "orValue" -> alternative(nodes.get(0), nodes.get(1), true);
      default -> function(call.function(), nodes);
    };
  }

  private static Node function(String name, List<Node> nodes)
      throws UnsupportedExpressionException {
    Function function =
        Library.find(name, nodes.size())
            .orElseThrow(() -> new UnsupportedExpressionException("the function " + name));
    Node[] arguments = nodes.toArray(Node[]::new);
    return run -> {
      Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = arguments[i].value(run);
      }
      return function.call(run.budget(), values);
    };
  }

  /** {@code &&} and {@code ||}: the side that decides does so even when the other has no value. */
  private static Node decided(List<Node> sides, boolean deciding, String operator) {
    return run -> {
      NoValueException error = null;
      for (Node side : sides) {
        try {
          if (truth(side.value(run), operator) == deciding) {
            return deciding;
          }
        } catch (NoValueException e) {
          error = error == null ? e : error;
        }
      }
      if (error != null) {
        throw error;
      }
      return !deciding;
    };
  }

  private static Node choice(Node condition, Node whenTrue, Node whenFalse) {
    return run -> (truth(condition.value(run), "?:") ? whenTrue : whenFalse).value(run);
  }

  private static Node notStrictlyFalse(Node condition) {
    return run -> {
      try {
        return !Boolean.FALSE.equals(condition.value(run));
      } catch (NoValueException e) {
        return true;
      }
    };
  }

  /**
   * {@code a.or(b)} and {@code a.orValue(b)}: the other value is evaluated only when it is needed.
   */
  private static Node alternative(Node first, Node other, boolean isValue) {
    return run -> {
      Optional<?> optional = Access.optional(first.value(run));
      if (optional.isEmpty()) {
        return other.value(run);
      }
      return isValue ? optional.get() : optional;
    };
  }

  private static boolean truth(Object value, String operator) {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new NoValueException(operator + " needs a boolean but has " + Values.kind(value));
  }

  private Node list(CelList list) throws UnsupportedExpressionException {
    List<Node> elements = new ArrayList<>();
    for (CelExpr element : list.elements()) {
      elements.add(plan(element));
    }
    Set<Integer> optional = new HashSet<>(list.optionalIndices());
    return run -> {
      List<Object> values = new ArrayList<>(elements.size());
      for (int i = 0; i < elements.size(); i++) {
        Object value = elements.get(i).value(run);
        if (optional.contains(i)) {
          Access.optional(value).ifPresent(values::add);
        } else {
          values.add(value);
        }
      }
      return values;
    };
  }

  private record Entry(Node key, Node value, boolean isOptional) {}

  private Node map(CelMap map) throws UnsupportedExpressionException {
    List<Entry> entries = new ArrayList<>();
    for (CelMap.Entry entry : map.entries()) {
      entries.add(new Entry(plan(entry.key()), plan(entry.value()), entry.optionalEntry()));
    }
    return run -> {
      Map<Object, Object> values = new LinkedHashMap<>();
      for (Entry entry : entries) {
        Object key = Comparison.key(entry.key().value(run));
        Object value = entry.value().value(run);
        Optional<?> present = entry.isOptional() ? Access.optional(value) : Optional.of(value);
        if (present.isPresent() && values.put(key, present.get()) != null) {
          throw new NoValueException("the key \"" + key + "\" is there twice");
        }
      }
      return values;
    };
  }

  private Node comprehension(CelComprehension loop) throws UnsupportedExpressionException {
    Node range = plan(loop.iterRange());
    Node begin = plan(loop.accuInit());
    Map<String, Integer> outer = new HashMap<>(slots);
    int accumulator = bind(loop.accuVar());
    Node result = plan(loop.result());
    boolean hasTwo = !loop.iterVar2().isEmpty();
    int first = bind(loop.iterVar());
    int second = hasTwo ? bind(loop.iterVar2()) : -1;
    Node goesOn = plan(loop.loopCondition());
    Node step = plan(loop.loopStep());
    slots.clear();
    slots.putAll(outer);
    return new Loop(range, begin, goesOn, step, result, accumulator, first, second);
  }

  private int bind(String variable) {
    int slot = locals++;
    slots.put(variable, slot);
    return slot;
  }

  /**
   * @param second the slot of the second variable; -1 when there is none
   */
  private record Loop(
      Node range,
      Node begin,
      Node goesOn,
      Node step,
      Node result,
      int accumulator,
      int first,
      int second)
      implements Node {

    @Override
    public Object value(ProgramRun run) {
      Object over = range.value(run);
      run.setLocal(accumulator, begin.value(run));
      if (over instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          Object element = list.get(i);
          boolean isLast =
              second < 0 ? !round(run, element, element) : !round(run, (long) i, element);
          if (isLast) {
            break;
          }
        }
      } else if (over instanceof Map<?, ?> map) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (!round(run, entry.getKey(), entry.getValue())) {
            break;
          }
        }
      } else {
        throw new NoValueException("a loop needs a list or a map but has " + Values.kind(over));
      }
      return result.value(run);
    }

    /** Returns whether the loop goes on. */
    private boolean round(ProgramRun run, Object one, Object other) {
      run.iterate();
      run.setLocal(first, one);
      if (second >= 0) {
        run.setLocal(second, other);
      }
      if (!Boolean.TRUE.equals(goesOn.value(run))) {
        return false;
      }
      try {
        run.setLocal(accumulator, step.value(run));
      } catch (NoValueException e) {
        // In all(…) and exists(…) a later element may still decide.
        run.setLocal(accumulator, e);
      }
      return true;
    }
  }

  /** The name of a part of the expression in errors; a path is named as written. */
  private static String shown(CelExpr expression) {
    Kind kind = expression.exprKind().getKind();
    if (kind == Kind.IDENT && !expression.ident().name().startsWith("@")) {
      return expression.ident().name();
    }
    if (kind == Kind.SELECT && !expression.select().testOnly()) {
      String holder = shown(expression.select().operand());
      return holder.equals(UNNAMED) ? UNNAMED : holder + "." + expression.select().field();
    }
    return UNNAMED;
  }
}
