package io.doundo.expression.library;

import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Values;
import io.doundo.expression.value.Values.HugeNumber;
import java.util.List;
import java.util.Map;

/**
 * A function of the dialect: its declaration for the checker, and its body.
 *
 * @param form whether it is called on its first argument, as in {@code list.sum()}
 * @param parameters the parameters, including the receiver of a member
 * @param charging whether its arguments are read as a whole, and so charged for before the call
 */
public record Function(
    String name,
    Form form,
    CelType result,
    List<CelType> parameters,
    Charging charging,
    Body body) {

  /** How a function is called. */
  public enum Form {
    GLOBAL,
    MEMBER,
    /** Declared by CEL, in CEL's forms. */
    STANDARD
  }

  /** Who charges for the values that a function reads. */
  public enum Charging {
    /** The caller charges for every argument before the call. */
    ARGUMENTS,
    /** The function reads only a part of its arguments, and charges for that itself. */
    ITSELF
  }

  /** The body of a function. */
  @FunctionalInterface
  public interface Body {
    Object apply(Budget budget, Object[] arguments);
  }

  public Function {
    parameters = List.copyOf(parameters);
  }

  /** The lookup key: a function has only one body for each number of arguments. */
  public String key() {
    return key(name, parameters.size());
  }

  public static String key(String name, int arguments) {
    return name + "/" + arguments;
  }

  /** The declaration for the checker. */
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
