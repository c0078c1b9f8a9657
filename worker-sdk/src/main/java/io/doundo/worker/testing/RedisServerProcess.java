package io.doundo.worker.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server as a child process, on loopback, with its append-only file in its own
 * directory. It ends with this JVM even when that is killed with SIGKILL: a shell that holds a pipe
 * from here ends it when the pipe breaks. Runs on Linux and macOS.
 *
 * <p>Can be killed and started again on the same port, with or without its data. Thread-safe.
 */
public final class RedisServerProcess implements AutoCloseable {

  private static final String SERVER_PROPERTY = "doundo.redis-server";
  private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(500);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final int PORT_ATTEMPTS = 5;

  /** A smaller file is not rewritten, which takes a core for seconds; see docs/workers.md. */
  private static final String REWRITE_FROM = "512mb";

  private static final String ON_BROKEN_PIPE = "read -r end; kill \"$1\" 2>/dev/null";

  /**
   * Ctrl-C reaches every process of the terminal's foreground. It is for this JVM, which may still
   * need Redis while it stops; redis-server would receive it too, unless it runs in its own
   * session.
   */
  private static final List<String> IN_OWN_SESSION =
      List.of(
          "/bin/sh",
          "-c",
          """
          if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; fi
          if command -v perl >/dev/null 2>&1; then
            exec perl -e 'use POSIX; POSIX::setsid(); exec @ARGV or die' -- "$@"
          fi
          exec "$@"
          """,
          "sh");

  private final Path executable;
  private final Path directory;
  private final Path log;
  private final List<String> options;
  private final int port;
  private @Nullable Process server;
  private @Nullable Process watcher;

  private RedisServerProcess(
      Path executable, Path directory, Path log, int port, List<String> options) {
    this.executable = executable;
    this.directory = directory;
    this.log = log;
    this.port = port;
    this.options = List.copyOf(options);
  }

  /**
   * Starts the redis-server that comes with {@code com.github.codemonstur:embedded-redis}, which
   * must be on the class path, or the one that the system property {@code doundo.redis-server}
   * names, and waits until it answers.
   *
   * @param directory for its data, its log and the executable; what is there is loaded
   * @param port 0 for any free one
   * @param options as on its command line, such as {@code "--maxmemory", "100mb"}
   * @throws IOException if it does not come up; the message holds the end of its log
   */
  public static RedisServerProcess start(Path directory, int port, String... options)
      throws IOException {
    return start(directory, directory.resolve("redis.log"), port, options);
  }

  /** The same, with its log elsewhere than in its directory. */
  public static RedisServerProcess start(Path directory, Path log, int port, String... options)
      throws IOException {
    Files.createDirectories(directory);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Path executable = executable(directory);
    IOException last = null;
    for (int attempt = 0; attempt < (port == 0 ? PORT_ATTEMPTS : 1); attempt++) {
      // Between finding a free port and taking it, another process may do so.
      RedisServerProcess process =
          new RedisServerProcess(
              executable, directory, log, port == 0 ? freePort() : port, List.of(options));
      try {
        process.start();
        return process;
      } catch (IOException e) {
        last = e;
      }
    }
    throw last == null ? new IOException("no attempt was made") : last;
  }

  private static Path executable(Path directory) throws IOException {
    String own = System.getProperty(SERVER_PROPERTY);
    return own == null
        ? ExecutableProvider.newJarResourceProvider(directory.toFile()).get().toPath()
        : Path.of(own);
  }

  /** Starts it again after {@link #kill} or {@link #stop}, on the same port and data. */
  public synchronized void start() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException("redis-server is already running, process " + pid());
    }
    List<String> command = new ArrayList<>(IN_OWN_SESSION);
    command.add(executable.toAbsolutePath().toString());
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", directory.toAbsolutePath().toString()));
    command.addAll(List.of("--appendonly", "yes", "--save", "", "--daemonize", "no"));
    command.addAll(List.of("--auto-aof-rewrite-min-size", REWRITE_FROM));
    command.addAll(options);
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    server = started;
    watcher = watch(started);
    awaitAnswer(started);
  }

  /** The shell gets a broken pipe when this JVM ends, however it ends. */
  private static Process watch(Process started) throws IOException {
    List<String> command = new ArrayList<>(IN_OWN_SESSION);
    command.addAll(List.of("/bin/sh", "-c", ON_BROKEN_PIPE, "sh", Long.toString(started.pid())));
    Process watching =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // Its process id may be given to another process later, which must not be ended in its place.
    CompletableFuture<Void> unused = started.onExit().thenRun(watching::destroyForcibly);
    return watching;
  }

  private void awaitAnswer(Process started) throws IOException {
    long end = System.nanoTime() + START_TIMEOUT.toNanos();
    while (System.nanoTime() < end && started.isAlive()) {
      if (answers()) {
        return;
      }
      pause();
    }
    kill();
    throw new IOException("redis-server did not come up on port " + port + ":\n" + endOfLog());
  }

  private boolean answers() {
    return answers(port, ANSWER_TIMEOUT);
  }

  /**
   * Whether a Redis on this port of the loopback interface answers a PING. One that loads its data
   * answers with an error until it is done.
   */
  public static boolean answers(int port, Duration timeout) {
    int millis = (int) timeout.toMillis();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
      socket.setSoTimeout(millis);
      OutputStream out = socket.getOutputStream();
      out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      byte[] reply = socket.getInputStream().readNBytes(5);
      return new String(reply, StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for redis-server", e);
    }
  }

  private String endOfLog() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  public Path log() {
    return log;
  }

  /** The process, for those who watch it; another one after each start. */
  public synchronized ProcessHandle handle() {
    if (server == null) {
      throw new IllegalStateException("redis-server was never started");
    }
    return server.toHandle();
  }

  public int port() {
    return port;
  }

  /** {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  public synchronized boolean isAlive() {
    return server != null && server.isAlive();
  }

  public long pid() {
    return handle().pid();
  }

  /** Ends it with SIGKILL: up to a second of what it was told last is lost. */
  public synchronized void kill() {
    if (server != null) {
      server.destroyForcibly();
      awaitEnd(server);
    }
  }

  /** Ends it in good order, or with SIGKILL if that takes more than ten seconds. */
  public synchronized void stop() {
    if (server != null) {
      server.destroy();
      awaitEnd(server);
    }
    if (watcher != null) {
      watcher.destroyForcibly();
    }
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes what it keeps on disk; it must not be running. */
  public synchronized void deleteData() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException("redis-server is still running, process " + pid());
    }
    Files.deleteIfExists(directory.resolve("appendonly.aof"));
    Files.deleteIfExists(directory.resolve("dump.rdb"));
    deleteLogOfRedis7();
  }

  private void deleteLogOfRedis7() throws IOException {
    Path parts = directory.resolve("appendonlydir");
    if (Files.isDirectory(parts)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(parts)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public void close() {
    stop();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
