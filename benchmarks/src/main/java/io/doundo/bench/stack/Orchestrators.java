package io.doundo.bench.stack;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.process.ProcessStarter;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.Readiness;
import io.doundo.orchestrator.app.OrchestratorApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The orchestrators of a run, each with its own port and state directory, which it keeps across
 * restarts. Not thread-safe.
 */
public final class Orchestrators {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final Duration ARCHIVE_LIMIT = Duration.ofMinutes(2);

  /**
   * When the last orchestrator was started, first answered at its port, and was ready; of {@link
   * System#nanoTime}.
   */
  public record StartTimes(long startedAt, long upAt, long readyAt) {}

  private final BenchSettings settings;
  private final ProcessStarter processes;
  private final String bootstrapServers;
  private final Path data;
  private final ClassPath classPath;
  private final List<Integer> httpPorts;
  private final Map<String, Child> running = new LinkedHashMap<>();

  /** Nothing runs yet. */
  Orchestrators(
      BenchSettings settings,
      ProcessStarter processes,
      ClassPath classPath,
      String bootstrapServers,
      Path data,
      List<Integer> httpPorts) {
    this.settings = settings;
    this.processes = processes;
    this.bootstrapServers = bootstrapServers;
    this.data = data;
    this.httpPorts = List.copyOf(httpPorts);
    this.classPath = classPath;
  }

  /** Those that run, by their roles. */
  Map<String, Child> running() {
    return running;
  }

  /** The address of the first one. */
  public URI url() {
    return URI.create("http://localhost:" + httpPorts.get(0));
  }

  /** Where they keep their state. */
  public List<Path> stateDirectories() {
    List<Path> directories = new ArrayList<>();
    for (int i = 0; i < httpPorts.size(); i++) {
      directories.add(stateDirectory(i));
    }
    return directories;
  }

  /**
   * Archives the classes that one loads until all of its beans are there, as our image does. Those
   * that are started from now on take them from there.
   *
   * @throws IOException if the JVM has made no archive
   */
  public void archiveClasses() throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(ProcessStarter.jvm(settings.scale().orchestratorHeap()));
    options.add("-XX:ArchiveClassesAtExit=" + archive());
    options.add("-Dspring.context.exit=onRefresh");
    Child child =
        ChildJvm.start(
            "archive",
            options,
            classPath.toString(),
            ChildMain.class,
            List.of(
                OrchestratorApplication.class.getName(),
                "--doundo.kafka.bootstrap-servers=" + bootstrapServers,
                "--doundo.state-dir=" + data.resolve("archive")),
            processes.log("archive"),
            line -> {});
    child
        .onExit()
        .completeOnTimeout(child.handle(), ARCHIVE_LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
    child.kill();
    if (!Files.exists(archive())) {
      throw new IOException("no archive of classes was made; see " + processes.log("archive"));
    }
  }

  private Path archive() {
    return data.resolve("run").resolve("orchestrator.jsa");
  }

  /** Starts all and waits until they are ready. */
  public StartTimes start(Mode mode) throws IOException, InterruptedException {
    long startedAt = System.nanoTime();
    for (int i = 0; i < httpPorts.size(); i++) {
      running.put(numbered("orchestrator", i), launch(mode, i));
    }
    List<Child> children = List.copyOf(running.values());
    for (int i = 0; i < children.size(); i++) {
      int port = httpPorts.get(i);
      ProcessStarter.await(children.get(i), () -> isAnswered(port));
    }
    long upAt = System.nanoTime();
    for (int i = 0; i < children.size(); i++) {
      ProcessStarter.await(children.get(i), new Readiness(httpPorts.get(i)));
    }
    return new StartTimes(startedAt, upAt, System.nanoTime());
  }

  /** Stops all in order. */
  public void stop() throws InterruptedException {
    for (Child child : running.values()) {
      child.stop(STOP_LIMIT);
    }
    running.clear();
  }

  /** Ends all with {@code kill -9}. */
  public void kill() throws InterruptedException {
    for (Child child : running.values()) {
      child.kill();
    }
    running.clear();
  }

  private Child launch(Mode mode, int index) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(OrchestratorApplication.class.getName());
    arguments.add("--doundo.kafka.bootstrap-servers=" + bootstrapServers);
    arguments.add("--doundo.state-dir=" + stateDirectory(index));
    arguments.add("--doundo.partitions=" + settings.scale().partitions());
    arguments.add("--doundo.advertised-address=localhost:" + httpPorts.get(index));
    arguments.add("--server.port=" + httpPorts.get(index));
    if (mode == Mode.ENGINE) {
      arguments.add("--doundo.audit=off");
    }
    if (settings.trials().contains(Trial.PARTS)) {
      arguments.add("--doundo.limits.items=" + settings.sizes().items());
    }
    arguments.addAll(settings.scale().orchestratorArguments());
    List<String> options = new ArrayList<>(ProcessStarter.jvm(settings.scale().orchestratorHeap()));
    if (Files.exists(archive())) {
      options.add("-XX:SharedArchiveFile=" + archive());
    }
    String name = numbered("orchestrator-" + mode, index);
    return ChildJvm.start(
        name,
        options,
        classPath.toString(),
        ChildMain.class,
        arguments,
        processes.log(name),
        line -> {});
  }

  private static boolean isAnswered(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private Path stateDirectory(int index) {
    return data.resolve(numbered("streams", index));
  }

  /** The first one of a kind has its plain name. */
  static String numbered(String name, int index) {
    return index == 0 ? name : name + "-" + (index + 1);
  }
}
