package io.doundo.orchestrator.app.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application on a broker of its own, with the examples that have tasks, people who complete
 * them, and a worker that answers.
 */
record RunningTasks(
    TestBroker broker,
    ConfigurableApplicationContext application,
    Rest rest,
    AnsweringWorker worker)
    implements AutoCloseable {

  static final String SECRET = "a secret that no writer of the topic has";

  static RunningTasks start(Path stateDir) throws IOException {
    TestBroker broker = new TestBroker();
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--doundo.partitions=4");
    arguments.add("--doundo.step-topics.partitions=2");
    arguments.add("--doundo.state-dir=" + stateDir);
    arguments.add("--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    arguments.add("--doundo.api.secret=" + SECRET);
    arguments.addAll(key(0, "admin", "ADMIN"));
    arguments.addAll(key(1, "ann", "TASKS"));
    arguments.addAll(key(2, "eve", "TASKS"));
    arguments.addAll(key(3, "dora", "TASKS", "groups[0]=directors", "groups[1]=editors"));
    arguments.addAll(key(4, "portal", "OPERATOR", "permissions[0]=act-as"));
    arguments.addAll(key(5, "olga", "OPERATOR"));
    arguments.addAll(key(6, "vera", "VIEWER"));
    ConfigurableApplicationContext application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(arguments.toArray(String[]::new));
    Rest rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await()
        .atMost(TaskScenarios.PATIENCE)
        .until(
            () ->
                rest.get("/actuator/health/readiness", "X-API-Key", "key of admin").status()
                    == 200);
    RunningTasks running =
        new RunningTasks(broker, application, rest, new AnsweringWorker(broker.bootstrap()));
    // The manager's time passes during the test, and the director has time to decide.
    running.register(example("approval-registration.yaml"));
    running.register(
        example("approval-registration.yaml")
            .replace("purchaseApproval", "hasty")
            .replace("timeout: 24h", "timeout: 100ms"));
    running.register(
        example("approval-registration.yaml")
            .replace("purchaseApproval", "hopeless")
            .replace("timeout: 24h", "timeout: 100ms")
            .replace("timeout: 4h", "timeout: 200ms"));
    running.register(example("document-review-registration.yaml"));
    return running;
  }

  private static List<String> key(int index, String name, String role, String... more) {
    String prefix = "--doundo.api.keys[" + index + "].";
    List<String> arguments = new ArrayList<>();
    arguments.add(prefix + "name=" + name);
    arguments.add(prefix + "role=" + role);
    arguments.add(prefix + "sha256=" + sha256("key of " + name));
    for (String one : more) {
      arguments.add(prefix + one);
    }
    return arguments;
  }

  private static String example(String file) throws IOException {
    return Files.readString(Path.of("..", "registration-examples", file));
  }

  void register(String document) {
    Reply reply =
        rest.post(
            "/api/orchestrations",
            document,
            "X-API-Key",
            "key of admin",
            "Content-Type",
            "application/yaml");
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
  }

  private static String sha256(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    worker.close();
    application.close();
    broker.close();
  }
}
