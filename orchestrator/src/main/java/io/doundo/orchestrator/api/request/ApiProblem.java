package io.doundo.orchestrator.api.request;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Ends a request with an RFC 9457 problem; its message is the problem's detail, for a person. */
public final class ApiProblem extends ErrorResponseException {

  private static final long serialVersionUID = 1L;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final ProblemKind kind;

  public ApiProblem(ProblemKind kind, String detail) {
    this(kind, detail, Map.of(), null);
  }

  /**
   * @param properties further members of the problem, in this order
   */
  public ApiProblem(
      ProblemKind kind, String detail, Map<String, ?> properties, @Nullable Throwable cause) {
    super(kind.status(), body(kind, detail, properties), cause);
    this.kind = kind;
    if (kind.status().value() == 503) {
      getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_AFTER.toSeconds()));
    }
  }

  /** There is no bulk job of this id. */
  public static ApiProblem unknownJob(String jobId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_JOB,
        "There is no job \"%s\", or it is so old that it was removed.".formatted(jobId));
  }

  public ProblemKind kind() {
    return kind;
  }

  /** The body of a problem for those who answer without throwing it. */
  public static ProblemDetail body(ProblemKind kind, String detail, Map<String, ?> properties) {
    ProblemDetail body = ProblemDetail.forStatusAndDetail(kind.status(), detail);
    body.setType(kind.type());
    body.setTitle(kind.title());
    if (!properties.isEmpty()) {
      body.setProperties(new LinkedHashMap<>(properties));
    }
    return body;
  }
}
