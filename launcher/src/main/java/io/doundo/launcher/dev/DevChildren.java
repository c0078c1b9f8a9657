package io.doundo.launcher.dev;

import io.doundo.examples.ExampleWorkers;
import io.doundo.launcher.broker.DevBroker;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.JvmOptions;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The processes of a development installation: how each is started, and when it is ready. */
public final class DevChildren {

  private static final String BROKER_HEAP = "256m";

  /**
   * How long a stop waits for requests, calls and handlers that run: whoever presses Ctrl-C waits
   * for it, and what is interrupted is repeated after the next start. Settings on the command line
   * win.
   */
  private static final String STOP_PATIENCE = "3s";

  private final DevPlan plan;
  private final Consumer<String> warnings;
  private final ClassPath classPath;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private volatile boolean brokerReady;

  /**
   * Prepares to start them.
   *
   * @param run where the class path of the children is kept for as long as they run
   * @param warnings receives the parts of the children's logs that the operator should see
   */
  public DevChildren(DevPlan plan, Path run, Consumer<String> warnings) throws IOException {
    this.plan = plan;
    this.warnings = warnings;
    this.classPath = ClassPath.frozenIn(run);
  }

  public Child.Starter broker() {
    return () ->
        ChildJvm.start(
            "broker",
            JvmOptions.ofBroker(BROKER_HEAP),
            classPath.toString(),
            DevBroker.class,
            List.of(Integer.toString(plan.kafkaPort()), plan.data().resolve("kafka").toString()),
            plan.logFile("broker"),
            line -> brokerReady = brokerReady || line.equals(DevBroker.READY));
  }

  /** Ready once it is started. */
  public Child.Starter redis() {
    return () ->
        new RedisChild(
            RedisServerProcess.start(
                plan.data().resolve("redis"), plan.logFile("redis"), plan.redisPort()));
  }

  public Child.Starter orchestrator() throws IOException {
    List<String> options = new ArrayList<>();
    options.add("-Dspring.lifecycle.timeout-per-shutdown-phase=" + STOP_PATIENCE);
    options.add("-Ddoundo.http.stop-timeout=" + STOP_PATIENCE);
    options.addAll(JvmOptions.ofOrchestrator());
    List<String> arguments = new ArrayList<>();
    arguments.add(OrchestratorApplication.class.getName());
    arguments.add("--doundo.kafka.bootstrap-servers=" + plan.bootstrapServers());
    arguments.add("--doundo.state-dir=" + plan.data().resolve("streams"));
    arguments.add("--server.port=" + plan.httpPort());
    // Services that steps call run on this machine, too.
    arguments.add("--doundo.http.allow-loopback=true");
    arguments.addAll(plan.orchestratorArguments());
    String withoutWorkers = classPath.without(ExampleWorkers.class).toString();
    WarningFilter shown = new WarningFilter("orchestrator", warnings);
    return () ->
        ChildJvm.start(
            "orchestrator",
            options,
            withoutWorkers,
            ChildMain.class,
            arguments,
            plan.logFile("orchestrator"),
            shown::line);
  }

  /** A process of the example workers, which several may run of side by side. */
  public final class WorkerProcess {

    private final String name;
    private final String instance;
    private final List<String> more;
    private final AtomicBoolean ready = new AtomicBoolean();

    private WorkerProcess(String name, String instance, List<String> more) {
      this.name = name;
      this.instance = instance;
      this.more = more;
    }

    public Child.Starter starter() throws IOException {
      List<String> arguments = new ArrayList<>();
      arguments.add(ExampleWorkers.class.getName());
      arguments.add("--doundo.worker.bootstrap-servers=" + plan.bootstrapServers());
      arguments.add("--doundo.worker.redis=" + plan.redis());
      // A worker that joins or leaves is noticed soon.
      arguments.add("--doundo.worker.kafka.heartbeat.interval.ms=500");
      arguments.add("--doundo.worker.kafka.session.timeout.ms=6000");
      arguments.add("--doundo.examples.store=" + plan.exampleStore());
      arguments.add("--doundo.examples.instance=" + instance);
      arguments.addAll(more);
      List<String> options = new ArrayList<>();
      options.add("-Ddoundo.worker.stop-timeout=" + STOP_PATIENCE);
      options.addAll(JvmOptions.ofWorkers());
      String withoutOrchestrator = classPath.without(OrchestratorApplication.class).toString();
      WarningFilter shown = new WarningFilter(name, warnings);
      return () ->
          ChildJvm.start(
              name,
              options,
              withoutOrchestrator,
              ChildMain.class,
              arguments,
              plan.logFile(name),
              line -> {
                if (line.startsWith(ExampleWorkers.READY)) {
                  ready.set(true);
                }
                shown.line(line);
              });
    }

    public boolean areReady() {
      return ready.get();
    }
  }

  /**
   * A process of the example workers.
   *
   * @param name of the process and its log
   * @param instance of the process in the ledger
   * @param more further settings, as on a command line
   */
  public WorkerProcess workers(String name, String instance, String... more) {
    return new WorkerProcess(name, instance, List.of(more));
  }

  public boolean brokerIsReady() {
    return brokerReady;
  }

  public boolean orchestratorIsReady() {
    @Nullable Integer status = readiness();
    return status != null && status == 200;
  }

  /** The status of the readiness probe; null while there is no answer. */
  private @Nullable Integer readiness() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(plan.url() + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
