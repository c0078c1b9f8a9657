package io.doundo.launcher.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.Doundo;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ClassPath;
import io.doundo.protocol.Json;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The promise, on real processes: a broker, an orchestrator that is killed with {@code kill -9}
 * while flows are everywhere on their way, and workers that know nothing but Kafka. Every flow
 * ends, and what the workers did agrees with how it ended.
 */
@Timeout(300)
class OrchestratorCrashIT {

  private static final Path EXAMPLES = Path.of("../registration-examples");
  private static final List<String> STEPS = List.of("createRealm", "createClient", "assignRoles");
  private static final String FAILING_STEP = "assignRoles";
  private static final int ATTEMPTS = 3;
  private static final int FLOWS = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path data;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Child> children = new ArrayList<>();
  private final Ledger ledger = new Ledger();
  private DevPlan plan;
  private DevChildren installation;

  @BeforeEach
  void startBrokerAndOrchestrator() throws Exception {
    plan = new DevPlan(freePort(), freePort(), freePort(), data, List.of());
    installation = new DevChildren(plan, data.resolve("run"), System.out::println);
    start(installation.broker(), installation::brokerIsReady);
  }

  @AfterEach
  void killChildren() throws InterruptedException {
    for (Child child : children) {
      child.kill();
    }
  }

  @Test
  void everyFlowEndsAndTheLedgerAgreesThoughTheOrchestratorIsKilled() throws Exception {
    Child orchestrator = start(installation.orchestrator(), installation::orchestratorIsReady);
    produce(Topics.REGISTRATION, Files.readString(EXAMPLES.resolve("initiator-registration.json")));
    await().atMost(PATIENCE).until(() -> get("/api/orchestrations/tenantCreation").isPresent());

    try (PlainWorker worker =
        new PlainWorker(
            plan.bootstrapServers(), "tenantCreation", STEPS, ledger, new CrashScript())) {
      produce(Topics.EXECUTION_START, starts());
      long held = flows().stream().filter(OrchestratorCrashIT::waitsForRelease).count();
      await().atMost(PATIENCE).until(() -> worker.heldAnswers() >= held);
      assertThat(flows()).filteredOn(this::isInFlight).hasSizeGreaterThanOrEqualTo(50);

      worker.release(flow -> group(flow) == 1);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> ledger.count(OrchestratorCrashIT::isLastStepOfGroupOne) >= 5);
      orchestrator.kill();

      worker.release(flow -> group(flow) == 2);
      start(installation.orchestrator(), installation::orchestratorIsReady);
      worker.release(flow -> true);

      Set<String> unsettled = new HashSet<>(flows());
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .untilAsserted(
              () -> {
                unsettled.removeIf(this::hasEndedAsItShould);
                assertThat(unsettled).as("flows that have not ended").isEmpty();
              });
      await().atMost(PATIENCE).until(worker::isCaughtUp);
      assertThat(flows()).allSatisfy(this::assertEndedAsItShould);
    }
  }

  /**
   * Which flows fail, and which are held back: a quarter of them runs freely, a quarter is released
   * just before the orchestrator is killed, a quarter while it is away, and a quarter after it is
   * back.
   */
  private static final class CrashScript implements PlainWorker.Script {

    @Override
    public boolean succeeds(Ledger.Entry command) {
      return !(fails(command.flowId()) && command.step().equals(FAILING_STEP));
    }

    @Override
    public boolean isHeld(Ledger.Entry command) {
      return waitsForRelease(command.flowId())
          && command.step().equals("createClient")
          && command.action().equals("DO");
    }
  }

  private static List<String> flows() {
    return IntStream.range(0, FLOWS).mapToObj(number -> "tenant-" + number).toList();
  }

  private static int number(String flow) {
    return Integer.parseInt(flow.substring(flow.indexOf('-') + 1));
  }

  private static int group(String flow) {
    return number(flow) % 4;
  }

  private static boolean waitsForRelease(String flow) {
    return group(flow) != 0;
  }

  private static boolean fails(String flow) {
    return number(flow) % 3 == 0;
  }

  private static boolean isLastStepOfGroupOne(Ledger.Entry entry) {
    return group(entry.flowId()) == 1 && entry.step().equals(FAILING_STEP);
  }

  private static String starts() {
    StringBuilder lines = new StringBuilder();
    for (String flow : flows()) {
      lines.append("{\"headers\":{\"orchestrationName\":\"tenantCreation\",\"flowId\":\"");
      lines.append(flow).append("\"},\"payload\":{\"tenantName\":\"").append(flow);
      lines.append("\"}}\n");
    }
    return lines.toString();
  }

  private boolean isInFlight(String flow) {
    return Set.of("IN_PROGRESS", "UNDOING").contains(status(flow));
  }

  private boolean hasEndedAsItShould(String flow) {
    boolean failed = fails(flow);
    return status(flow).equals(failed ? "UNDONE" : "COMPLETED")
        && STEPS.stream().allMatch(step -> ledger.stands(flow, step) != failed);
  }

  private void assertEndedAsItShould(String flow) {
    assertThat(status(flow)).isEqualTo(fails(flow) ? "UNDONE" : "COMPLETED");
    assertThat(STEPS)
        .as("steps of %s whose effect stands; the ledger: %s", flow, ledger.of(flow))
        .filteredOn(step -> ledger.stands(flow, step))
        .isEqualTo(fails(flow) ? List.of() : STEPS);
    assertThat(STEPS)
        .allSatisfy(
            step ->
                assertThat(ledger.of(flow, step))
                    .filteredOn(entry -> entry.action().equals("DO"))
                    .extracting(Ledger.Entry::attempt)
                    .isNotEmpty()
                    .allMatch(attempt -> attempt >= 1 && attempt <= ATTEMPTS));
  }

  private String status(String flow) {
    return get("/api/flows/" + flow).map(body -> body.path("status").asString()).orElse("unknown");
  }

  /** The body, when the service answers and knows it. */
  private Optional<JsonNode> get(String path) {
    try {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(URI.create(plan.url() + path)).build(),
              BodyHandlers.ofByteArray());
      return response.statusCode() == 200
          ? Optional.of(Json.MAPPER.readTree(response.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Child start(Child.Starter starter, BooleanSupplier ready) throws IOException {
    Child child = starter.start();
    children.add(child);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(child.isAlive()).as(child.name() + " is alive").isTrue();
              return ready.getAsBoolean();
            });
    return child;
  }

  /** Feeds lines to the console producer, as a person would. */
  private void produce(String topic, String lines) throws IOException, InterruptedException {
    Process producer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logback-cli.xml",
                "-cp",
                ClassPath.current(),
                Doundo.class.getName(),
                "kafka",
                "console-producer",
                "--bootstrap-server",
                plan.bootstrapServers(),
                "--topic",
                topic)
            .redirectErrorStream(true)
            .start();
    try (var in = producer.getOutputStream()) {
      in.write(lines.getBytes(UTF_8));
    }
    assertThat(new String(producer.getInputStream().readAllBytes(), UTF_8)).isBlank();
    assertThat(producer.waitFor()).isZero();
  }

  private static int freePort() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return server.getLocalPort();
    }
  }
}
