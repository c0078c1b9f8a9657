package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.launcher.Doundo;
import io.doundo.launcher.cli.profile.Profiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service that gives prepared answers and remembers the requests. Of several answers to one
 * request, each is given once, and the last one repeatedly. A request that ends with an asterisk
 * stands for all that begin so.
 */
final class FakeService implements AutoCloseable {

  /** A request that was received. */
  record ReceivedRequest(String request, Headers headers, String body) {}

  /** The output of a command, and its exit code. */
  record CommandResult(int code, String out, String err) {}

  private record StubResponse(int status, String type, String body) {}

  private final Map<String, Deque<StubResponse>> answers = new HashMap<>();
  private final List<ReceivedRequest> asked = new ArrayList<>();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HttpServer server;

  static {
    // The contexts of whoever runs the tests are none of theirs.
    System.setProperty(Profiles.DIRECTORY, "/nonexistent/doundo");
  }

  FakeService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  FakeService answer(String request, int status, String json) {
    return answer(request, status, "application/json", json);
  }

  synchronized FakeService answer(String request, int status, String type, String body) {
    answers
        .computeIfAbsent(request, r -> new ArrayDeque<>())
        .add(new StubResponse(status, type, body));
    return this;
  }

  /** Others are prepared in their place. */
  synchronized FakeService forgetAnswers() {
    answers.clear();
    return this;
  }

  synchronized List<ReceivedRequest> asked() {
    return List.copyOf(asked);
  }

  /** Runs a command against this service. */
  CommandResult run(String... arguments) {
    return runPlain(
        Stream.concat(Arrays.stream(arguments), Stream.of("--url", url())).toArray(String[]::new));
  }

  /** Runs a command with a person at the terminal who gives this answer to every question. */
  CommandResult runAnswering(String answer, String... arguments) {
    return ran(
        new ConfirmationPrompt(true, new StringReader(answer + "\n")),
        Stream.concat(Arrays.stream(arguments), Stream.of("--url", url())).toArray(String[]::new));
  }

  static CommandResult runPlain(String... arguments) {
    return ran(new ConfirmationPrompt(false, new StringReader("")), arguments);
  }

  private static CommandResult ran(ConfirmationPrompt questions, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Doundo.commandLine(questions)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new CommandResult(code, out.toString(), err.toString());
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + ' ' + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    StubResponse answer = next(new ReceivedRequest(request, exchange.getRequestHeaders(), body));
    byte[] bytes = answer.body().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private synchronized StubResponse next(ReceivedRequest question) {
    asked.add(question);
    Deque<StubResponse> prepared = prepared(question.request());
    if (prepared == null) {
      return new StubResponse(500, "text/plain", "not prepared for " + question.request());
    }
    return prepared.size() > 1 ? prepared.removeFirst() : prepared.getFirst();
  }

  private @Nullable Deque<StubResponse> prepared(String request) {
    Deque<StubResponse> exact = answers.get(request);
    return exact != null
        ? exact
        : answers.entrySet().stream()
            .filter(answer -> answer.getKey().endsWith("*"))
            .filter(
                answer ->
                    request.startsWith(answer.getKey().substring(0, answer.getKey().length() - 1)))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
  }
}
