package io.doundo.bench.stack;

import io.doundo.bench.flow.BenchClients;
import io.doundo.bench.flow.EchoWorker;
import io.doundo.bench.flow.LimitTopics;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Relay;
import io.doundo.bench.flow.ScenarioRegistration;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.ProcessStarter;
import io.doundo.bench.process.ProductClasses;
import io.doundo.bench.sdk.SdkWorkers;
import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.dev.RedisChild;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.Ports;
import io.doundo.protocol.Topics;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/**
 * The processes of a run: one broker or three, the limit's relay and worker for as long as the run
 * lasts, and the product in one mode after the other. Closing it kills what still runs. Not for
 * several threads.
 */
public final class BenchStack implements AutoCloseable {

  private static final String REDIS = "redis";
  private static final String LARGE_HEAP = "1g";
  private static final String SMALL_HEAP = "384m";
  private static final String BROKER_LOG = "-Dlogback.configurationFile=logback-broker.xml";
  private static final String CLIENT_LOG = "-Dlogback.configurationFile=logback-cli.xml";

  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);

  private final BenchSettings settings;
  private final Path data;
  private final ProcessStarter processes;
  private final ProductClasses product;
  private final List<Integer> brokerPorts;
  private final List<Integer> controllerPorts;
  private final int redisPort;
  private final Orchestrators orchestrators;
  private final Map<String, Child> shared = new LinkedHashMap<>();
  private final Map<String, Child> limit = new LinkedHashMap<>();
  private final Map<String, Child> servers = new LinkedHashMap<>();

  /** Prepares the processes, the product's of this build; nothing runs yet. */
  public BenchStack(BenchSettings settings, Path data) throws IOException {
    this(settings, data, Build.current());
  }

  /**
   * Prepares the processes; nothing runs yet.
   *
   * @param build what the product's processes run; all others are this build's
   */
  public BenchStack(BenchSettings settings, Path data, Build build) throws IOException {
    this.settings = settings;
    this.data = data;
    this.processes = new ProcessStarter(data);
    this.product = build.classes(processes.classPath(), data.resolve("build"));
    int brokers = settings.scale().brokers();
    List<Integer> ports = Ports.free(2 * brokers + 1 + settings.scale().instances());
    this.brokerPorts = ports.subList(0, brokers);
    this.controllerPorts = ports.subList(brokers, 2 * brokers);
    this.redisPort = ports.get(2 * brokers);
    this.orchestrators =
        new Orchestrators(
            settings,
            processes,
            product.orchestrator(),
            bootstrapServers(),
            data,
            ports.subList(2 * brokers + 1, ports.size()));
  }

  public String bootstrapServers() {
    return brokerPorts.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
  }

  public Orchestrators orchestrators() {
    return orchestrators;
  }

  /** Starts the brokers and the limit. */
  public void start() throws IOException, InterruptedException, ExecutionException {
    startBrokers();
    try (Admin admin = BenchClients.admin(bootstrapServers())) {
      admin
          .createTopics(
              LimitTopics.all(settings.served()).stream()
                  .map(
                      topic ->
                          new NewTopic(
                              topic,
                              settings.scale().partitions(),
                              (short) settings.scale().brokers()))
                  .toList())
          .all()
          .get();
    }
    ProcessStarter.StartedProcess worker =
        plainWorker("limit-worker", LimitTopics.RESPONSE, LimitTopics.commands(settings.served()));
    limit.put("worker", worker.child());
    ProcessStarter.StartedProcess relay =
        processes.untilLine(
            "relay",
            ProcessStarter.jvm(SMALL_HEAP, CLIENT_LOG),
            processes.classPath(),
            ChildMain.class,
            List.of(Relay.class.getName(), bootstrapServers()),
            Relay.READY);
    limit.put("relay", relay.child());
    worker.awaitReady();
    relay.awaitReady();
  }

  /** Starts the product in a mode, with everything registered and served. */
  public void startProduct(Mode mode) throws IOException, InterruptedException, ExecutionException {
    orchestrators.start(mode);
    ScenarioRegistration.register(bootstrapServers(), settings.served(), mode);
    if (mode.hasPlainWorkers()) {
      List<String> commands =
          settings.served().stream()
              .flatMap(scenario -> scenario.commandTopics(mode).stream())
              .distinct()
              .toList();
      servers.put("worker", plainWorker(mode + "-worker", Topics.RESPONSE, commands).awaitReady());
    } else {
      servers.put(
          REDIS,
          new RedisChild(
              RedisServerProcess.start(data.resolve("redis"), processes.log("redis"), redisPort)));
      servers.put("worker", sdkWorkers());
    }
  }

  public void stopProduct() throws InterruptedException {
    List<Child> children = new ArrayList<>(servers.values());
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).stop(STOP_LIMIT);
    }
    servers.clear();
    orchestrators.stop();
  }

  /** The process that serves the product's steps. */
  public ProcessHandle worker() {
    return Objects.requireNonNull(servers.get("worker")).handle();
  }

  /** The processes that take part in a mode, by their roles. */
  public Map<String, ProcessHandle> processes(Mode mode) {
    Map<String, ProcessHandle> handles = new LinkedHashMap<>();
    List<Map<String, Child>> groups =
        mode == Mode.LIMIT
            ? List.of(shared, limit)
            : List.of(shared, orchestrators.running(), servers);
    groups.forEach(group -> group.forEach((role, child) -> handles.put(role, child.handle())));
    handles.put(CpuClock.DRIVER, ProcessHandle.current());
    return handles;
  }

  /** Those of them that are JVMs, without this one. */
  public Map<String, ProcessHandle> jvms(Mode mode) {
    Map<String, ProcessHandle> jvms = processes(mode);
    jvms.keySet().removeAll(List.of(REDIS, CpuClock.DRIVER));
    return jvms;
  }

  /** The port of the Redis that the fence is kept in; empty in a mode without one. */
  public OptionalInt redisPort(Mode mode) {
    return processes(mode).containsKey(REDIS) ? OptionalInt.of(redisPort) : OptionalInt.empty();
  }

  /** Where brokers, orchestrators and Redis keep what has to survive them. */
  public List<Path> dataDirectories() {
    List<Path> directories = new ArrayList<>(orchestrators.stateDirectories());
    for (int i = 0; i < brokerPorts.size(); i++) {
      directories.add(data.resolve(Orchestrators.numbered("kafka", i)));
    }
    directories.add(data.resolve("redis"));
    return directories;
  }

  /** Throws, with the end of its log, when one of the processes has ended. */
  public void requireAlive() throws IOException, InterruptedException {
    for (Child child : all()) {
      ProcessStarter.requireAlive(child);
    }
  }

  @Override
  public void close() {
    for (Child child : all()) {
      child.handle().destroyForcibly();
      child.onExit().join();
    }
  }

  private List<Child> all() {
    return Stream.of(servers, orchestrators.running(), limit, shared)
        .flatMap(group -> group.values().stream())
        .toList();
  }

  /** Starts the brokers alone. One that is alone finds its controller's port itself. */
  public void startBrokers() throws IOException, InterruptedException {
    String cluster = Uuid.randomUuid().toString();
    List<ProcessStarter.StartedProcess> started = new ArrayList<>();
    for (int i = 0; i < brokerPorts.size(); i++) {
      String name = Orchestrators.numbered("broker", i);
      List<String> arguments = new ArrayList<>();
      arguments.add(brokerPorts.get(i).toString());
      arguments.add(data.resolve(Orchestrators.numbered("kafka", i)).toString());
      if (brokerPorts.size() > 1) {
        arguments.add(Integer.toString(i + 1));
        arguments.add(cluster);
        controllerPorts.forEach(port -> arguments.add(port.toString()));
      }
      ProcessStarter.StartedProcess broker =
          processes.untilLine(
              name,
              ProcessStarter.jvm(LARGE_HEAP, BROKER_LOG),
              processes.classPath(),
              DevBroker.class,
              arguments,
              DevBroker.READY);
      shared.put(name, broker.child());
      started.add(broker);
    }
    for (ProcessStarter.StartedProcess broker : started) {
      broker.awaitReady();
    }
  }

  private Child sdkWorkers() throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                SdkWorkers.class.getName(),
                SdkWorkers.ORCHESTRATIONS
                    + settings.served().stream()
                        .map(scenario -> scenario.orchestration(Mode.FULL))
                        .collect(Collectors.joining(",")),
                "--doundo.worker.bootstrap-servers=" + bootstrapServers(),
                "--doundo.worker.redis=redis://127.0.0.1:" + redisPort));
    arguments.addAll(settings.scale().workerArguments());
    return processes
        .untilLine(
            "sdk-workers",
            ProcessStarter.jvm(LARGE_HEAP),
            product.sdkWorkers(),
            ChildMain.class,
            arguments,
            SdkWorkers.READY)
        .awaitReady();
  }

  private ProcessStarter.StartedProcess plainWorker(
      String name, String responses, List<String> commands) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(EchoWorker.class.getName());
    arguments.add(bootstrapServers());
    arguments.add(responses);
    arguments.add(Integer.toString(settings.lostFlow()));
    arguments.addAll(commands);
    return processes.untilLine(
        name,
        ProcessStarter.jvm(SMALL_HEAP, CLIENT_LOG),
        processes.classPath(),
        ChildMain.class,
        arguments,
        EchoWorker.READY);
  }
}
