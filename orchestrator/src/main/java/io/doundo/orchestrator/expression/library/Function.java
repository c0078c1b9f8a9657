package io.doundo.orchestrator.expression.library;

import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import io.doundo.orchestrator.expression.value.Budget;
import io.doundo.orchestrator.expression.value.Comparison;
import io.doundo.orchestrator.expression.value.NoValueException;
import io.doundo.orchestrator.expression.value.Values;
import io.doundo.orchestrator.expression.value.Values.HugeNumber;
import java.util.List;
import java.util.Map;

/**
 * A function of the dialect: how the checker sees it, and what it does.
 *
 * @param form whether it is called on its first argument, as in {@code list.sum()}
 * @param parameters with the first argument of a member
 * @param charging whether its arguments are read as a whole, and so charged for before the call
 */
public record Function(
    String name,
    Form form,
    CelType result,
    List<CelType> parameters,
    Charging charging,
    Body body) {

  /** How a function is written. */
  public enum Form {
    GLOBAL,
    MEMBER,
    /** CEL declares it, in whatever forms it has there. */
    STANDARD
  }

  /** Who charges for what a function reads. */
  public enum Charging {
    /** Every argument is charged for before the call. */
    ARGUMENTS,
    /** The function looks at a part of its arguments only, and charges for it. */
    ITSELF
  }

  /** What a function does. */
  @FunctionalInterface
  public interface Body {
    Object apply(Budget budget, Object[] arguments);
  }

  public Function {
    parameters = List.copyOf(parameters);
  }

  /** Under what it is found: functions have no two bodies for one number of arguments. */
  public String key() {
    return key(name, parameters.size());
  }

  public static String key(String name, int arguments) {
    return name + "/" + arguments;
  }

  /** What is declared to the checker. */
  public CelOverloadDecl overload() {
    String id = "doundo_" + form + "_" + name + "_" + parameters.size();
    return form == Form.MEMBER
        ? CelOverloadDecl.newMemberOverload(id, result, parameters)
        : CelOverloadDecl.newGlobalOverload(id, result, parameters);
  }

  /** Calls it with arguments that may be of any type. */
  public Object call(Budget budget, Object[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = fitting(parameters.get(i), arguments[i]);
      if (charging == Charging.ARGUMENTS) {
        budget.chargeValue(arguments[i]);
      }
    }
    return body.apply(budget, arguments);
  }

  private Object fitting(CelType parameter, Object argument) {
    return switch (parameter.kind()) {
      case STRING -> argument instanceof String ? argument : refuse("a text", argument);
      case BOOL -> argument instanceof Boolean ? argument : refuse("a boolean", argument);
      case LIST -> argument instanceof List ? argument : refuse("a list", argument);
      case MAP -> argument instanceof Map ? argument : refuse("a map", argument);
      case INT -> {
        Long integer = Comparison.integer(argument);
        yield integer != null ? integer : refuse("a whole number", argument);
      }
      default -> argument;
    };
  }

  private Object refuse(String needed, Object argument) {
    if (argument instanceof HugeNumber huge) {
      throw Values.tooLarge(huge);
    }
    throw new NoValueException(shown() + " needs " + needed + " but has " + Values.kind(argument));
  }

  private String shown() {
    return name.replace("_", "").replace("@", "");
  }
}
