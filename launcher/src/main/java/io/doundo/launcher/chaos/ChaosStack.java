package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doundo.examples.ExampleWorkers;
import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.chaos.StackProcess.Launched;
import io.doundo.launcher.dev.RedisChild;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.Ports;
import io.doundo.launcher.process.Readiness;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Brokers, a Redis, orchestrators and workers, each in its own process on free ports, with its log
 * and data in a directory. Closing it kills what still runs.
 */
final class ChaosStack implements AutoCloseable {

  private static final String BROKER_HEAP = "320m";
  private final Path data;
  private final ClassPath classPath;
  private final Path documents;
  private final int redisPort;
  private final List<Integer> brokerPorts;
  private final List<Integer> apiPorts;
  private final List<String> orchestratorArguments;
  private final List<StackProcess> brokers = new ArrayList<>();
  private final List<StackProcess> orchestrators = new ArrayList<>();
  private final List<StackProcess> workers = new ArrayList<>();
  private final StackProcess redis;
  private final AtomicReference<@Nullable RedisServerProcess> redisServer = new AtomicReference<>();

  /**
   * Prepares the processes; nothing runs yet.
   *
   * @param data absolute
   */
  ChaosStack(ChaosSettings settings, Path data) throws IOException {
    this(settings, data, List.of());
  }

  /**
   * Prepares the processes; nothing runs yet.
   *
   * @param data absolute
   * @param orchestratorArguments further ones of each orchestrator
   */
  ChaosStack(ChaosSettings settings, Path data, List<String> orchestratorArguments)
      throws IOException {
    this(
        settings,
        data,
        number -> Optional.ofNullable(settings.lease()),
        List.copyOf(orchestratorArguments));
  }

  /**
   * Prepares the processes; nothing runs yet.
   *
   * @param data absolute
   * @param leases of each worker, by its number from 1; empty for the one that the SDK has by
   *     default
   */
  ChaosStack(ChaosSettings settings, Path data, IntFunction<Optional<Duration>> leases)
      throws IOException {
    this(settings, data, leases, List.of());
  }

  private ChaosStack(
      ChaosSettings settings,
      Path data,
      IntFunction<Optional<Duration>> leases,
      List<String> orchestratorArguments)
      throws IOException {
    this.data = data;
    this.orchestratorArguments = orchestratorArguments;
    this.classPath = ClassPath.frozenIn(data.resolve("run"));
    this.documents = data.resolve("documents");
    ChaosOrchestrations.write(documents, settings.attempts());
    List<Integer> ports = Ports.free(2 * settings.brokers() + 1 + settings.orchestrators());
    this.brokerPorts = ports.subList(0, settings.brokers());
    List<Integer> controllers = ports.subList(settings.brokers(), 2 * settings.brokers());
    this.redisPort = ports.get(2 * settings.brokers());
    this.apiPorts = ports.subList(2 * settings.brokers() + 1, ports.size());
    this.redis = new StackProcess("redis", this::startRedis);
    String cluster = Uuid.randomUuid().toString();
    for (int i = 0; i < settings.brokers(); i++) {
      brokers.add(broker(i + 1, cluster, controllers));
    }
    for (int i = 0; i < settings.orchestrators(); i++) {
      orchestrators.add(orchestrator(i + 1, apiPorts.get(i)));
    }
    for (int i = 0; i < settings.workers(); i++) {
      workers.add(worker(i + 1, leases.apply(i + 1)));
    }
  }

  /** Starts everything and waits until all of it is ready. */
  void start() throws InterruptedException {
    launch(Stream.concat(brokers.stream(), Stream.of(redis)).toList());
    launch(Stream.concat(orchestrators.stream(), workers.stream()).toList());
  }

  private static void launch(List<StackProcess> processes) throws InterruptedException {
    processes.forEach(StackProcess::launch);
    for (StackProcess process : processes) {
      process.awaitReady();
    }
  }

  List<StackProcess> brokers() {
    return brokers;
  }

  List<StackProcess> orchestrators() {
    return orchestrators;
  }

  List<StackProcess> workers() {
    return workers;
  }

  StackProcess redis() {
    return redis;
  }

  List<StackProcess> all() {
    return Stream.of(brokers, List.of(redis), orchestrators, workers)
        .flatMap(List::stream)
        .toList();
  }

  String bootstrapServers() {
    return brokerPorts.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
  }

  /** The port of the first orchestrator's API. */
  int apiPort() {
    return apiPorts.get(0);
  }

  /** The outside world of the workers. */
  Path exampleStore() {
    return data.resolve("examples").resolve("store.db");
  }

  /** {@code kill -9} of Redis, and a start without what it knew. */
  void emptyRedis(Duration length) throws IOException, InterruptedException {
    redis.killFor(length, () -> Objects.requireNonNull(redisServer.get()).deleteData());
  }

  /**
   * {@code FLUSHALL}.
   *
   * @return false when Redis is down
   */
  boolean flushRedis() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(US_ASCII));
      String reply = new String(socket.getInputStream().readNBytes(5), US_ASCII);
      if (!reply.equals("+OK\r\n")) {
        throw new IOException("Redis answered FLUSHALL with " + reply);
      }
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  @Override
  public void close() {
    List<StackProcess> all = new ArrayList<>(all());
    Collections.reverse(all);
    all.forEach(StackProcess::end);
  }

  private StackProcess broker(int id, String cluster, List<Integer> controllers) {
    String name = "broker-" + id;
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(brokerPorts.get(id - 1)));
    arguments.add(data.resolve("kafka-" + id).toString());
    arguments.add(Integer.toString(id));
    arguments.add(cluster);
    controllers.forEach(port -> arguments.add(port.toString()));
    return new StackProcess(
        name,
        () ->
            untilLine(
                name,
                JvmOptions.ofBroker(BROKER_HEAP),
                classPath,
                DevBroker.class,
                arguments,
                DevBroker.READY));
  }

  private StackProcess orchestrator(int number, int httpPort) throws IOException {
    String name = "orchestrator-" + number;
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            OrchestratorApplication.class.getName(),
            "--doundo.kafka.bootstrap-servers=" + bootstrapServers(),
            "--doundo.state-dir=" + data.resolve("streams-" + number),
            "--doundo.advertised-address=localhost:" + httpPort,
            "--server.port=" + httpPort));
    arguments.addAll(orchestratorArguments);
    ClassPath withoutWorkers = classPath.without(ExampleWorkers.class);
    Readiness readiness = new Readiness(httpPort);
    return new StackProcess(
        name,
        () ->
            new Launched(
                ChildJvm.start(
                    name,
                    JvmOptions.ofOrchestrator(),
                    withoutWorkers.toString(),
                    ChildMain.class,
                    arguments,
                    log(name),
                    line -> {}),
                readiness));
  }

  private StackProcess worker(int number, Optional<Duration> lease) throws IOException {
    String name = "worker-" + number;
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            ExampleWorkers.class.getName(),
            "--doundo.worker.bootstrap-servers=" + bootstrapServers(),
            "--doundo.worker.redis=redis://127.0.0.1:" + redisPort,
            // A dead worker's partitions are given to another one when its session has ended.
            "--doundo.worker.kafka.session.timeout.ms=6000",
            "--doundo.worker.kafka.heartbeat.interval.ms=1500",
            "--doundo.worker.registrations=file:" + documents + "/*.yaml",
            "--spring.kafka.consumer.properties.session.timeout.ms=6000",
            "--spring.kafka.consumer.properties.heartbeat.interval.ms=1500",
            "--doundo.examples.store=" + exampleStore(),
            "--doundo.examples.instance=" + name,
            "--doundo.examples.crashes=true"));
    lease.ifPresent(length -> arguments.add("--doundo.worker.lease=" + length.toMillis() + "ms"));
    ClassPath withoutOrchestrator = classPath.without(OrchestratorApplication.class);
    return new StackProcess(
        name,
        () ->
            untilLine(
                name,
                JvmOptions.ofWorkers(),
                withoutOrchestrator,
                ChildMain.class,
                arguments,
                ExampleWorkers.READY));
  }

  private Launched startRedis() throws IOException {
    RedisServerProcess server =
        RedisServerProcess.start(data.resolve("redis"), log("redis"), redisPort);
    redisServer.set(server);
    return new Launched(new RedisChild(server), () -> true);
  }

  /** A JVM that is ready when it has printed a line that begins so. */
  private Launched untilLine(
      String name,
      List<String> options,
      ClassPath classes,
      Class<?> mainClass,
      List<String> arguments,
      String beginning)
      throws IOException {
    AtomicBoolean ready = new AtomicBoolean();
    return new Launched(
        ChildJvm.start(
            name,
            options,
            classes.toString(),
            mainClass,
            arguments,
            log(name),
            line -> ready.compareAndSet(false, line.startsWith(beginning))),
        ready::get);
  }

  private Path log(String name) {
    return data.resolve("logs").resolve(name + ".log");
  }
}
