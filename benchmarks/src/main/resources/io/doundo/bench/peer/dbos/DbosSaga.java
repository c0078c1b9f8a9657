import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The saga of the benchmarks on DBOS, called by HTTP, with a Postgres of its own: {@code
 * DIRECTORY POSTGRES-PORT HTTP-PORT}.
 */
public final class DbosSaga {

  private static final Pattern MARKS = Pattern.compile("\"by\":\"s\\d\\d\",\"hop\":\"(\\d\\d)\"");
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes");

  private DbosSaga() {}

  public static void main(String[] arguments) throws IOException, SQLException {
    Path directory = Path.of(arguments[0]);
    int postgresPort = Integer.parseInt(arguments[1]);
    EmbeddedPostgres.Builder postgres =
        EmbeddedPostgres.builder().setDataDirectory(directory).setPort(postgresPort);
    // They are off by default here, because most such servers run for tests.
    DURABLE.forEach(setting -> postgres.setServerConfig(setting, "on"));
    EmbeddedPostgres server = postgres.start();
    String facts = facts(server, directory);
    DBOS dbos =
        new DBOS(
            DBOSConfig.defaults("bench")
                .withDatabaseUrl("jdbc:postgresql://localhost:" + postgresPort + "/postgres")
                .withDbUser("postgres")
                .withDbPassword("postgres"));
    Sagas sagas = dbos.registerProxy(Sagas.class, new DurableSagas(dbos));
    dbos.launch();
    serve(Integer.parseInt(arguments[2]), sagas, facts);
  }

  /** Versions and settings as the server says them, and its process. */
  private static String facts(EmbeddedPostgres server, Path directory)
      throws IOException, SQLException {
    List<String> facts = new ArrayList<>();
    facts.add(fact("postmaster", Files.readAllLines(directory.resolve("postmaster.pid")).get(0)));
    facts.add(fact("dbos", DBOS.version()));
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      facts.add(fact("postgres", show(statement, "server_version")));
      for (String setting : DURABLE) {
        String value = show(statement, setting);
        if (!value.equals("on")) {
          throw new IllegalStateException(setting + " is " + value);
        }
        facts.add(fact(setting, value));
      }
    }
    return "{" + String.join(",", facts) + "}";
  }

  private static String fact(String name, String value) {
    return "\"" + name + "\":\"" + value + "\"";
  }

  private static String show(Statement statement, String setting) throws SQLException {
    try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void serve(int port, Sagas sagas, String facts) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/facts", exchange -> answer(exchange, any -> facts));
    server.createContext("/sequential", exchange -> answer(exchange, sagas::sequential));
    server.createContext("/undo", exchange -> answer(exchange, sagas::undo));
    server.start();
  }

  private static void answer(HttpExchange exchange, UnaryOperator<String> action)
      throws IOException {
    String answer;
    int status = 200;
    try {
      byte[] request = exchange.getRequestBody().readAllBytes();
      answer = action.apply(new String(request, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      e.printStackTrace();
      status = 500;
      answer = e.toString();
    }
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** The sagas, each from its payload to how it ended. */
  public interface Sagas {

    String sequential(String payload);

    String undo(String payload);
  }

  /** Runs them as workflows. */
  public static final class DurableSagas implements Sagas {

    private final DBOS dbos;

    DurableSagas(DBOS dbos) {
      this.dbos = dbos;
    }

    @Override
    @Workflow(name = "sequential")
    public String sequential(String payload) {
      return run(payload, third -> passedOn(third, "s03"));
    }

    @Override
    @Workflow(name = "undo")
    public String undo(String payload) {
      return run(
          payload,
          third -> {
            throw new StepFailedException("not now");
          });
    }

    /** Runs the steps in their order; when one fails, undoes those before it. */
    private String run(String payload, UnaryOperator<String> third) {
      Deque<String> done = new ArrayDeque<>();
      try {
        String first = dbos.runStep(() -> passedOn(payload, "s01"), "s01");
        done.push("s01");
        String second = dbos.runStep(() -> passedOn(first, "s02"), "s02");
        done.push("s02");
        String last = dbos.runStep(() -> third.apply(second), "s03");
        return "{\"status\":\"COMPLETED\",\"payload\":" + last + "}";
      } catch (StepFailedException e) {
        List<String> undone = new ArrayList<>();
        for (String step : done) {
          // There is no effect to undo.
          undone.add("\"" + dbos.runStep(() -> step, "undo-" + step) + "\"");
        }
        return "{\"status\":\"UNDONE\",\"undone\":[" + String.join(",", undone) + "]}";
      }
    }

    /** The payload as a step hands it on. */
    private static String passedOn(String payload, String by) {
      Matcher marks = MARKS.matcher(payload);
      if (!marks.find()) {
        throw new IllegalArgumentException("no payload of the benchmarks: " + payload);
      }
      String hop = String.format("%02d", Integer.parseInt(marks.group(1)) + 1);
      return payload.substring(0, marks.start())
          + "\"by\":\""
          + by
          + "\",\"hop\":\""
          + hop
          + "\""
          + payload.substring(marks.end());
    }
  }

  /** A step has failed for good. */
  public static final class StepFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StepFailedException(String message) {
      super(message);
    }
  }
}
