package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.definition.Durations;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.Names;
import io.doundo.protocol.ServiceName;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;

/** Parts of a request that all controllers read in the same way. Stateless. */
public final class RequestBodies {

  /** The attribute of a request that has its control id. */
  private static final String CONTROL_ID = RequestBodies.class.getName() + ".controlId";

  /** How many characters of a text that is not valid an error message shows. */
  private static final int MOST_SHOWN = 80;

  private RequestBodies() {}

  public static byte[] bytes(HttpServletRequest request) {
    try {
      return request.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, "The body could not be read.", Map.of(), e);
    }
  }

  /** The HTTP headers that stand for record headers: the name of the calling service. */
  public static Map<String, String> serviceHeaders(HttpServletRequest request) {
    Map<String, String> headers = new HashMap<>();
    for (String name : ServiceName.REGISTRANT) {
      String value = request.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  public static HeaderLookup serviceLookup(HttpServletRequest request) {
    return HeaderLookup.of(serviceHeaders(request));
  }

  /** Refuses a body with fields that nobody reads, which are misspelt more often than not. */
  public static void requireKnown(Set<String> fields, Set<String> allowed)
      throws MalformedRecordException {
    Set<String> unknown = new TreeSet<>(fields);
    unknown.removeAll(allowed);
    if (!unknown.isEmpty()) {
      throw new MalformedRecordException(
          "the body has unknown fields: %s; allowed are %s"
              .formatted(unknown, new TreeSet<>(allowed)));
    }
  }

  /**
   * Gives a request without a control id a new one. A request whose own one cannot be a control id
   * is refused: its repeats would count again. Whatever problem ends the request then names the id:
   * only with it can a client that left it to the server repeat the request.
   *
   * @param fields of the body; the id is added to them
   */
  public static void completeControlId(Map<String, RawJson> fields, HttpServletRequest request)
      throws MalformedRecordException {
    RawJson given = fields.get("controlId");
    if (given == null || given.isNull()) {
      String made = UUID.randomUUID().toString();
      fields.put("controlId", Json.string(made));
      request.setAttribute(CONTROL_ID, made);
      return;
    }
    String text = given.isScalar() ? Json.text(given) : given.toString();
    String refusal = given.isScalar() ? Names.refuseControlId(text) : "must be a text";
    if (refusal != null) {
      throw new MalformedRecordException(
          "controlId \"%s\" %s".formatted(Printable.line(text, MOST_SHOWN), refusal));
    }
    request.setAttribute(CONTROL_ID, text);
  }

  /** The control id of the request, its own or a new one; null when it has none yet. */
  public static @Nullable String controlId(WebRequest request) {
    return request.getAttribute(CONTROL_ID, RequestAttributes.SCOPE_REQUEST) instanceof String id
        ? id
        : null;
  }

  /** The caller, for the audit log. */
  public static String caller(@Nullable Principal principal) {
    return principal == null ? "anonymous" : principal.getName();
  }

  public static Duration duration(String parameter, String text, Duration longest) {
    Duration duration = Durations.parse(text);
    if (duration == null || duration.compareTo(longest) > 0) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "The parameter %s must be a time such as 30s, PT30S or a number of milliseconds, of at"
                  .formatted(parameter)
              + " most %d s, but is \"%s\".".formatted(longest.toSeconds(), text));
    }
    return duration;
  }
}
