package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.AuditOffException;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns whatever ends a request into an RFC 9457 problem. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  @Nullable ResponseEntity<Object> unavailable(ReadsUnavailableException e, WebRequest request) {
    return answer(new ApiProblem(ProblemKind.NOT_READY, detail(e), Map.of(), e), request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> auditOff(AuditOffException e, WebRequest request) {
    return answer(new ApiProblem(ProblemKind.AUDIT_OFF, detail(e), Map.of(), e), request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> kafka(KafkaException e, WebRequest request) {
    LOG.warn("Kafka could not be read for {}: {}", request.getDescription(false), e.toString());
    return answer(
        new ApiProblem(
            ProblemKind.BROKER_UNAVAILABLE, "Kafka could not be read: " + detail(e), Map.of(), e),
        request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> completion(CompletionException e, WebRequest request) {
    Throwable cause = e.getCause();
    if (cause instanceof ApiProblem problem) {
      return answer(problem, request);
    }
    if (cause instanceof ReadsUnavailableException unavailable) {
      return unavailable(unavailable, request);
    }
    if (cause instanceof KafkaException kafka) {
      return kafka(kafka, request);
    }
    return unexpected(e, request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> unexpected(RuntimeException e, WebRequest request) {
    LOG.error("Request failed: {}", request.getDescription(false), e);
    return answer(
        new ApiProblem(
            ProblemKind.INTERNAL,
            "The request failed for a reason that is not its own; the log of the orchestrator has"
                + " it.",
            Map.of(),
            e),
        request);
  }

  private @Nullable ResponseEntity<Object> answer(ApiProblem problem, WebRequest request) {
    return handleErrorResponseException(
        problem, problem.getHeaders(), problem.getStatusCode(), request);
  }

  private static String detail(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
