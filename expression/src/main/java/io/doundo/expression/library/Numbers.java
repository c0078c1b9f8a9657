package io.doundo.expression.library;

import io.doundo.expression.value.Arithmetic;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.DoubleUnaryOperator;

/** The functions of numbers. Rounding an integer gives an integer. */
final class Numbers {

  private static final int MAX_DIGITS = 20;

  private Numbers() {}

  /** A number as text with this many decimal places; halves are rounded up. */
  static Object fixed(Budget budget, Object[] arguments) {
    Object number = require("fixed", arguments[0]);
    long digits = (Long) arguments[1];
    if (digits < 0 || digits > MAX_DIGITS) {
      throw new NoValueException(
          "fixed takes 0 to " + MAX_DIGITS + " digits behind the point, not " + digits);
    }
    budget.charge(Budget.NODE * 10L);
    String exact = number instanceof Double d ? Values.decimal(d) : number.toString();
    return new BigDecimal(exact).setScale((int) digits, RoundingMode.HALF_UP).toPlainString();
  }

  static Object ceil(Object value) {
    return rounded("math.ceil", value, Math::ceil);
  }

  static Object floor(Object value) {
    return rounded("math.floor", value, Math::floor);
  }

  static Object trunc(Object value) {
    return rounded("math.trunc", value, Numbers::cut);
  }

  /** Halves are rounded away from zero. */
  static Object round(Object value) {
    return rounded(
        "math.round", value, d -> Math.abs(d - cut(d)) >= 0.5 ? cut(d) + Math.signum(d) : cut(d));
  }

  private static double cut(double number) {
    return number < 0 ? Math.ceil(number) : Math.floor(number);
  }

  private static Object rounded(String function, Object value, DoubleUnaryOperator rounding) {
    Object number = require(function, value);
    return number instanceof Double d ? rounding.applyAsDouble(d) : number;
  }

  static Object abs(Object value) {
    Object number = require("math.abs", value);
    return Comparison.compareNumbers(number, 0L) < 0 ? Arithmetic.negate(number) : number;
  }

  /** The sign as an integer: -1, 0 or 1. */
  static Object sign(Object value) {
    return (long) Comparison.compareNumbers(require("math.sign", value), 0L);
  }

  static Object sqrt(Object value) {
    double number = Arithmetic.number(require("math.sqrt", value));
    if (number < 0) {
      throw new NoValueException("math.sqrt of a negative number has no value");
    }
    return Math.sqrt(number);
  }

  /** The number itself, taken out of an optional value. */
  static Object require(String function, Object value) {
    Object plain = Values.plain(value);
    if (plain instanceof Values.HugeNumber huge) {
      throw Values.tooLarge(huge);
    }
    if (!Arithmetic.isNumber(plain)) {
      throw new NoValueException(function + " needs numbers, but one is " + Values.kind(plain));
    }
    return plain;
  }
}
