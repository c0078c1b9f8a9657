package io.doundo.http.call;

import io.doundo.expression.Bindings;
import io.doundo.expression.Condition;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Template;
import io.doundo.expression.UrlTemplate;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The expressions of commands, compiled once and kept while they are used. A source that does not
 * compile is reported like one that has no value. Thread-safe.
 */
final class Expressions {

  private static final int MOST_KEPT = 2_000;

  private final Map<String, Condition> conditions = bounded();
  private final Map<String, Template> templates = bounded();
  private final Map<String, UrlTemplate> urls = bounded();

  /** No value: the expression could not be compiled or evaluated. */
  static final class NoValueException extends Exception {

    private static final long serialVersionUID = 1L;

    NoValueException(String message) {
      super(message);
    }
  }

  boolean isTrue(String place, String source, Bindings bindings) throws NoValueException {
    try {
      return compiled(
              conditions,
              source,
              text -> ExpressionCompiler.ofStored().condition(place, text).orElseThrow())
          .evaluate(bindings);
    } catch (EvaluationException e) {
      throw new NoValueException(String.valueOf(e.getMessage()));
    }
  }

  RawJson value(String place, RawJson template, Bindings bindings) throws NoValueException {
    try {
      return compiled(
              templates,
              template.toString(),
              text ->
                  ExpressionCompiler.ofStored()
                      .template(place, Json.MAPPER.readTree(template.bytes()))
                      .orElseThrow())
          .evaluate(bindings);
    } catch (EvaluationException e) {
      throw new NoValueException(String.valueOf(e.getMessage()));
    }
  }

  String url(String place, String template, Bindings bindings) throws NoValueException {
    try {
      return compiled(
              urls, template, text -> ExpressionCompiler.ofStored().url(place, text).orElseThrow())
          .evaluate(bindings);
    } catch (EvaluationException e) {
      throw new NoValueException(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T compiled(Map<String, T> kept, String source, Function<String, T> compile)
      throws NoValueException {
    T known = kept.get(source);
    if (known != null) {
      return known;
    }
    try {
      T made = compile.apply(source);
      kept.put(source, made);
      return made;
    } catch (RuntimeException e) {
      throw new NoValueException(String.valueOf(e.getMessage()));
    }
  }

  private static <T> Map<String, T> bounded() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > MOST_KEPT;
          }
        });
  }
}
