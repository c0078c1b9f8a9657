package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.flow.FlowSets;
import io.doundo.orchestrator.query.timeline.AuditOffException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns whatever ends a request into an RFC 9457 problem. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  @Nullable ResponseEntity<Object> unavailable(ReadsUnavailableException e, WebRequest request) {
    return answer(new ApiProblem(ProblemKind.NOT_READY, detail(e), Map.of(), e), request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> unknownJob(FlowSets.UnknownJobException e, WebRequest request) {
    return answer(ApiProblem.unknownJob(e.jobId()), request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> auditOff(AuditOffException e, WebRequest request) {
    return answer(new ApiProblem(ProblemKind.AUDIT_OFF, detail(e), Map.of(), e), request);
  }

  @ExceptionHandler
  @Nullable ResponseEntity<Object> kafka(KafkaException e, WebRequest request) {
    if (e instanceof UnknownTopicOrPartitionException) {
      return answer(
          new ApiProblem(
              ProblemKind.TOPIC_MISSING,
              "A topic is missing (%s). Create it again, or restart the orchestrator, which creates its topics at startup."
                  .formatted(detail(e)),
              Map.of(),
              e),
          request);
    }
    LOG.warn("Reading Kafka failed for {}: {}", request.getDescription(false), e.toString());
    return answer(
        new ApiProblem(
            ProblemKind.BROKER_UNAVAILABLE, "Reading Kafka failed: " + detail(e), Map.of(), e),
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
            "The request failed because of an internal error; the orchestrator's log has" + " it.",
            Map.of(),
            e),
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String name = e.getPropertyName() == null ? "A value" : e.getPropertyName();
    if (e instanceof MethodArgumentTypeMismatchException argument) {
      name = argument.getName();
    }
    return answer(bad(mismatch(name, e.getRequiredType(), e.getValue())), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String detail =
        e.getFieldErrors().stream()
            .map(
                field ->
                    mismatch(
                        field.getField(),
                        e.getBindingResult().getFieldType(field.getField()),
                        field.getRejectedValue()))
            .collect(Collectors.joining(" "));
    return answer(bad(detail.isEmpty() ? detail(e) : detail), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
      NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    return answer(
        new ApiProblem(
            ProblemKind.NO_SUCH_PATH,
            "There is no %s /%s; see /swagger-ui.html for the API."
                .formatted(e.getHttpMethod(), e.getResourcePath())),
        request);
  }

  /** Names the control id of a request that has one, whatever has ended it. */
  @Override
  protected ResponseEntity<Object> createResponseEntity(
      @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String controlId = RequestBodies.controlId(request);
    if (controlId != null && body instanceof ProblemDetail problem) {
      problem.setProperty("controlId", controlId);
    }
    return super.createResponseEntity(body, headers, status, request);
  }

  private static String mismatch(String name, @Nullable Class<?> type, @Nullable Object value) {
    String wanted =
        type == null
            ? "in another format"
            : type == boolean.class || type == Boolean.class
                ? "true or false"
                : Number.class.isAssignableFrom(type) || type.isPrimitive()
                    ? "a whole number"
                    : "a " + type.getSimpleName();
    return "%s must be %s, but is \"%s\".".formatted(name, wanted, value);
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }

  private @Nullable ResponseEntity<Object> answer(ApiProblem problem, WebRequest request) {
    return handleErrorResponseException(
        problem, problem.getHeaders(), problem.getStatusCode(), request);
  }

  private static String detail(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
