package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.protocol.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;
import tools.jackson.databind.node.ObjectNode;

class FrameworkBodiesTest {

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @ParameterizedTest
  @ValueSource(strings = {"order-7", "8e03978e-40d5-43dd-bc93-6894a57f9324", "s3://a b"})
  void theKeyOfARequestIsItsFlowId(String key) {
    request.addHeader("Idempotency-Key", key);
    assertThat(FrameworkBodies.idempotencyKey(request)).isEqualTo(key);
  }

  @Test
  void aRequestNeedsNoKey() {
    assertThat(FrameworkBodies.idempotencyKey(request)).isNull();
  }

  /** Its start would become a dead letter after the caller was told that it is accepted. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a~b", "a\u0000b", "a\nb"})
  void whatCannotBeAFlowIdIsRefused(String key) {
    request.addHeader("Idempotency-Key", key);
    ApiProblem refused =
        catchThrowableOfType(ApiProblem.class, () -> FrameworkBodies.idempotencyKey(request));
    assertThat(refused.kind()).isEqualTo(ProblemKind.BAD_REQUEST);
    assertThat(refused.getBody().getDetail())
        .startsWith("The header Idempotency-Key is the flowId of the execution: ")
        .contains(" must ");
  }

  @Test
  void theKeyOfARequestToABreakerIsItsControlIdAndEveryProblemNamesIt() {
    request.addHeader("Idempotency-Key", "reset-1");

    assertThat(FrameworkBodies.controlId(request)).isEqualTo("reset-1");
    assertThat(RequestBodies.controlId(new ServletWebRequest(request))).isEqualTo("reset-1");
  }

  @Test
  void theProblemsOfARequestToABreakerNameTheIdThatTheServerHasMade() {
    String made = FrameworkBodies.controlId(request);

    assertThat(made).isNotEmpty();
    assertThat(RequestBodies.controlId(new ServletWebRequest(request))).isEqualTo(made);
  }

  @Test
  void aKeyThatCannotBeAControlIdIsRefused() {
    request.addHeader("Idempotency-Key", "x".repeat(10_000));
    ApiProblem refused =
        catchThrowableOfType(ApiProblem.class, () -> FrameworkBodies.controlId(request));

    assertThat(refused.kind()).isEqualTo(ProblemKind.BAD_REQUEST);
    assertThat(refused.getBody().getDetail())
        .startsWith("The header Idempotency-Key is the id of the request: ");
  }

  @Test
  void theIdOfARequestWithStepsIsOneToo() {
    ObjectNode body =
        (ObjectNode) Json.MAPPER.readTree("{\"requestId\": \"a~b\", \"steps\": [{\"id\": \"s\"}]}");
    ApiProblem refused = catchThrowableOfType(ApiProblem.class, () -> AdHocRequest.of(body));
    assertThat(refused.kind()).isEqualTo(ProblemKind.BAD_REQUEST);
    assertThat(refused.getBody().getDetail()).startsWith("requestId is the flowId");
  }
}
