package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RegistrationStatusTest {

  @Test
  void aStatusFitsWhateverItsProblemsSay() {
    Problem large = new Problem(0, "steps[0].pivot", 1, 1, "\u0001ü".repeat(5_000));
    RegistrationStatus status = refused(Collections.nCopies(5_000, large), List.of());

    byte[] encoded = status.encode(20_000);

    assertThat(encoded).hasSizeLessThanOrEqualTo(20_000);
    JsonNode json = Json.MAPPER.readTree(encoded);
    JsonNode problems = json.required("problems");
    assertThat(problems.get(problems.size() - 1).required("message").stringValue())
        .isEqualTo("%,d more problems are not listed".formatted(5_000 - problems.size() + 1));
    assertThat(problems.size()).isGreaterThan(1);
  }

  @Test
  void warningsAreCutAlikeAndSaySo() {
    RegistrationStatus status = refused(List.of(Problem.of("x")), Collections.nCopies(300, "w"));

    JsonNode warnings = Json.MAPPER.readTree(status.encode(256 * 1024)).required("warnings");
    assertThat(warnings.size()).isEqualTo(201);
    assertThat(warnings.get(200).stringValue()).isEqualTo("100 more warnings are not listed");
  }

  @Test
  void lenientReadersFindTheirFields() {
    JsonNode json =
        Json.MAPPER.readTree(
            refused(List.of(Problem.of("a"), Problem.of("b")), List.of()).encode(100_000));

    assertThat(json.required("eventType").stringValue()).isEqualTo("REGISTRATION_STATUS");
    assertThat(json.required("orchName").stringValue()).isEqualTo("o");
    assertThat(json.required("failureReason").stringValue()).isEqualTo("2 problems: a; b");
    assertThat(json.required("requestedBy").stringValue()).isEqualTo("alice");
  }

  private static RegistrationStatus refused(List<Problem> problems, List<String> warnings) {
    return new RegistrationStatus(
        "o",
        RegistrantRole.INITIATOR,
        false,
        null,
        0,
        null,
        false,
        warnings,
        problems,
        "shop",
        "alice",
        Instant.EPOCH,
        new RegistrationStatus.SourcePosition("orchestrator.registration", 0, 12));
  }
}
