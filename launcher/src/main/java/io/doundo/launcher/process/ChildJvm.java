package io.doundo.launcher.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A JVM as a child process, with its output in a log file. It ends when this JVM ends, however that
 * happens, provided that its main class watches its parent ({@link ParentWatch}).
 */
public final class ChildJvm implements Child {

  /**
   * Ctrl-C and a closed terminal reach every process in the foreground. Children ignore them, so
   * that their parent can stop them in order; a JVM leaves a signal ignored that was ignored when
   * it began.
   */
  private static final List<String> WITHOUT_TERMINAL_SIGNALS =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  /** The exit code of a JVM that ends on an OutOfMemoryError. */
  private static final int OUT_OF_MEMORY = 3;

  private final String name;
  private final Process process;
  private final ChildLog log;

  private ChildJvm(String name, Process process, ChildLog log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a child.
   *
   * @param listener receives every line that the child prints, on its own thread
   */
  public static ChildJvm start(
      String name,
      List<String> jvmOptions,
      String classPath,
      Class<?> mainClass,
      List<String> arguments,
      Path logFile,
      Consumer<String> listener)
      throws IOException {
    List<String> command = new ArrayList<>(WITHOUT_TERMINAL_SIGNALS);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    // Otherwise a JVM without memory lingers half dead, unnoticed.
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (Runtime.version().feature() >= 24) {
      // Newer JVMs warn about libraries with native parts: RocksDB and the compression codecs.
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ChildLog log = new ChildLog(name, process.getInputStream(), logFile, listener);
    log.start();
    return new ChildJvm(name, process, log);
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
  public List<String> tail() throws InterruptedException {
    if (!process.isAlive()) {
      log.drain();
    }
    return log.tail();
  }

  @Override
  public String ending() {
    int code = process.exitValue();
    if (code == OUT_OF_MEMORY) {
      return "ran out of memory and ended";
    }
    return code > 128 ? "was killed by signal " + (code - 128) : "ended with exit code " + code;
  }

  @Override
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public boolean stop(Duration limit) throws InterruptedException {
    // Unlike Process.destroy, this leaves the pipes open, so that the last log lines arrive.
    process.toHandle().destroy();
    if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return true;
    }
    kill();
    return false;
  }
}
