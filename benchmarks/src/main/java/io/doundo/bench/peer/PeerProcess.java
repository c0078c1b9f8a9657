package io.doundo.bench.peer;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program of a peer, with its output in a log file. It does not outlive this JVM, even when that
 * is killed: a shell that holds a pipe from here ends it when the pipe breaks.
 */
final class PeerProcess implements Child {

  private static final int TAIL_LINES = 40;
  private static final String ON_BROKEN_PIPE = "read -r end; kill \"$1\" 2>/dev/null";

  /** Ctrl-C reaches every process in the foreground; this JVM ends the program in its turn. */
  private static final List<String> WITHOUT_TERMINAL_SIGNALS =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  private final String name;
  private final Path log;
  private final Process process;
  private final Process watcher;

  private PeerProcess(String name, Path log, Process process, Process watcher) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.watcher = watcher;
  }

  /**
   * Starts a program.
   *
   * @param environment added to that of this process
   */
  static PeerProcess start(
      String name, List<String> command, Map<String, String> environment, Path directory, Path log)
      throws IOException {
    Files.createDirectories(directory);
    Files.createDirectories(log.getParent());
    List<String> wrapped = new ArrayList<>(WITHOUT_TERMINAL_SIGNALS);
    wrapped.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(wrapped)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    return new PeerProcess(name, log, process, endWithThisJvm(process.pid()));
  }

  /** Ends a process when this JVM ends, until the result is destroyed. */
  static Process endWithThisJvm(long pid) throws IOException {
    return new ProcessBuilder("/bin/sh", "-c", ON_BROKEN_PIPE, "sh", Long.toString(pid)).start();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public CompletableFuture<ProcessHandle> onExit() {
    return process.onExit().thenApply(Process::toHandle);
  }

  @Override
  public String ending() {
    int code = process.exitValue();
    return code > 128 ? "was killed by signal " + (code - 128) : "ended with exit code " + code;
  }

  @Override
  public List<String> tail() throws IOException {
    return tail(log);
  }

  /** The last lines of a log. */
  static List<String> tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
  }

  @Override
  public void kill() throws InterruptedException {
    destroyAll();
    process.waitFor();
  }

  /** Ends it and its children at once, and does not wait for that. */
  void destroyAll() {
    watcher.destroyForcibly();
    process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public boolean stop(Duration limit) throws InterruptedException {
    process.destroy();
    boolean stopped = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    kill();
    return stopped;
  }
}
