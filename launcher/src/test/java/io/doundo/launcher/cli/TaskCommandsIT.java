package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.launcher.fill.Filling;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.Ports;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.protocol.json.Json;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.autoconfigure.WorkerAutoConfiguration;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.InMemoryFence;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/**
 * The examples from the command line: a real broker, the orchestrator, and SDK workers that
 * remember their effects.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskCommandsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path EXAMPLES = Path.of("../registration-examples");
  private static final String PURCHASE =
      "{\"item\":\"laptop\",\"amount\":1200,\"buyer\":\"eve\",\"manager\":\"ann\"}";
  private static final Map<String, Set<String>> STANDING = new ConcurrentHashMap<>();

  private static void stands(StepContext step, String effect) {
    STANDING.computeIfAbsent(step.flowId(), id -> ConcurrentHashMap.newKeySet()).add(effect);
  }

  private static void isGone(StepContext step, String effect) {
    STANDING.getOrDefault(step.flowId(), Set.of()).remove(effect);
  }

  @SagaWorker("purchaseApproval")
  static class Purchases {
    @Do("reserveBudget")
    void reserve(StepContext step) {
      stands(step, "budget");
    }

    @Undo("reserveBudget")
    void release(StepContext step) {
      isGone(step, "budget");
    }

    @Do("tellDirectors")
    void tell(StepContext step) {
      stands(step, "message");
    }

    @Do("order")
    void order(StepContext step) {
      stands(step, "order");
    }

    @Undo("order")
    void cancel(StepContext step) {
      isGone(step, "order");
    }
  }

  @SagaWorker("documentReview")
  static class Reviews {
    @Do("storeDraft")
    void store(StepContext step) {
      stands(step, "draft");
    }

    @Undo("storeDraft")
    void delete(StepContext step) {
      isGone(step, "draft");
    }

    @Do("publish")
    void publish(StepContext step) {
      stands(step, "document");
    }

    @Undo("publish")
    void withdraw(StepContext step) {
      isGone(step, "document");
    }

    @Do("tellAuthor")
    void tell(StepContext step) {
      stands(step, "letter");
    }

    @Do("closeReview")
    void close(StepContext step) {
      stands(step, "closed");
    }

    @Undo("closeReview")
    void reopen(StepContext step) {
      isGone(step, "closed");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(WorkerAutoConfiguration.class)
  static class Workers {
    @Bean
    Fence fence() {
      return new InMemoryFence();
    }

    @Bean
    Purchases purchases() {
      return new Purchases();
    }

    @Bean
    Reviews reviews() {
      return new Reviews();
    }

    @Bean
    RoutingWorkers.Orders orders() {
      return new RoutingWorkers.Orders();
    }

    @Bean
    RoutingWorkers.Carriers carriers() {
      return new RoutingWorkers.Carriers();
    }
  }

  private ChildJvm broker;
  private ConfigurableApplicationContext orchestrator;
  private ConfigurableApplicationContext workers;
  private String url = "";
  private String bootstrap = "";
  private Path directory;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    this.directory = directory;
    int port = Ports.free(1).get(0);
    bootstrap = "localhost:" + port;
    CountDownLatch ready = new CountDownLatch(1);
    broker =
        ChildJvm.start(
            "broker",
            JvmOptions.ofBroker("256m"),
            ClassPath.current(),
            DevBroker.class,
            List.of(Integer.toString(port), directory.resolve("kafka").toString()),
            directory.resolve("broker.log"),
            line -> {
              if (line.equals(DevBroker.READY)) {
                ready.countDown();
              }
            });
    await("the broker").atMost(PATIENCE).until(() -> ready.getCount() == 0);
    orchestrator =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=4",
                "--doundo.step-topics.partitions=2",
                "--doundo.state-dir=" + directory.resolve("streams"),
                "--doundo.kafka.bootstrap-servers=localhost:" + port,
                "--doundo.worker.enabled=false");
    url =
        "http://localhost:"
            + orchestrator.getEnvironment().getRequiredProperty("local.server.port");
    await("the orchestrator")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(run("definitions").err()).isEmpty());
    register("approval-registration.yaml");
    register("document-review-registration.yaml");
    register("choice-registration.yaml");
    registerQuotes("2m");
    workers =
        new SpringApplicationBuilder(Workers.class)
            .web(WebApplicationType.NONE)
            .run(
                "--spring.application.name=examples",
                "--spring.kafka.bootstrap-servers=localhost:" + port,
                "--doundo.worker.stop-timeout=2s");
  }

  @AfterAll
  void stop() throws InterruptedException {
    workers.close();
    orchestrator.close();
    broker.kill();
  }

  private CommandResult run(String... arguments) {
    return FakeService.runPlain(
        Stream.concat(Stream.of(arguments), Stream.of("--url", url)).toArray(String[]::new));
  }

  private void register(String file) {
    CommandResult ran = run("register", EXAMPLES.resolve(file).toString());
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
  }

  /** Registers the approval with other durations, as a new version. */
  private void registerHasty(String first, String second) throws IOException {
    Path document = directory.resolve("hasty.yaml");
    Files.writeString(
        document,
        Files.readString(EXAMPLES.resolve("approval-registration.yaml"))
            .replace("timeout: 24h", "timeout: " + first)
            .replace("timeout: 4h", "timeout: " + second));
    assertThat(run("register", document.toString()).code()).isZero();
  }

  /** Registers the example so that a carrier who answers has enough time. */
  private void registerQuotes(String southTimeout) throws IOException {
    Path document = directory.resolve("quotes.yaml");
    Files.writeString(
        document,
        Files.readString(EXAMPLES.resolve("aggregator-registration.yaml"))
            .replace(
                "name: askSouth\n        timeout: 5s",
                "name: askSouth\n        timeout: " + southTimeout)
            .replace("timeout: 5s", "timeout: 2m"));
    assertThat(run("register", document.toString()).code()).isZero();
  }

  private void begin(String orchestration, String flow, String payload) {
    CommandResult ran = run("start", orchestration, "--flow-id", flow, "-p", payload);
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  private void beginAndWait(String orchestration, String flow, String payload, String task) {
    begin(orchestration, flow, payload);
    await().atMost(PATIENCE).until(() -> tasks().contains(flow + " " + task));
  }

  private List<String> tasks() {
    JsonNode list = Json.MAPPER.readTree(run("tasks", "-o", "json").out());
    return list.path("tasks")
        .valueStream()
        .map(task -> task.path("flowId").asString("") + ' ' + task.path("step").asString(""))
        .toList();
  }

  private void complete(String flow, String task, String by, String payload) {
    CommandResult ran = run("task", "complete", flow, task, "--on-behalf-of", by, "-p", payload);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith(flow + ": task " + task + " is completed");
  }

  private void expectEnd(String flow, String status, String... standing) {
    expectStatus(flow, status);
    assertThat(STANDING.getOrDefault(flow, Set.of())).containsExactlyInAnyOrder(standing);
  }

  private void expectStatus(String flow, String status) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Json.MAPPER
                    .readTree(run("show", flow, "-o", "json").out())
                    .toString()
                    .contains("\"status\":\"" + status + "\""));
  }

  @Test
  void filledFlowsAreFoundAndRepairedAndADeadLetterIsSentAgain() throws Exception {
    new Filling(
            bootstrap,
            URI.create(url),
            200,
            1,
            new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .run();
    String[] find = {"flows", "--filter=status=PARKED&orchestration=fillOrder", "-o", "name"};
    await().atMost(PATIENCE).until(() -> run(find).out().lines().count() > 2);
    String parked =
        run(find).out().lines().filter(id -> id.startsWith("fill-1-")).findFirst().orElseThrow();
    assertThat(run("why", parked).out()).contains("retry " + parked);
    assertThat(run("retry", parked, "--reason", "repaired").code()).isZero();
    CommandResult ended = run("wait", parked, "--for=end", "--timeout=1m");
    assertThat(ended.out()).containsAnyOf("is COMPLETED", "is UNDONE");

    String[] letters = {"dead-letters", "--topic=orchestrator.execution.start", "-o", "name"};
    await().atMost(PATIENCE).until(() -> run(letters).out().lines().count() >= 3);
    String letter = run(letters).out().lines().findFirst().orElseThrow();
    assertThat(run("dead-letters", "resend", letter, "--dry-run").code()).isEqualTo(1);
    String start = "{\"orchestrationName\":\"fillOrder\",\"payload\":{\"customer\":\"c-1\"}}";
    CommandResult sent =
        run("dead-letters", "resend", letter, "--value", start, "--reason", "it was cut off");
    assertThat(sent.code()).as(sent.err()).isZero();
    await()
        .atMost(PATIENCE)
        .until(() -> run("show", "resent-" + letter).out().contains("IN_PROGRESS"));

    CommandResult doctor = run("doctor", "--redis", "localhost:1");
    assertThat(doctor.out())
        .contains(
            "Broker: " + bootstrap + " answers",
            "Topics: all",
            "Partition counts: 4 in every topic of flows",
            "Redis: nothing answers at localhost:1");
    CommandResult diff =
        run("diff", "-f", EXAMPLES.resolve("document-review-registration.yaml").toString());
    assertThat(diff.out()).as(diff.err()).contains("documentReview: no change; version 1");
  }

  @Test
  void theExamplesRunAlongEachOfTheirPathsAndAreUndone() throws Exception {
    beginAndWait("purchaseApproval", "in-time", PURCHASE, "approval");
    CommandResult own =
        run(
            "task",
            "complete",
            "in-time",
            "approval",
            "--on-behalf-of",
            "eve",
            "-p",
            "{\"approved\":true}");
    assertThat(own.code()).isEqualTo(1);
    assertThat(own.err()).contains("step approval does not accept it");
    CommandResult unfit = run("task", "complete", "in-time", "approval", "-p", "{}");
    assertThat(unfit.err()).contains("does not fit the task's form");
    assertThat(run("task", "assign", "in-time", "approval", "--to", "bob").code()).isZero();
    complete("in-time", "approval", "bob", "{\"approved\":true}");
    expectEnd("in-time", "COMPLETED", "budget", "order");
    assertThat(run("undo", "in-time", "--yes").code()).isZero();
    expectEnd("in-time", "UNDONE");

    beginAndWait("purchaseApproval", "rejected", PURCHASE, "approval");
    complete("rejected", "approval", "ann", "{\"approved\":false}");
    expectEnd("rejected", "UNDONE");

    beginAndWait("purchaseApproval", "cancelled", PURCHASE, "approval");
    assertThat(run("cancel", "cancelled", "--yes").code()).isZero();
    expectEnd("cancelled", "UNDONE");

    registerHasty("100ms", "4h");
    beginAndWait("purchaseApproval", "escalated", PURCHASE, "secondApproval");
    complete("escalated", "secondApproval", "dora", "{\"approved\":true}");
    expectEnd("escalated", "COMPLETED", "budget", "message", "order");

    registerHasty("100ms", "200ms");
    begin("purchaseApproval", "timed-out", PURCHASE);
    expectEnd("timed-out", "UNDONE", "message");

    String document = "{\"title\":\"Handbook\",\"author\":\"eve\",\"reviewers\":[\"ann\"]}";
    beginAndWait("documentReview", "accepted", document, "review");
    complete("accepted", "review", "ann", "{\"verdict\":\"accept\"}");
    expectEnd("accepted", "COMPLETED", "draft", "document", "closed");
    assertThat(run("undo", "accepted", "--yes").code()).isZero();
    expectEnd("accepted", "UNDONE");
    beginAndWait("documentReview", "returned", document, "review");
    complete("returned", "review", "ann", "{\"verdict\":\"return\",\"comment\":\"no index\"}");
    expectEnd("returned", "COMPLETED", "draft", "letter", "closed");
  }

  @Test
  void anOrderTakesOneOfThreeWaysAndIsUndoneAlongIt() {
    String order = "{\"order\":4711,\"amount\":30,\"country\":\"DE\",\"score\":%d}";
    String[] behind = {"writeInvoice", "bookRevenue", "reportRevenue", "updateStock", "closeOrder"};
    begin("orderRouting", "express", order.formatted(800));
    expectRouted("express", "COMPLETED", behind, "shipExpress", "tellCustomer");
    begin("orderRouting", "parcel", order.formatted(400));
    expectRouted("parcel", "COMPLETED", behind, "shipParcel");
    begin("orderRouting", "abroad", order.formatted(400).replace("DE", "FR"));
    expectRouted("abroad", "COMPLETED", behind, "reviewOrder", "shipReviewed");
    begin("orderRouting", "broken", order.formatted(400).replace("DE", "Germany"));
    expectRouted("broken", "UNDONE", new String[0]);

    assertThat(run("undo", "express", "--yes").code()).isZero();
    expectRouted("express", "UNDONE", new String[0], "tellCustomer", "reportRevenue");
  }

  @Test
  void carriersThatFailOrAreLateAreLeftOut() throws Exception {
    begin("carrierQuotes", "all", "{\"order\":4711}");
    expectRouted("all", "COMPLETED", new String[0], "offer");
    assertThat(RoutingWorkers.OFFERED.get("all"))
        .isEqualTo(new RoutingWorkers.Quotes(47110, 47110, 47110));

    begin(
        "carrierQuotes",
        "nobody",
        "{\"order\":1,\"north\":\"fails\",\"south\":\"fails\",\"west\":\"fails\"}");
    expectRouted("nobody", "UNDONE", new String[0]);

    registerQuotes("300ms");
    begin("carrierQuotes", "partial", "{\"order\":4711,\"north\":\"fails\",\"south\":\"late\"}");
    expectRouted("partial", "COMPLETED", new String[0], "offer");
    assertThat(RoutingWorkers.OFFERED.get("partial"))
        .isEqualTo(new RoutingWorkers.Quotes(null, null, 47110));
    RoutingWorkers.LATE.countDown();
  }

  private void expectRouted(String flow, String status, String[] behind, String... standing) {
    expectStatus(flow, status);
    assertThat(RoutingWorkers.STANDING.getOrDefault(flow, Set.of()))
        .containsExactlyInAnyOrder(
            Stream.concat(Stream.of(behind), Stream.of(standing)).toArray(String[]::new));
  }
}
