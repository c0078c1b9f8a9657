package io.doundo.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.launcher.cli.ConfirmationPrompt;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the usual commands once against a fake service, so that the JVM can archive the classes that
 * they load; the doundo script starts it after a build with {@code -XX:DumpLoadedClassList}, and
 * every later command from an archive of those classes. It also proves that the jars that the
 * script gives to short commands are all that they need.
 */
final class StartupArchive {

  private static final String STEP =
      """
      {"seq":1,"name":"s","status":"IN_PROGRESS","attempts":1,"timeout":"PT5M",
       "attemptDeadlineAt":"2026-01-31T12:00:00Z","retry":{"maxAttempts":3}}""";

  /** Has the fields of all answers at once. */
  private static final String ANSWER =
      """
      {"flowId":"f","orchestrationName":"o","name":"o","status":"UNDONE","steps":[%1$s],
       "startedAt":"2026-01-31T12:00:00Z","completedAt":"2026-01-31T12:00:01Z",
       "flows":[{"flowId":"f","startedAt":"2026-01-31T12:00:00Z"}],"orchestrations":[{"name":"o"}],
       "events":[{"transition":1,"type":"FLOW_STARTED","timestamp":"2026-01-31T12:00:00Z",
       "status":"UNDONE"}],"deadLetters":[{"key":"f","value":"{}"}],"complete":true}"""
          .formatted(STEP);

  private static final String DOCUMENT =
      """
      orchestrationName: o
      steps:
        - { seq: 1, name: s, timeout: 30s, retry: { maxAttempts: 3, delay: 1s } }
      """;

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("flows"),
          List.of("flows", "-o", "json"),
          List.of("show", "f"),
          List.of("watch", "f"),
          List.of("start", "o", "--payload", "{\"a\":1}"),
          List.of("undo", "f"),
          List.of("definitions"),
          List.of("definitions", "o"),
          List.of("dead-letters"));

  private StartupArchive() {}

  public static void main(String[] arguments) throws IOException {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", StartupArchive::answer);
    service.start();
    Path document = Files.createTempFile("doundo", ".yaml");
    try {
      Files.writeString(document, DOCUMENT);
      run(List.of("--help"));
      String url = "http://localhost:" + service.getAddress().getPort();
      for (List<String> command : COMMANDS) {
        run(command, url);
      }
      run(List.of("register", document.toString()), url);
      run(List.of("validate", document.toString()));
    } finally {
      Files.delete(document);
      service.stop(0);
    }
  }

  private static void run(List<String> command, String url) {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("--url", url));
    run(words);
  }

  private static void run(List<String> words) {
    StringWriter err = new StringWriter();
    int code =
        Doundo.commandLine(new ConfirmationPrompt(false, Reader.nullReader()))
            .setOut(new PrintWriter(Writer.nullWriter()))
            .setErr(new PrintWriter(err))
            .execute(words.toArray(new String[0]));
    if (code != ExitCodes.OK && code != ExitCodes.NOT_COMPLETED) {
      throw new IllegalStateException(words + " ended with " + code + ": " + err);
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
