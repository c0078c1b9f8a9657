package io.doundo.orchestrator.app;

import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.FreePorts;
import io.doundo.orchestrator.testing.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Two instances on one broker, and a worker that answers. The administrator {@code kim} makes all
 * requests.
 */
record TwoInstances(
    TestBroker broker,
    Path data,
    List<Integer> ports,
    List<ConfigurableApplicationContext> applications,
    List<Rest> rest,
    AnsweringWorker worker)
    implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String KEY = "dok_of-the-test";
  private static final String SHA_256_OF_KEY =
      "d7c01385b8f5b60e3f451bd0c75769793ab3a8c7ae33d587c540a2f114f34337";

  static TwoInstances start(Path data) {
    return start(data, new TestBroker());
  }

  /**
   * @param broker is closed with the instances
   */
  static TwoInstances start(Path data, TestBroker broker) {
    // Each has to know its own address before it starts.
    List<Integer> ports = FreePorts.find(2);
    List<ConfigurableApplicationContext> applications = new ArrayList<>();
    List<Rest> rest = new ArrayList<>();
    for (int port : ports) {
      applications.add(application(data, port, broker));
      rest.add(new Rest(port, "Authorization", "Bearer " + KEY));
    }
    AnsweringWorker worker = new AnsweringWorker(broker.bootstrap());
    rest.forEach(TwoInstances::awaitReady);
    return new TwoInstances(broker, data, ports, applications, rest, worker);
  }

  private static ConfigurableApplicationContext application(
      Path data, int port, TestBroker broker) {
    return new SpringApplicationBuilder(OrchestratorApplication.class)
        .run(
            "--server.port=" + port,
            "--doundo.partitions=4",
            "--doundo.step-topics.partitions=2",
            "--doundo.api.keys[0].name=kim",
            "--doundo.api.keys[0].role=ADMIN",
            "--doundo.api.keys[0].sha256=" + SHA_256_OF_KEY,
            "--doundo.api.secret=" + "s".repeat(32),
            "--doundo.state-dir=" + stateDir(data, port),
            "--doundo.advertised-address=localhost:" + port,
            "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
  }

  private static Path stateDir(Path data, int port) {
    return data.resolve("instance-" + port);
  }

  private static void awaitReady(Rest instance) {
    await()
        .atMost(PATIENCE)
        .until(() -> instance.get("/actuator/health/readiness").status() == 200);
  }

  /** Where this instance keeps what survives a restart. */
  Path stateDir(int instance) {
    return stateDir(data, ports.get(instance));
  }

  void stop(int instance) {
    applications.get(instance).close();
  }

  /** Starts an instance that was stopped over its old state directory; returns once it is ready. */
  void startAgain(int instance) {
    applications.set(instance, application(data, ports.get(instance), broker));
    awaitReady(rest.get(instance));
  }

  @Override
  public void close() {
    worker.close();
    applications.forEach(ConfigurableApplicationContext::close);
    broker.close();
  }
}
