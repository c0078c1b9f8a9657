package io.doundo.worker.testkit;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.binding.ServedStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds fields of a step's payload that an earlier step's result replaced with another value:
 * nearly always two different things of one name. Immutable.
 */
final class ReplacedFields {

  /**
   * A part of a payload.
   *
   * @param origin where it comes from, for people
   */
  record PayloadPart(String origin, RawJson value) {}

  private record OriginatedValue(String origin, RawJson value) {}

  private final Map<String, Set<String>> readByStep = new HashMap<>();
  private final Set<String> replaceable;

  /**
   * For handlers of one orchestration.
   *
   * @param replaceable fields that may be replaced
   */
  ReplacedFields(List<ServedStep> steps, Set<String> replaceable) {
    steps.forEach(step -> readByStep.put(step.key().step(), step.requestFields()));
    this.replaceable = replaceable;
  }

  /**
   * The problem with the payload of a DO; null when nothing is.
   *
   * @param parts in the order in which they are merged
   */
  @Nullable String problem(String step, List<PayloadPart> parts) {
    Set<String> read = readByStep.getOrDefault(step, Set.of());
    Map<String, OriginatedValue> fields = new HashMap<>();
    for (PayloadPart part : parts) {
      for (Map.Entry<String, RawJson> entry : fieldsOf(part).entrySet()) {
        String name = entry.getKey();
        OriginatedValue field = new OriginatedValue(part.origin(), entry.getValue());
        OriginatedValue before = fields.put(name, field);
        if (before != null
            && read.contains(name)
            && !replaceable.contains(name)
            && !Json.canonical(before.value()).equals(Json.canonical(field.value()))) {
          return ("%s reads the field %s, which %s has replaced: it is now %s, but was %s in"
                  + " %s. Rename it there, nest that result with @Do(as = …), or call"
                  + " mayReplace(\"%s\") if this is intended")
              .formatted(
                  step, name, field.origin(), field.value(), before.value(), before.origin(), name);
        }
      }
    }
    return null;
  }

  private static Map<String, RawJson> fieldsOf(PayloadPart part) {
    try {
      return part.value().isObject() ? Json.fields(part.value().bytes()) : Map.of();
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("contents are JSON", e);
    }
  }
}
