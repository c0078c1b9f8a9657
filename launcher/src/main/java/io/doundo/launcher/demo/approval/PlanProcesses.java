package io.doundo.launcher.demo.approval;

import io.doundo.launcher.demo.DemoEnvironment;
import io.doundo.launcher.demo.DemoFailure;
import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.launcher.process.PortOwner;
import io.doundo.launcher.process.Ports;
import io.doundo.launcher.process.Readiness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The example's own processes: Postgres, the FHIR store, the workers and the façade. Each runs on
 * the class path of its module, which the build has put together: their libraries do not fit into
 * one JVM. Used by one thread.
 */
final class PlanProcesses {

  private static final String POSTGRES = "io.doundo.plans.postgres.PostgresServer";
  private static final String FHIR_STORE = "io.doundo.fhirstore.FhirStore";
  private static final String WORKERS = "io.doundo.plans.worker.PlanWorkers";
  private static final String FACADE = "io.doundo.plans.facade.PlanFacade";

  private final Path home;
  private final DevPlan plan;
  private final PlanPorts ports;
  private final String key;
  private final DemoEnvironment environment;
  private @Nullable ClassPath example;
  private @Nullable ClassPath store;
  private @Nullable Child fhirStore;
  private @Nullable Child workers;

  /**
   * Prepares to start them.
   *
   * @param home the directory of the project
   * @param key the façade accepts this key alone
   */
  PlanProcesses(Path home, DevPlan plan, PlanPorts ports, String key, DemoEnvironment environment) {
    this.home = home;
    this.plan = plan;
    this.ports = ports;
    this.key = key;
    this.environment = environment;
  }

  Path logs() {
    return plan.logs();
  }

  URI pageUrl() {
    return ports.pageUrl();
  }

  String key() {
    return key;
  }

  /** Refuses at once what would fail minutes later. */
  void requireStartable() throws DemoFailure, IOException {
    jars("example-plan-approval", "doundo-example-plan-approval-");
    jars("example-plan-approval/fhir-store", "doundo-example-fhir-store-");
    if (!Ports.isFree(ports.page())) {
      throw new DemoFailure(
          "Port %d, needed for the example's page, is in use%s. Choose another port: doundo demo plan-approval --page-port %d"
              .formatted(
                  ports.page(),
                  PortOwner.of(ports.page())
                      .map(owner -> " by " + owner)
                      .orElse(" by another process"),
                  ports.page() + 100));
    }
  }

  void start() throws DemoFailure, IOException, InterruptedException {
    Path frozen = environment.runDirectory();
    ClassPath launcher = ClassPath.frozenIn(frozen.resolve("launcher")).only(ChildMain.class);
    example =
        launcher.and(
            ClassPath.frozenIn(
                frozen.resolve("plans"),
                jars("example-plan-approval", "doundo-example-plan-approval-")));
    store =
        launcher.and(
            ClassPath.frozenIn(
                frozen.resolve("fhir"),
                jars("example-plan-approval/fhir-store", "doundo-example-fhir-store-")));
    startPostgres();
    startFhirStore();
    startWorkers();
    startFacade();
  }

  private void startPostgres() throws DemoFailure, IOException, InterruptedException {
    startUntilSaid(
        new Program(
            "Postgres",
            "plan-postgres",
            "96m",
            example,
            List.of(
                POSTGRES,
                plan.data().resolve("plan-approval").resolve("postgres").toString(),
                Integer.toString(ports.postgres()))),
        "Postgres ready on ");
  }

  void startFhirStore() throws DemoFailure, IOException, InterruptedException {
    fhirStore =
        startUntilSaid(
            new Program(
                "FHIR store",
                "plan-fhir-store",
                "256m",
                store,
                List.of(FHIR_STORE, Integer.toString(ports.fhir()), ports.database("fhir"))),
            "FHIR store ready on ");
  }

  void startWorkers() throws DemoFailure, IOException, InterruptedException {
    workers =
        startUntilReady(
            "Plan workers",
            "plan-workers",
            ports.workers(),
            List.of(
                WORKERS,
                "--doundo.worker.bootstrap-servers=" + plan.bootstrapServers(),
                "--doundo.worker.redis=" + plan.redis(),
                // Of a worker that was killed: how long others leave alone what it had begun.
                "--doundo.worker.lease=3s",
                "--doundo.worker.kafka.heartbeat.interval.ms=500",
                "--doundo.worker.kafka.session.timeout.ms=6000"));
  }

  private void startFacade() throws DemoFailure, IOException, InterruptedException {
    startUntilReady(
        "Façade",
        "plan-facade",
        ports.page(),
        List.of(
            FACADE,
            "--plan-approval.orchestrator.url=" + plan.url(),
            "--plan-approval.api-keys[0].key=" + key));
  }

  /** Ends the FHIR store as {@code kill -9} does. */
  void killFhirStore() throws InterruptedException {
    kill(fhirStore);
  }

  /** Ends the workers as {@code kill -9} does. */
  void killWorkers() throws InterruptedException {
    kill(workers);
  }

  private static void kill(@Nullable Child child) throws InterruptedException {
    if (child == null) {
      throw new IllegalStateException("it was not started");
    }
    child.kill();
  }

  /**
   * A program to start.
   *
   * @param name of its log file
   * @param command its main class and its arguments
   */
  private record Program(
      String title,
      String name,
      String heap,
      @Nullable ClassPath classPath,
      List<String> command) {}

  private Child startUntilSaid(Program program, String ready)
      throws DemoFailure, IOException, InterruptedException {
    AtomicBoolean said = new AtomicBoolean();
    return start(
        program,
        line -> {
          if (line.contains(ready)) {
            said.set(true);
          }
        },
        said::get);
  }

  private Child startUntilReady(String title, String name, int port, List<String> command)
      throws DemoFailure, IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.add("--server.port=" + port);
    all.add("--plan-approval.drafts.url=" + ports.database("drafts"));
    all.add("--plan-approval.fhir.url=" + ports.fhirStore());
    return start(new Program(title, name, "192m", example, all), line -> {}, new Readiness(port));
  }

  private Child start(Program program, Consumer<String> listener, BooleanSupplier ready)
      throws DemoFailure, IOException, InterruptedException {
    return environment.start(
        program.title(),
        () ->
            ChildJvm.start(
                program.name(),
                JvmOptions.ofService(program.heap()),
                String.valueOf(program.classPath()),
                ChildMain.class,
                program.command(),
                plan.logFile(program.name()),
                listener),
        ready);
  }

  /** What the build has put together for a module. */
  private List<Path> jars(String module, String own) throws DemoFailure, IOException {
    Path target = home.resolve(module).resolve("target");
    List<Path> jars = new ArrayList<>();
    for (Path directory : List.of(target, target.resolve("lib"))) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .filter(
                  file ->
                      !directory.equals(target) || file.getFileName().toString().startsWith(own))
              .sorted()
              .forEach(jars::add);
        }
      }
    }
    if (jars.size() < 2) {
      throw new DemoFailure(
          "The example %s is not built: there are no jars in %s. Run ./doundo demo plan-approval, which builds it."
              .formatted(module, target.toAbsolutePath().normalize()));
    }
    return jars;
  }
}
