package io.doundo.orchestrator.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.RegistrationStatuses;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class RegistrationControllerTest {

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void whileRegistrationsAreBlockedNobodyWaitsForOne() {
    ApiProblem problem =
        register(
            "{orchestrationName: o, steps: [{name: a}]}",
            "since 2026-01-01T00:00:00Z, record orchestrator.registration-0@12, 4 failures: slow");

    assertThat(problem.kind()).isEqualTo(ProblemKind.REGISTRATIONS_HELD_UP);
    assertThat(problem.getBody().getDetail())
        .contains("was not written", "since 2026-01-01", "registration-0@12", "slow");
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void problemsOfADocumentAreReportedEvenWhileRegistrationsAreBlocked() {
    assertThat(register("{orchestrationName: o}", "since today").kind())
        .isEqualTo(ProblemKind.REGISTRATION_REFUSED);
  }

  private ApiProblem register(String document, String held) {
    DefinitionReader reader =
        (DefinitionReader)
            Proxy.newProxyInstance(
                DefinitionReader.class.getClassLoader(),
                new Class<?>[] {DefinitionReader.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError("nothing is read");
                });
    try (RegistrationStatuses statuses =
        new RegistrationStatuses(new ReadConsumers("localhost:1", Map.of()))) {
      RegistrationController controller =
          new RegistrationController(
              new RecordSender(() -> producer),
              statuses,
              new Definitions(reader),
              () -> Optional.of(held));
      MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/orchestrations");
      request.setContent(document.getBytes(UTF_8));
      return catchThrowableOfType(
          ApiProblem.class, () -> controller.register(request, () -> "somebody"));
    }
  }
}
