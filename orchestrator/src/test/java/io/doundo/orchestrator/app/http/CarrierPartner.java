package io.doundo.orchestrator.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The services that the framework's example calls: leads can be read, carriers take them or decline
 * them, and a slow starter answers 503 to the first request about a lead.
 */
final class CarrierPartner implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService executor = Executors.newFixedThreadPool(8);
  private final List<String> requests = new CopyOnWriteArrayList<>();

  CarrierPartner() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The requests so far, as {@code METHOD path?query body}. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Those about a lead. */
  List<String> requestsAbout(String lead) {
    return requests.stream().filter(request -> request.contains(lead)).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String request = (exchange.getRequestMethod() + ' ' + path + ' ' + body).strip();
      boolean isFirst = !requests.contains(request);
      requests.add(request);
      if (path.startsWith("/api/v1/leads/")) {
        String lead = path.substring("/api/v1/leads/".length());
        send(
            exchange,
            200,
            "application/json",
            "{\"data\": {\"id\": \"%s\", \"score\": %d, \"carriers\": [\"alpha\", \"bravo\"]}}"
                .formatted(lead, lead.contains("low") ? 10 : 80));
      } else if (path.startsWith("/slow/") && isFirst) {
        send(exchange, 503, "text/plain", "not yet");
      } else if (exchange.getRequestMethod().equals("DELETE")) {
        send(exchange, 200, "text/plain", "");
      } else if (path.startsWith("/final/") && path.contains("declined")) {
        send(exchange, 422, "text/plain", "declined");
      } else if (path.startsWith("/page/")) {
        send(exchange, 200, "text/html", "<p id=\"number\">4711</p><p id=\"number\">4712</p>");
      } else {
        send(exchange, 200, "application/json", "{\"ok\": true}");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
