package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.Rest.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application with API keys and without a broker: it runs, waits, and reports what is missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WithoutBrokerIT {

  private static final String START = "{\"orchestrationName\": \"order\", \"payload\": {}}";

  private ConfigurableApplicationContext application;
  private Rest rest;

  @BeforeAll
  void start(@TempDir Path stateDir) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--server.address=0.0.0.0");
    arguments.add("--doundo.state-dir=" + stateDir);
    arguments.add("--doundo.kafka.bootstrap-servers=localhost:1");
    List<String> roles = List.of("VIEWER", "OPERATOR", "ADMIN");
    for (int i = 0; i < roles.size(); i++) {
      String key = "--doundo.api.keys[" + i + "].";
      arguments.add(key + "name=" + roles.get(i).toLowerCase(Locale.ROOT));
      arguments.add(key + "role=" + roles.get(i));
      arguments.add(key + "sha256=" + sha256("key of " + roles.get(i)));
    }
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
  }

  @AfterAll
  void stop() {
    application.close();
  }

  @Test
  void isAliveButNotReadyAndSaysWhy() {
    assertThat(rest.get("/actuator/health/liveness").status()).isEqualTo(200);
    Reply probe = rest.get("/actuator/health/readiness");
    assertThat(probe.status()).isEqualTo(503);
    assertThat(probe.json().has("components")).as("details are for those with a key").isFalse();
    Reply reply = as("VIEWER", "/actuator/health/readiness");
    assertThat(reply.json().at("/components/orchestrator/details/notReady/0").asString(""))
        .contains("Kafka at localhost:1 does not answer");
  }

  @Test
  void readsSayThatTheyMustBeTriedAgain() {
    for (String path : List.of("/api/flows/f", "/api/orchestrations", "/api/flows/f/timeline")) {
      Reply reply = as("VIEWER", path);
      assertThat(reply.status()).as(path).isEqualTo(503);
      assertThat(reply.http().headers().firstValue("Retry-After")).as(path).isPresent();
      assertThat(reply.contentType()).as(path).isEqualTo("application/problem+json");
    }
    assertThat(as("VIEWER", "/api/flows").json().get("complete").booleanValue()).isFalse();
  }

  @Test
  void aStartIsNotAcceptedUnlessKafkaHasIt() {
    Reply reply =
        rest.post(
            "/api/orchestrations/execute?allowUnregistered=true",
            START,
            "X-API-Key",
            "key of OPERATOR");
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.json().get("type").stringValue())
        .isEqualTo("urn:doundo:problem:broker-unavailable");
    assertThat(reply.json().get("flowId").stringValue()).as("to try again with").isNotBlank();
  }

  @Test
  void aRequestIsNotAcceptedUnlessKafkaHasIt() {
    Reply reply = rest.post("/api/flows/f/undo", "{}", "X-API-Key", "key of OPERATOR");
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.json().get("controlId").stringValue()).as("to try again with").isNotBlank();
  }

  @Test
  void everyRoleMayDoWhatIsItsOwnAndNoMore() {
    assertThat(rest.get("/api/flows").status()).isEqualTo(401);
    assertThat(rest.get("/api/flows").contentType()).isEqualTo("application/problem+json");
    assertThat(rest.get("/api/flows", "X-API-Key", "guessed").status()).isEqualTo(401);
    assertThat(rest.get("/actuator/prometheus").status()).isEqualTo(401);
    assertThat(as("VIEWER", "/actuator/prometheus").status()).isEqualTo(200);
    assertThat(as("VIEWER", "/api/flows").status()).isEqualTo(200);
    assertThat(post("VIEWER", "/api/orchestrations/execute")).isEqualTo(403);
    assertThat(post("VIEWER", "/api/flows/f/undo")).isEqualTo(403);
    assertThat(post("OPERATOR", "/api/orchestrations/execute")).isEqualTo(503);
    assertThat(post("OPERATOR", "/api/flows/f/explode")).isEqualTo(404);
    assertThat(post("OPERATOR", "/api/orchestrations")).isEqualTo(403);
    assertThat(post("OPERATOR", "/api/orchestration/register")).isEqualTo(403);
    assertThat(post("ADMIN", "/api/orchestrations")).as("it is no registration").isEqualTo(400);
    assertThat(rest.get("/v3/api-docs").status()).isEqualTo(200);
  }

  private Reply as(String role, String path) {
    return rest.get(path, "X-API-Key", "key of " + role);
  }

  private int post(String role, String path) {
    return rest.post(path, START, "X-API-Key", "key of " + role).status();
  }

  private static String sha256(String key) {
    try {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
