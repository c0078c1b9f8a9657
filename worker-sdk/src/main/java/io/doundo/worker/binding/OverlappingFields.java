package io.doundo.worker.binding;

import io.doundo.worker.binding.JsonFields.Look;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.JavaType;

/**
 * Compares the fields of a step's request with those of its result, because they meet in the
 * payload of later steps: there the result's field replaces the request's of the same name. Fields
 * that cannot be the same thing are a problem; others are logged, because they may be intended.
 */
final class OverlappingFields {

  private static final Logger log = LoggerFactory.getLogger(OverlappingFields.class);

  private final String place;
  private final @Nullable String resultName;
  private final JsonBinder json;
  private final ProblemList problems;

  /**
   * For one step.
   *
   * @param place where its DO is, for people
   * @param resultName the field that the result is nested in; null when it is not nested
   */
  OverlappingFields(
      String place, @Nullable String resultName, JsonBinder json, ProblemList problems) {
    this.place = place;
    this.resultName = resultName;
    this.json = json;
    this.problems = problems;
  }

  void compare(Type asked, ResolvableType returned) {
    JsonFields fields = json.fields();
    Map<String, JavaType> request = fields.read(json.type(asked));
    JavaType result = json.type(returned.getType());
    Map<String, JavaType> made =
        resultName == null ? fields.written(result) : Map.of(resultName, result);
    request.forEach(
        (name, type) -> {
          JavaType other = made.get(name);
          if (other != null) {
            compare(name, type, other, fields);
          }
        });
  }

  private void compare(String name, JavaType asked, JavaType made, JsonFields fields) {
    Look askedLook = fields.look(asked);
    Look madeLook = fields.look(made);
    if (askedLook != madeLook && askedLook != Look.ANY && madeLook != Look.ANY) {
      problems.add(
          "returns a field %s of type %s but takes one of type %s: later steps would get the"
                  .formatted(name, shortName(made), shortName(asked))
              + " result's field instead of the request's",
          "give it another name in the result, or nest the result with @Do(value = …, as = …)");
    } else {
      log.warn(
          "{}: the result's field {} replaces the request's field in the payload of later"
              + " steps; unless they mean the same, rename it or nest the result with"
              + " @Do(as = …)",
          place,
          name);
    }
  }

  private static String shortName(JavaType type) {
    return type.getRawClass().getSimpleName();
  }
}
