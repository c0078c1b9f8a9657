package io.doundo.orchestrator.api.request;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses unknown query parameters: a misspelt filter would otherwise show everything, and a paging
 * parameter of another API would show the same page forever. The known parameters are those that
 * the handler's method declares. A switch must be said clearly, too: without a value, or with two,
 * it would be off, and {@code ?dryRun} would not be a dry run. Thread-safe.
 */
public final class KnownParameters implements HandlerInterceptor {

  /** The handlers of libraries and of Spring declare their parameters in other ways. */
  private static final String OURS = "io.doundo.";

  private static final Set<String> SWITCHED = Set.of("true", "false");

  private final Map<Method, Declared> known = new ConcurrentHashMap<>();

  /**
   * The parameters of a method.
   *
   * @param switches those that are either true or false
   */
  private record Declared(SortedSet<String> names, Set<String> switches) {}

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && method.getBeanType().getName().startsWith(OURS)) {
      Declared declared = known.computeIfAbsent(method.getMethod(), unused -> declaredBy(method));
      request
          .getParameterMap()
          .forEach(
              (name, values) -> {
                if (!declared.names.contains(name)) {
                  throw unknown(name, request, declared.names);
                }
                if (declared.switches.contains(name)) {
                  requireClear(name, values);
                }
              });
    }
    return true;
  }

  private static void requireClear(String name, String[] values) {
    if (values.length != 1 || !SWITCHED.contains(values[0])) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "The query parameter \"%s\" must be left out or given once, as %s=true or %s=false; it was given as %s. Nothing was done."
              .formatted(
                  name,
                  name,
                  name,
                  Stream.of(values)
                      .map(value -> name + '=' + value)
                      .collect(Collectors.joining("&"))));
    }
  }

  private static ApiProblem unknown(
      String given, HttpServletRequest request, SortedSet<String> names) {
    return new ApiProblem(
        ProblemKind.BAD_REQUEST,
        "The query parameter \"%s\" is unknown: %s %s has %s."
            .formatted(
                given,
                request.getMethod(),
                request.getRequestURI(),
                names.isEmpty() ? "none" : "only " + String.join(", ", names)),
        Map.of("knownParameters", names),
        null);
  }

  private static Declared declaredBy(HandlerMethod method) {
    SortedSet<String> names = new TreeSet<>();
    Set<String> switches = new HashSet<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam single = parameter.getParameterAnnotation(RequestParam.class);
      if (single != null) {
        String name = single.name().isEmpty() ? single.value() : single.name();
        names.add(name);
        if (parameter.getParameterType() == boolean.class) {
          switches.add(name);
        }
      }
      if (parameter.hasParameterAnnotation(ParameterObject.class)) {
        for (RecordComponent component : parameter.getParameterType().getRecordComponents()) {
          names.add(component.getName());
        }
      }
    }
    return new Declared(names, switches);
  }
}
