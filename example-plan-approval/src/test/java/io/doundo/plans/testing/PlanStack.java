package io.doundo.plans.testing;

import io.doundo.examples.ExampleWorkers;
import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.dev.RedisChild;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.Ports;
import io.doundo.launcher.process.Readiness;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.plans.facade.PlanFacade;
import io.doundo.plans.postgres.PostgresServer;
import io.doundo.plans.worker.PlanWorkers;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole installation: broker, Redis, orchestrator, Postgres, FHIR store, workers and façade,
 * each in a process of its own. Started once for all tests of a JVM, and ended with it.
 */
public final class PlanStack {

  private static final String KEY = "test-key-of-the-portal";
  private static final String ANNS_KEY = "test-key-of-ann-alone";
  private static final String FHIR_STORE = "io.doundo.fhirstore.FhirStore";
  private static @Nullable PlanStack shared;

  private final Path data;
  private final List<Integer> ports;
  private final CuttingProxy fhirProxy;
  private final ClassPath everything;
  private final String ours;
  private final String fhirs;
  private final Map<String, StackProcess> processes = new LinkedHashMap<>();

  private PlanStack(Path data) throws IOException {
    this.data = data;
    this.ports = Ports.free(7);
    this.fhirProxy = new CuttingProxy(port("fhirStore"));
    this.everything = ClassPath.frozenIn(data.resolve("classes"));
    String starter = everything.only(ChildMain.class).toString();
    Path module = Path.of("").toAbsolutePath();
    this.ours = starter + File.pathSeparator + built(module);
    this.fhirs = starter + File.pathSeparator + built(module.resolve("fhir-store"));
    add("broker", this::broker);
    add("redis", this::redis);
    add("postgres", this::postgres);
    add("orchestrator", this::orchestrator);
    add("fhirStore", this::fhirStore);
    add("workers", this::workers);
    add("facade", this::facade);
  }

  /** The installation of this JVM, running. */
  public static synchronized PlanStack shared() {
    if (shared == null) {
      try {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        PlanStack stack = new PlanStack(Files.createTempDirectory(target, "stack-"));
        Runtime.getRuntime().addShutdownHook(new Thread(stack::stop, "stop-stack"));
        stack.start();
        shared = stack;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  public URI facadeUrl() {
    return URI.create("http://localhost:" + port("facade"));
  }

  /** The key of an application that speaks for everybody. */
  public String key() {
    return KEY;
  }

  /** The key of ann. */
  public String annsKey() {
    return ANNS_KEY;
  }

  public URI fhirUrl() {
    return URI.create("http://localhost:" + port("fhirStore") + "/fhir");
  }

  public URI orchestratorUrl() {
    return URI.create("http://localhost:" + port("orchestrator"));
  }

  /** Of the workers' meters. */
  public URI workersUrl() {
    return URI.create("http://localhost:" + port("workers"));
  }

  public StackProcess process(String name) {
    return Objects.requireNonNull(processes.get(name), name);
  }

  /** The names of all processes. */
  public List<String> names() {
    return List.copyOf(processes.keySet());
  }

  /** Keeps the next write of a plan on its way to the FHIR store. */
  public CuttingProxy.HeldWrite holdNextWrite(String planId) {
    return fhirProxy.hold(planId);
  }

  /** Starts what is not running, and waits until all serve. */
  public void startMissing() {
    processes.values().stream().filter(process -> !process.isAlive()).forEach(StackProcess::begin);
    processes.values().forEach(StackProcess::awaitReady);
  }

  /** Kills the FHIR store in the moment when it has written, before it has answered. */
  public void killStoreAtNextWrite(Runnable then) {
    fhirProxy.loseNextAnswer(
        () -> {
          process("fhirStore").kill();
          then.run();
        });
  }

  private void start() {
    processes.values().forEach(StackProcess::begin);
    processes.values().forEach(StackProcess::awaitReady);
  }

  private void stop() {
    List<StackProcess> all = new ArrayList<>(processes.values());
    Collections.reverse(all);
    all.forEach(StackProcess::stop);
  }

  private void add(String name, StackProcess.Launch launch) {
    Runnable afterKill = name.equals("postgres") ? this::killPostmaster : () -> {};
    processes.put(name, new StackProcess(name, launch, afterKill));
  }

  private int port(String name) {
    return ports.get(
        List.of("broker", "redis", "postgres", "orchestrator", "fhirStore", "workers", "facade")
            .indexOf(name));
  }

  /** The classes of a module and the libraries that its build has put beside them. */
  private static String built(Path module) {
    Path libraries = module.resolve("target").resolve("lib");
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          libraries + " is missing: package the module first, as ./mvnw verify does");
    }
    return module.resolve("target").resolve("classes") + File.pathSeparator + libraries + "/*";
  }

  private StackProcess.Started broker() throws IOException {
    return untilLine(
        "broker",
        everything.toString(),
        List.of(
            DevBroker.class.getName(),
            Integer.toString(port("broker")),
            data.resolve("kafka").toString()),
        DevBroker.READY);
  }

  private StackProcess.Started redis() throws IOException {
    RedisServerProcess server =
        RedisServerProcess.start(data.resolve("redis"), log("redis"), port("redis"));
    return new StackProcess.Started(new RedisChild(server), () -> true);
  }

  private StackProcess.Started postgres() throws IOException {
    return untilLine(
        "postgres",
        ours,
        List.of(
            PostgresServer.class.getName(),
            data.resolve("postgres").toString(),
            Integer.toString(port("postgres"))),
        PostgresServer.READY);
  }

  /** The JVM that was killed has left the server running. */
  private void killPostmaster() {
    try {
      Path file = data.resolve("postgres").resolve("data").resolve("postmaster.pid");
      long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StackProcess.Started orchestrator() throws IOException {
    // With a database on its class path, Spring Boot would want one for it.
    ClassPath own =
        everything
            .without(ExampleWorkers.class, PlanFacade.class)
            .withoutFiles("spring-boot-jdbc", "HikariCP");
    List<String> arguments =
        List.of(
            OrchestratorApplication.class.getName(),
            "--doundo.kafka.bootstrap-servers=localhost:" + port("broker"),
            "--doundo.state-dir=" + data.resolve("streams"),
            "--doundo.api.secret=0123456789abcdef0123456789abcdef",
            "--server.port=" + port("orchestrator"));
    List<String> options = new ArrayList<>(JvmOptions.ofOrchestrator());
    options.add("-XX:TieredStopAtLevel=1");
    return new StackProcess.Started(
        child("orchestrator", options, own.toString(), arguments, line -> {}),
        new Readiness(port("orchestrator")));
  }

  private StackProcess.Started fhirStore() throws IOException {
    return untilLine(
        "fhirStore",
        fhirs,
        List.of(FHIR_STORE, Integer.toString(port("fhirStore")), jdbc("fhir")),
        "FHIR store ready on ");
  }

  private StackProcess.Started workers() throws IOException {
    List<String> arguments =
        List.of(
            PlanWorkers.class.getName(),
            "--server.port=" + port("workers"),
            "--doundo.worker.bootstrap-servers=localhost:" + port("broker"),
            "--doundo.worker.redis=redis://127.0.0.1:" + port("redis"),
            // What a killed worker has begun is taken over soon.
            "--doundo.worker.lease=2s",
            "--doundo.worker.kafka.session.timeout.ms=6000",
            "--doundo.worker.kafka.heartbeat.interval.ms=500",
            "--plan-approval.drafts.url=" + jdbc("drafts"),
            "--plan-approval.fhir.url=http://localhost:" + fhirProxy.port() + "/fhir");
    return new StackProcess.Started(
        child("workers", JvmOptions.ofWorkers(), ours, arguments, line -> {}),
        new Readiness(port("workers")));
  }

  private StackProcess.Started facade() throws IOException {
    List<String> arguments =
        List.of(
            PlanFacade.class.getName(),
            "--server.port=" + port("facade"),
            "--plan-approval.api-keys[0].key=" + KEY,
            "--plan-approval.api-keys[1].key=" + ANNS_KEY,
            "--plan-approval.api-keys[1].user=ann",
            "--plan-approval.drafts.url=" + jdbc("drafts"),
            "--plan-approval.fhir.url=" + fhirUrl(),
            "--plan-approval.orchestrator.url=" + orchestratorUrl());
    return new StackProcess.Started(
        child("facade", JvmOptions.ofWorkers(), ours, arguments, line -> {}),
        new Readiness(port("facade")));
  }

  private String jdbc(String database) {
    return "jdbc:postgresql://localhost:" + port("postgres") + '/' + database + "?user=postgres";
  }

  private StackProcess.Started untilLine(
      String name, String classPath, List<String> arguments, String beginning) throws IOException {
    AtomicBoolean ready = new AtomicBoolean();
    List<String> options =
        name.equals("broker") ? JvmOptions.ofBroker("256m") : JvmOptions.ofWorkers();
    return new StackProcess.Started(
        child(
            name,
            options,
            classPath,
            arguments,
            line -> ready.compareAndSet(false, line.startsWith(beginning))),
        ready::get);
  }

  private ChildJvm child(
      String name,
      List<String> options,
      String classPath,
      List<String> arguments,
      Consumer<String> lines)
      throws IOException {
    return ChildJvm.start(name, options, classPath, ChildMain.class, arguments, log(name), lines);
  }

  private Path log(String name) {
    return data.resolve("logs").resolve(name + ".log");
  }
}
