package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with a problem what the server itself refused, such as a request it could not parse. */
@Hidden
@RestController
class LastResortController implements ErrorController {

  @RequestMapping("/error")
  ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return ResponseEntity.status(status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status)
        .body(
            problem(
                status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status, String.valueOf(path)));
  }

  static ProblemDetail problem(HttpStatus status, String path) {
    return switch (status) {
      case BAD_REQUEST ->
          ApiProblem.body(
              ProblemKind.BAD_REQUEST,
              "The server refused the request because of its path or headers: %s. Write characters other than letters, digits and - . _ ~ as %%XX in a path; pass a flowId that does not fit into a path as a query parameter: /api/flow?flowId=…"
                  .formatted(path),
              Map.of());
      case NOT_FOUND ->
          ApiProblem.body(
              ProblemKind.NO_SUCH_PATH,
              "There is nothing at %s; see /swagger-ui.html for the API.".formatted(path),
              Map.of());
      case INTERNAL_SERVER_ERROR ->
          ApiProblem.body(
              ProblemKind.INTERNAL,
              "The request to %s failed because of an internal error; see the orchestrator's log."
                  .formatted(path),
              Map.of());
      default ->
          ProblemDetail.forStatusAndDetail(
              status,
              "The web server answered %d (%s) to the request to %s; the orchestrator did not see it."
                  .formatted(status.value(), status.getReasonPhrase(), path));
    };
  }
}
