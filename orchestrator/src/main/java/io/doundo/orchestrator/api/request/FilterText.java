package io.doundo.orchestrator.api.request;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A filter of flows or dead letters outside a URL: the query of a list as one text, {@code
 * status=PARKED&step=charge}, or an object with the same names. It has the parameters of the list,
 * whatever they are, but for those that only concern a page.
 */
public final class FilterText {

  private static final Set<String> OF_A_PAGE =
      Set.of("limit", "cursor", "sort", "facets", "count", "fields", "after");

  private FilterText() {}

  /** The filter of a list of dead letters, or a problem that names the wrong parameter. */
  public static DeadLetterQuery ofDeadLetters(RawJson filter) {
    return of(filter, DeadLetterQuery.class, Set.of());
  }

  /** The text that stands for a filter, in its usual form. */
  public static String textOf(RawJson filter) {
    return parameters(filter).entrySet().stream()
        .flatMap(
            parameter ->
                parameter.getValue().stream()
                    .map(value -> parameter.getKey() + '=' + encoded(value)))
        .collect(Collectors.joining("&"));
  }

  /** The filter, or a problem that names the wrong parameter. */
  public static FlowFilter of(RawJson filter) {
    return of(filter, FlowFilter.class, Set.of());
  }

  /** The filter of a list with its order, or a problem that names the wrong parameter. */
  public static FlowFilter withOrder(RawJson filter) {
    return of(filter, FlowFilter.class, Set.of("sort"));
  }

  private static <T extends Record> T of(RawJson filter, Class<T> list, Set<String> ofThePage) {
    Map<String, List<String>> given = parameters(filter);
    RecordComponent[] components = list.getRecordComponents();
    Set<String> known =
        Stream.of(components)
            .map(RecordComponent::getName)
            .filter(name -> !OF_A_PAGE.contains(name) || ofThePage.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw bad(
            "The filter has the unknown parameter \"%s\"; it may have %s."
                .formatted(name, String.join(", ", known)));
      }
    }
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], given.get(components[i].getName()));
    }
    try {
      return list.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException("the filter of a list cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the filter of a list cannot be made", e);
    }
  }

  private static @Nullable Object value(RecordComponent component, @Nullable List<String> given) {
    Class<?> type = component.getType();
    if (type == List.class) {
      return given;
    }
    String text = given == null ? null : given.get(0);
    if (given != null && given.size() > 1) {
      throw bad(
          "The filter has \"%s\" %d times; it may have it once."
              .formatted(component.getName(), given.size()));
    }
    if (type == boolean.class || type == Boolean.class) {
      if (text != null && !text.equals("true") && !text.equals("false")) {
        throw bad("%s must be true or false, but is \"%s\".".formatted(component.getName(), text));
      }
      return text == null ? (type == boolean.class ? Boolean.FALSE : null) : Boolean.valueOf(text);
    }
    if (type == Integer.class) {
      if (text != null && !text.matches("\\d{1,9}")) {
        throw bad("%s must be a number, but is \"%s\".".formatted(component.getName(), text));
      }
      return text == null ? null : Integer.valueOf(text);
    }
    if (type != String.class) {
      throw new IllegalStateException("a filter cannot have " + component);
    }
    return text;
  }

  private static Map<String, List<String>> parameters(RawJson filter) {
    JsonNode json = Json.MAPPER.readTree(filter.bytes());
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    if (json.isString()) {
      for (String part : json.stringValue().split("&", -1)) {
        int equals = part.indexOf('=');
        if (part.isBlank()) {
          continue;
        }
        if (equals < 1) {
          throw bad(
              "The filter must look like status=PARKED&step=charge, but has \"%s\"."
                  .formatted(part));
        }
        add(parameters, decoded(part.substring(0, equals)), decoded(part.substring(equals + 1)));
      }
    } else if (json.isObject()) {
      json.propertyStream()
          .forEach(
              field -> {
                JsonNode value = field.getValue();
                for (JsonNode one : value.isArray() ? value : List.of(value)) {
                  if (!one.isNull()) {
                    add(parameters, field.getKey(), one.asString(one.toString()));
                  }
                }
              });
    } else {
      throw bad("\"filter\" must be a text such as status=PARKED&step=charge, or an object.");
    }
    return parameters;
  }

  private static void add(Map<String, List<String>> parameters, String name, String value) {
    if (!value.isBlank()) {
      parameters.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "The filter cannot be read: a percent sign must be written as %25.",
          Map.of(),
          e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%3A", ":").replace("%2C", ",");
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
