package io.doundo.orchestrator.app.http;

import io.doundo.http.HttpWorkerApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The http worker alone, in a process of its own that can be killed. */
final class HttpWorkerProcess implements AutoCloseable {

  private final Process process;

  private HttpWorkerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts it without waiting for it.
   *
   * @param log where its output is added
   */
  static HttpWorkerProcess start(Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            // Surefire hides the class path in the manifest of a jar, and names it in this
            // property.
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            HttpWorkerApplication.class.getName()));
    command.addAll(arguments);
    return new HttpWorkerProcess(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}; returns when it is gone. */
  void kill() throws InterruptedException {
    if (!process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the process " + process.pid() + " does not end");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
