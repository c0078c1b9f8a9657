package io.doundo.orchestrator.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses unknown query parameters: a misspelt filter would otherwise show everything, and a paging
 * parameter of another API would show the same page forever. The known parameters are those that
 * the handler's method declares. Thread-safe.
 */
final class KnownParameters implements HandlerInterceptor {

  private final Map<Method, SortedSet<String>> known = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && method.getBeanType().getPackage().equals(KnownParameters.class.getPackage())) {
      SortedSet<String> names =
          known.computeIfAbsent(method.getMethod(), unused -> declaredBy(method));
      for (String given : request.getParameterMap().keySet()) {
        if (!names.contains(given)) {
          throw unknown(given, request, names);
        }
      }
    }
    return true;
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

  private static SortedSet<String> declaredBy(HandlerMethod method) {
    SortedSet<String> names = new TreeSet<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam single = parameter.getParameterAnnotation(RequestParam.class);
      if (single != null) {
        names.add(single.name().isEmpty() ? single.value() : single.name());
      }
      if (parameter.hasParameterAnnotation(ParameterObject.class)) {
        for (RecordComponent component : parameter.getParameterType().getRecordComponents()) {
          names.add(component.getName());
        }
      }
    }
    return names;
  }
}
