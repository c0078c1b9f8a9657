package io.doundo.plans.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real Postgres: {@code DIRECTORY PORT}. What is in the directory survives restarts and {@code
 * kill -9}. It has the databases {@code drafts} and {@code fhir}, and prints {@link #READY} with
 * its port once it serves. When its server ends, this JVM ends too.
 */
public final class PostgresServer {

  /** Begins the line on standard output that says that clients are served. */
  public static final String READY = "Postgres ready on port ";

  private static final List<String> DATABASES = List.of("drafts", "fhir");
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private PostgresServer() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("Usage: PostgresServer DIRECTORY PORT");
      System.exit(2);
    }
    Path data = Path.of(arguments[0]).toAbsolutePath().resolve("data");
    endEarlier(data);
    EmbeddedPostgres server = start(data, Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop-postgres"));
    createDatabases(server);
    ProcessHandle postmaster =
        postmaster(data).orElseThrow(() -> new IOException("Postgres has ended again"));
    System.out.println(READY + server.getPort());
    postmaster.onExit().join();
    System.err.println("The Postgres server has ended.");
    System.exit(1);
  }

  private static EmbeddedPostgres start(Path data, int port) throws IOException {
    Files.createDirectories(data);
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(START_LIMIT)
        .setServerConfig("max_connections", "60")
        .setServerConfig("shared_buffers", "16MB")
        .setErrorRedirector(ProcessBuilder.Redirect.INHERIT)
        .setOutputRedirector(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void createDatabases(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String name : DATABASES) {
        try (ResultSet found =
            statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
          if (found.next()) {
            continue;
          }
        }
        statement.execute("CREATE DATABASE " + name);
      }
    }
  }

  /**
   * A server whose JVM was killed still runs, and has the directory and the port. One that was
   * killed itself is waited for: until the system has removed the process, Postgres takes it for a
   * running server and refuses to start.
   */
  private static void endEarlier(Path data) throws Exception {
    Optional<ProcessHandle> listed = listed(data);
    if (listed.isEmpty() || (!isDying(listed.get()) && !serves(listed.get(), data))) {
      return;
    }
    ProcessHandle earlier = listed.get();
    if (serves(earlier, data)) {
      // Its fast stop: open connections end, and nothing that was committed is lost.
      new ProcessBuilder("kill", "-INT", Long.toString(earlier.pid())).start().waitFor();
    }
    earlier.onExit().get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Optional<ProcessHandle> postmaster(Path data) throws IOException {
    return listed(data).filter(process -> serves(process, data));
  }

  /** The process that serves the directory, or did, by the file in which it says so. */
  private static Optional<ProcessHandle> listed(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0).strip()))
        : Optional.empty();
  }

  /** Not if the number of the process now belongs to another program. */
  private static boolean serves(ProcessHandle process, Path data) {
    return process.info().commandLine().orElse("").contains(data.toString());
  }

  private static boolean isDying(ProcessHandle process) {
    return process.info().commandLine().isEmpty();
  }

  private static void stop(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      System.err.println("Postgres did not stop in order: " + e.getMessage());
    }
  }
}
