package io.doundo.expression;

import io.doundo.expression.value.LazyFields;
import io.doundo.expression.value.NoValueException;
import io.doundo.expression.value.Values;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that the expressions of one step read. Each is a JSON value in its original bytes,
 * parsed only when an expression names it, and once for all expressions. Not thread-safe.
 */
public final class Bindings {

  private final Map<String, RawJson> values = new LinkedHashMap<>();
  private final Map<String, Map<String, RawJson>> steps = new LinkedHashMap<>();
  private final Map<String, Map<String, RawJson>> fields = new HashMap<>();
  private final Map<String, Object> parsed = new HashMap<>();

  /** Binds a variable. */
  public Bindings with(String variable, RawJson value) {
    values.put(variable, value);
    fields.remove(variable);
    parsed.remove(variable);
    return this;
  }

  /**
   * Binds the fields of a step: its {@code result} if it has one, {@code status}, {@code failed}, …
   */
  public Bindings withStep(String step, Map<String, RawJson> stepFields) {
    steps.put(step, stepFields);
    parsed.remove(VisibleNames.STEPS);
    return this;
  }

  @Nullable RawJson value(String variable) {
    return values.get(variable);
  }

  /** The fields of a variable that is an object; null when it is not one. */
  @Nullable Map<String, RawJson> fields(String variable) {
    Map<String, RawJson> known = fields.get(variable);
    if (known != null) {
      return known;
    }
    RawJson value = values.get(variable);
    if (value == null || !value.isObject()) {
      return null;
    }
    Map<String, RawJson> read = Json.trustedFields(value);
    fields.put(variable, read);
    return read;
  }

  @Nullable Map<String, RawJson> step(String name) {
    return steps.get(name);
  }

  /** A variable as programs read it. */
  Object parsed(String variable) {
    Object value = parsed.get(variable);
    if (value == null) {
      value = variable.equals(VisibleNames.STEPS) ? parsedSteps() : parse(variable);
      parsed.put(variable, value);
    }
    return value;
  }

  private Object parse(String variable) {
    RawJson json = values.get(variable);
    if (json == null) {
      throw new NoValueException("\"" + variable + "\" has no value here");
    }
    Map<String, RawJson> object = fields(variable);
    return object == null ? Values.parse(json) : new LazyFields(object);
  }

  private Map<String, Object> parsedSteps() {
    Map<String, Object> all = new LinkedHashMap<>();
    steps.forEach((name, step) -> all.put(name, new LazyFields(step)));
    return all;
  }
}
