package io.doundo.expression;

import dev.cel.common.ast.CelExpr;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.OverBudgetException;
import io.doundo.expression.value.Values;
import io.doundo.protocol.json.RawJson;

/** An expression that is calculated, not copied. Immutable and thread-safe. */
final class Program implements Source {

  private static final int MAX_SHOWN = 100;

  private final String source;
  private final Node node;
  private final int locals;
  private final Reads reads;

  private Program(String source, Node node, int locals, Reads reads) {
    this.source = source;
    this.node = node;
    this.locals = locals;
    this.reads = reads;
  }

  static Program of(String source, CelExpr expression, Reads reads)
      throws UnsupportedExpressionException {
    Planner planner = new Planner();
    Node node = planner.plan(expression);
    return new Program(source, node, planner.locals(), reads);
  }

  @Override
  public Reads reads() {
    return reads;
  }

  @Override
  public RawJson json(Bindings bindings, Budget budget, String place) throws EvaluationException {
    return evaluate(bindings, budget, place, Values::json);
  }

  @Override
  public String text(Bindings bindings, Budget budget, String place) throws EvaluationException {
    return evaluate(bindings, budget, place, Values::text);
  }

  @Override
  public boolean truth(Bindings bindings, Budget budget, String place) throws EvaluationException {
    return evaluate(
        bindings,
        budget,
        place,
        value -> {
          if (value instanceof Boolean truth) {
            return truth;
          }
          throw new NoValueException("must be true or false but is " + Values.kind(value));
        });
  }

  private <T> T evaluate(
      Bindings bindings, Budget budget, String place, java.util.function.Function<Object, T> form)
      throws EvaluationException {
    try {
      return form.apply(node.value(new ProgramRun(bindings, budget, locals)));
    } catch (NoValueException | OverBudgetException e) {
      throw failed(place, String.valueOf(e.getMessage()));
    }
  }

  private EvaluationException failed(String place, String reason) {
    return new EvaluationException(place, "{{ " + shown(source) + " }}: " + reason);
  }

  /** An expression as shown in an error. */
  static String shown(String source) {
    return source.length() <= MAX_SHOWN ? source : source.substring(0, MAX_SHOWN) + "…";
  }
}
