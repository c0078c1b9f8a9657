package io.doundo.orchestrator.app;

import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

/**
 * Answers with a problem what Tomcat refuses before the application sees it, such as a path that is
 * none; Tomcat's own page is HTML without a reason.
 */
final class ProblemValve extends ErrorReportValve {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemValve.class);

  @Override
  protected void report(Request request, Response response, Throwable failure) {
    HttpStatus status = HttpStatus.resolve(response.getStatus());
    if (status == null
        || !status.isError()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    String path = request.getRequestURI() == null ? "this path" : request.getRequestURI();
    ProblemDetail problem = LastResortController.problem(status, path);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", String.valueOf(problem.getType()));
    body.put("title", problem.getTitle());
    body.put("status", problem.getStatus());
    body.put("detail", problem.getDetail());
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(body));
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // The client has gone, or has part of the response; no error can reach it.
      LOG.debug("The response {} could not be written", status, e);
    }
  }
}
