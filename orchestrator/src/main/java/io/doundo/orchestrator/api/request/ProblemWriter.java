package io.doundo.orchestrator.api.request;

import io.doundo.protocol.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Writes problems for requests that are refused before they reach a controller. */
public final class ProblemWriter {

  private ProblemWriter() {}

  public static void write(HttpServletResponse response, ProblemKind kind, String detail)
      throws IOException {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", kind.type().toString());
    problem.put("title", kind.title());
    problem.put("status", kind.status().value());
    problem.put("detail", detail);
    response.setStatus(kind.status().value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(problem));
  }
}
