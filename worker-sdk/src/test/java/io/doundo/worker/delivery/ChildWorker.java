package io.doundo.worker.delivery;

import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.RedisFence;
import io.doundo.worker.threads.HandlerThreads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A worker in its own JVM, which the test may kill, stop and continue. It ends with the test's JVM,
 * when its standard input closes.
 */
final class ChildWorker implements AutoCloseable {

  static final String INSTANCE = "child";

  private final Process process;

  private ChildWorker(Process process) {
    this.process = process;
  }

  /**
   * Starts the JVM without waiting for it.
   *
   * @param directory of the ledger, the files to hang by, and the child's log
   */
  static ChildWorker start(
      String group, String brokers, String redis, Path directory, Duration lease)
      throws IOException {
    // Surefire hides the class path in the manifest of a jar, and names it in this property.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            ChildWorker.class.getName(),
            group,
            brokers,
            redis,
            directory.toString(),
            Long.toString(lease.toMillis()));
    return new ChildWorker(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("child.log").toFile()))
            .start());
  }

  /** The main method of the child. */
  public static void main(String[] arguments) throws IOException {
    String group = arguments[0];
    Path directory = Path.of(arguments[3]);
    Fence fence =
        RedisFence.single(
            arguments[2],
            FenceSettings.DEFAULTS.withPrefix("test").withClockTolerance(Duration.ZERO));
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    beans.registerSingleton("handlers", new LedgerSteps(directory, INSTANCE));
    JsonBinder json = new JsonBinder(JsonMapper.builder().build());
    new Worker(
            new DeliverySettings(
                group,
                group,
                Map.of("bootstrap.servers", arguments[1], "session.timeout.ms", 6_000),
                Duration.ofMillis(Long.parseLong(arguments[4])),
                20,
                100,
                Duration.ofSeconds(10)),
            new HandlerScanner(beans, json).scan(List.of()),
            fence,
            json,
            new SimpleMeterRegistry(),
            HandlerThreads.own(null))
        .start();
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  /** Sends SIGKILL or the platform's equivalent. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a signal such as {@code STOP}. */
  void signal(String name) throws IOException {
    Process sent =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    try {
      if (!sent.waitFor(10, TimeUnit.SECONDS) || sent.exitValue() != 0) {
        throw new IOException("the signal " + name + " was not sent");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
