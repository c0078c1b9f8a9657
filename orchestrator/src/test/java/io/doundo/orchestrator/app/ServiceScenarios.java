package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import java.time.Duration;
import java.time.Instant;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The base of the scenarios over REST: a running application, a worker, and short methods for
 * requests.
 */
abstract class ServiceScenarios {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final String YAML = "application/yaml";

  final Rest rest;
  final AnsweringWorker worker;
  final ConfigurableApplicationContext application;

  ServiceScenarios(RunningService service) {
    rest = service.rest();
    worker = service.worker();
    application = service.application();
  }

  JsonNode execute(String orchestration) {
    Reply reply = rest.post("/api/orchestrations/execute?wait=60s", start(orchestration, ""));
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    return reply.json();
  }

  /** The answer says how fresh it is. */
  static void assertHasAge(JsonNode answer) {
    assertThat(Instant.parse(answer.path("asOf").asString(""))).isBeforeOrEqualTo(Instant.now());
    assertThat(answer.path("lagMs").isNumber()).as(answer.toString()).isTrue();
    assertThat(answer.path("complete").isBoolean()).as(answer.toString()).isTrue();
  }

  static String start(String orchestration, String more) {
    return "{\"orchestrationName\": \"%s\"%s, \"payload\": {\"order\": 4711}}"
        .formatted(orchestration, more);
  }

  void register(String name, String... steps) {
    StringBuilder document = new StringBuilder("orchestrationName: " + name + "\nsteps:\n");
    for (int i = 0; i < steps.length; i++) {
      document.append("  - {seq: %d, name: %s}\n".formatted(i + 1, steps[i]));
    }
    Reply reply = rest.post("/api/orchestrations", document.toString(), "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/status").stringValue()).isEqualTo("SUCCESS");
  }
}
