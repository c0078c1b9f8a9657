package io.doundo.expression;

import io.doundo.expression.value.Access;
import io.doundo.expression.value.Budget;
import io.doundo.expression.value.OverBudgetException;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A plain path, such as {@code payload.customer.name}, as most expressions are. The value is copied
 * byte for byte, so that numbers of any size survive, without CEL.
 */
final class Path implements Source {

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(?:\\.(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]+`))*");

  private static final Pattern PART = Pattern.compile("`([^`]+)`|([A-Za-z_][A-Za-z0-9_]*)");

  /** Reserved words of CEL, which are not names. */
  private static final Set<String> WORDS = Set.of("true", "false", "null", "in");

  private final List<String> parts;
  private final Reads reads;

  private Path(List<String> parts, Reads reads) {
    this.parts = parts;
    this.reads = reads;
  }

  /** The parts of the path, if the source is one. */
  static Optional<List<String>> parse(String source) {
    if (!FORM.matcher(source).matches() || WORDS.contains(source)) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    Matcher part = PART.matcher(source);
    while (part.find()) {
      parts.add(part.group(1) != null ? part.group(1) : part.group(2));
    }
    return Optional.of(List.copyOf(parts));
  }

  static Path of(List<String> parts, Reads reads) {
    return new Path(parts, reads);
  }

  @Override
  public Reads reads() {
    return reads;
  }

  @Override
  public RawJson json(Bindings bindings, Budget budget, String place) throws EvaluationException {
    boolean isOfStep = parts.get(0).equals(VisibleNames.STEPS);
    if (parts.size() == 1) {
      RawJson value = bindings.value(parts.get(0));
      if (value == null) {
        throw new EvaluationException(place, "\"" + parts.get(0) + "\" has no value here");
      }
      return value;
    }
    Map<String, RawJson> step = isOfStep ? bindings.step(parts.get(1)) : null;
    if (isOfStep && step == null) {
      throw new EvaluationException(place, "step \"" + parts.get(1) + "\" has not run yet");
    }
    if (step != null && parts.size() == 2) {
      return Json.object(step);
    }
    RawJson value = step != null ? field(step, 2, place) : ofVariable(bindings, place);
    for (int i = step != null ? 3 : 2; i < parts.size(); i++) {
      if (!value.isObject()) {
        throw notIn(value, i, place);
      }
      value = field(fields(value, budget, place), i, place);
    }
    return value;
  }

  private RawJson ofVariable(Bindings bindings, String place) throws EvaluationException {
    Map<String, RawJson> fields = bindings.fields(parts.get(0));
    if (fields != null) {
      return field(fields, 1, place);
    }
    RawJson value = bindings.value(parts.get(0));
    if (value == null) {
      throw new EvaluationException(place, "\"" + parts.get(0) + "\" has no value here");
    }
    throw notIn(value, 1, place);
  }

  private EvaluationException notIn(RawJson value, int part, String place) {
    return new EvaluationException(
        place, "\"" + parts.get(part) + "\" is not in " + upTo(part) + ", which is " + kind(value));
  }

  @Override
  public String text(Bindings bindings, Budget budget, String place) throws EvaluationException {
    RawJson value = json(bindings, budget, place);
    if (!value.isScalar()) {
      throw new EvaluationException(
          place,
          String.join(".", parts)
              + ": "
              + kind(value)
              + " cannot stand inside a text; use json(…) if its JSON is meant");
    }
    return ComputedJson.text(value, place);
  }

  @Override
  public boolean truth(Bindings bindings, Budget budget, String place) throws EvaluationException {
    String value = json(bindings, budget, place).toString();
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new EvaluationException(
              place,
              String.join(".", parts) + " must be true or false but is " + Access.shortened(value));
    };
  }

  private RawJson field(Map<String, RawJson> fields, int part, String place)
      throws EvaluationException {
    RawJson value = fields.get(parts.get(part));
    if (value == null) {
      throw new EvaluationException(
          place,
          "\""
              + parts.get(part)
              + "\" is not in "
              + upTo(part)
              + " (has: "
              + Access.known(fields.keySet())
              + ")");
    }
    return value;
  }

  private static Map<String, RawJson> fields(RawJson value, Budget budget, String place)
      throws EvaluationException {
    try {
      budget.charge(value.size());
      return Json.fields(value.bytes());
    } catch (MalformedRecordException | OverBudgetException e) {
      throw new EvaluationException(place, String.valueOf(e.getMessage()));
    }
  }

  private String upTo(int part) {
    return String.join(".", parts.subList(0, part));
  }

  private static String kind(RawJson value) {
    if (value.isObject()) {
      return "a map";
    }
    if (value.isNull()) {
      return "null";
    }
    if (value.isString()) {
      return "a text";
    }
    return value.isScalar() ? "a number or boolean" : "a list";
  }
}
