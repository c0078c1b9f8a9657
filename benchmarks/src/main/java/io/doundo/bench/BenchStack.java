package io.doundo.bench;

import io.doundo.bench.sdk.SdkWorkers;
import io.doundo.examples.ExampleWorkers;
import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.dev.RedisChild;
import io.doundo.launcher.process.Attended;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.Ports;
import io.doundo.launcher.process.Readiness;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.protocol.Topics;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The processes of a run, each a JVM of its own with the whole compiler and a heap that is no
 * bottleneck: one broker, the limit's relay and worker for as long as the run lasts, and the
 * product in one mode after the other. Closing it kills what still runs. Not for several threads.
 */
final class BenchStack implements AutoCloseable {

  private static final List<String> COMMON_JVM =
      List.of("-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Xshare:auto");
  private static final List<String> LARGE_HEAP = List.of("-Xms1g", "-Xmx1g");
  private static final List<String> SMALL_HEAP = List.of("-Xms384m", "-Xmx384m");
  private static final String BROKER_LOG = "-Dlogback.configurationFile=logback-broker.xml";
  private static final String CLIENT_LOG = "-Dlogback.configurationFile=logback-cli.xml";

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
  private static final long LOOK_AGAIN_MS = 50;

  private final BenchSettings settings;
  private final Path data;
  private final ClassPath classPath;
  private final int brokerPort;
  private final int httpPort;
  private final int redisPort;
  private final Map<String, Child> shared = new LinkedHashMap<>();
  private final Map<String, Child> limit = new LinkedHashMap<>();
  private final Map<String, Child> product = new LinkedHashMap<>();

  /** Prepares the processes; nothing runs yet. */
  BenchStack(BenchSettings settings, Path data) throws IOException {
    this.settings = settings;
    this.data = data;
    this.classPath = ClassPath.frozenIn(data.resolve("run"));
    List<Integer> ports = Ports.free(3);
    this.brokerPort = ports.get(0);
    this.httpPort = ports.get(1);
    this.redisPort = ports.get(2);
  }

  String bootstrapServers() {
    return "localhost:" + brokerPort;
  }

  /** Starts the broker and the limit. */
  void start() throws IOException, InterruptedException, ExecutionException {
    shared.put(
        "broker",
        untilLine(
            "broker",
            jvm(LARGE_HEAP, BROKER_LOG),
            classPath,
            DevBroker.class,
            List.of(Integer.toString(brokerPort), data.resolve("kafka").toString()),
            DevBroker.READY));
    try (Admin admin = Clients.admin(bootstrapServers())) {
      admin
          .createTopics(
              LimitTopics.all(settings.served()).stream()
                  .map(topic -> new NewTopic(topic, settings.partitions(), (short) 1))
                  .toList())
          .all()
          .get();
    }
    limit.put(
        "worker",
        plainWorker("limit-worker", LimitTopics.RESPONSE, LimitTopics.commands(settings.served())));
    limit.put(
        "relay",
        untilLine(
            "relay",
            jvm(SMALL_HEAP, CLIENT_LOG),
            classPath,
            Attended.class,
            List.of(Relay.class.getName(), bootstrapServers()),
            Relay.READY));
  }

  /** Starts the product in a mode, with everything registered and served. */
  void startProduct(Mode mode) throws IOException, InterruptedException, ExecutionException {
    product.put("orchestrator", orchestrator(mode));
    Registrations.register(bootstrapServers(), settings.served(), mode);
    if (mode == Mode.FULL) {
      product.put(
          "redis",
          new RedisChild(RedisServerProcess.start(data.resolve("redis"), log("redis"), redisPort)));
      product.put("worker", sdkWorkers());
    } else {
      List<String> commands =
          settings.served().stream()
              .flatMap(scenario -> scenario.hops().stream())
              .distinct()
              .map(hop -> "orchestrator." + hop)
              .toList();
      product.put("worker", plainWorker(mode + "-worker", Topics.RESPONSE, commands));
    }
  }

  void stopProduct() throws InterruptedException {
    List<Child> children = new ArrayList<>(product.values());
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).stop(STOP_LIMIT);
    }
    product.clear();
  }

  /** The processes that take part in a mode, by their roles. */
  Map<String, ProcessHandle> processes(Mode mode) {
    Map<String, ProcessHandle> processes = new LinkedHashMap<>();
    shared.forEach((role, child) -> processes.put(role, child.handle()));
    (mode == Mode.LIMIT ? limit : product)
        .forEach((role, child) -> processes.put(role, child.handle()));
    processes.put("driver", ProcessHandle.current());
    return processes;
  }

  /** Throws, with the end of its log, when one of the processes has ended. */
  void requireAlive() throws IOException, InterruptedException {
    for (Map<String, Child> group : List.of(shared, limit, product)) {
      for (Child child : group.values()) {
        if (!child.isAlive()) {
          throw ended(child);
        }
      }
    }
  }

  @Override
  public void close() {
    for (Map<String, Child> group : List.of(product, limit, shared)) {
      for (Child child : group.values()) {
        child.handle().destroyForcibly();
        child.onExit().join();
      }
    }
  }

  private Child orchestrator(Mode mode) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add(OrchestratorApplication.class.getName());
    arguments.add("--doundo.kafka.bootstrap-servers=" + bootstrapServers());
    arguments.add("--doundo.state-dir=" + data.resolve("streams"));
    arguments.add("--doundo.partitions=" + settings.partitions());
    arguments.add("--server.port=" + httpPort);
    if (mode == Mode.ENGINE) {
      arguments.add("--doundo.audit=off");
    }
    arguments.addAll(settings.orchestratorArguments());
    ClassPath alone =
        classPath.without(RedisServerProcess.class, ExampleWorkers.class, BenchStack.class);
    Child child =
        ChildJvm.start(
            "orchestrator-" + mode,
            jvm(LARGE_HEAP),
            alone.toString(),
            Attended.class,
            arguments,
            log("orchestrator-" + mode),
            line -> {});
    awaitReady(child, new Readiness(httpPort));
    return child;
  }

  private Child sdkWorkers() throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            SdkWorkers.class.getName(),
            SdkWorkers.ORCHESTRATIONS
                + settings.served().stream()
                    .map(scenario -> scenario.orchestration(Mode.FULL))
                    .collect(Collectors.joining(",")),
            "--doundo.worker.bootstrap-servers=" + bootstrapServers(),
            "--doundo.worker.redis=redis://127.0.0.1:" + redisPort);
    return untilLine(
        "sdk-workers",
        jvm(LARGE_HEAP),
        classPath.without(OrchestratorApplication.class, ExampleWorkers.class),
        Attended.class,
        arguments,
        SdkWorkers.READY);
  }

  private Child plainWorker(String name, String responses, List<String> commands)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add(PlainWorker.class.getName());
    arguments.add(bootstrapServers());
    arguments.add(responses);
    arguments.add(Integer.toString(settings.lostFlow()));
    arguments.addAll(commands);
    return untilLine(
        name, jvm(SMALL_HEAP, CLIENT_LOG), classPath, Attended.class, arguments, PlainWorker.READY);
  }

  private static List<String> jvm(List<String> heap, String... more) {
    List<String> options = new ArrayList<>(COMMON_JVM);
    options.addAll(heap);
    options.addAll(List.of(more));
    return options;
  }

  /** A JVM that is ready when it has printed a line. */
  private Child untilLine(
      String name,
      List<String> options,
      ClassPath classes,
      Class<?> mainClass,
      List<String> arguments,
      String readyLine)
      throws IOException, InterruptedException {
    AtomicBoolean ready = new AtomicBoolean();
    Child child =
        ChildJvm.start(
            name,
            options,
            classes.toString(),
            mainClass,
            arguments,
            log(name),
            line -> ready.compareAndSet(false, line.equals(readyLine)));
    awaitReady(child, ready::get);
    return child;
  }

  private static void awaitReady(Child child, BooleanSupplier ready)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!ready.getAsBoolean()) {
      if (!child.isAlive()) {
        throw ended(child);
      }
      if (System.nanoTime() > end) {
        child.kill();
        throw new IOException(
            "%s is not ready after %d s".formatted(child.name(), READY_LIMIT.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
  }

  private static IOException ended(Child child) throws IOException, InterruptedException {
    return new IOException(
        "%s %s; the end of its log:%n%s"
            .formatted(child.name(), child.ending(), String.join("\n", child.tail())));
  }

  private Path log(String name) {
    return data.resolve("logs").resolve(name + ".log");
  }
}
