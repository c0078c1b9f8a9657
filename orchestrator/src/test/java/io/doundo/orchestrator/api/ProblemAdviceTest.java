package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/** A request whose record may have been written can be repeated, so its problem names its id. */
class ProblemAdviceTest {

  private final ProblemAdvice advice = new ProblemAdvice();
  private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
  private final ServletWebRequest web = new ServletWebRequest(request);

  @Test
  void anIdThatTheServerHasMadeIsNamedWhateverEndsTheRequest() throws Exception {
    String made = completed(new HashMap<>());
    ApiProblem written = new ApiProblem(ProblemKind.BROKER_UNAVAILABLE, "not acknowledged");

    assertThat(made).isNotBlank();
    assertThat(idIn(advice.completion(new CompletionException(written), web))).isEqualTo(made);
    assertThat(idIn(advice.handleException(written, web))).isEqualTo(made);
    assertThat(idIn(advice.handleException(new AsyncRequestTimeoutException(), web)))
        .isEqualTo(made);
    assertThat(idIn(advice.unexpected(new IllegalStateException("a defect"), web))).isEqualTo(made);
    assertThat(idIn(advice.unavailable(new ReadsUnavailableException("not now"), web)))
        .isEqualTo(made);
  }

  @Test
  void anIdOfTheClientIsNamedToo() throws Exception {
    assertThat(completed(new HashMap<>(Map.of("controlId", Json.string("c-1"))))).isEqualTo("c-1");
    assertThat(idIn(advice.handleException(new ApiProblem(ProblemKind.NO_ANSWER, "late"), web)))
        .isEqualTo("c-1");
  }

  @Test
  void aRequestWithoutOneNamesNone() throws Exception {
    assertThat(idIn(advice.handleException(new ApiProblem(ProblemKind.UNKNOWN_FLOW, "none"), web)))
        .isNull();
  }

  private String completed(Map<String, RawJson> fields) throws MalformedRecordException {
    RequestBodies.completeControlId(fields, request);
    return Json.text(Objects.requireNonNull(fields.get("controlId")));
  }

  private static @Nullable Object idIn(@Nullable ResponseEntity<Object> answer) {
    ProblemDetail body = (ProblemDetail) Objects.requireNonNull(answer).getBody();
    Map<String, Object> properties = Objects.requireNonNull(body).getProperties();
    return properties == null ? null : properties.get("controlId");
  }
}
