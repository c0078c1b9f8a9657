package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A partner with an HTTP API; while it is away, nothing listens on its port. */
final class HttpPartner implements AbsentService {

  private static final int LOST_ANSWERS = 3;

  private final int port;
  private final EffectLedger ledger = new EffectLedger();
  private final ExecutorService executor = Executors.newFixedThreadPool(8);
  private @Nullable HttpServer server;

  HttpPartner(int port) {
    this.port = port;
  }

  @Override
  public void comeBack() throws IOException {
    HttpServer next =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    next.setExecutor(executor);
    next.createContext("/charges", this::charge);
    next.start();
    server = next;
  }

  @Override
  public void goAway() {
    ledger.loseAnswers(LOST_ANSWERS);
    await().atMost(Duration.ofSeconds(30)).until(ledger::hasLostAnswers);
    stop();
  }

  private void charge(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      ledger.have(String.valueOf(key), Json.MAPPER.readTree(body).path("flow").asString(""));
      if (ledger.losesAnswer()) {
        return;
      }
      byte[] answer = "{\"id\":\"%s\"}".formatted(key).getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  @Override
  public EffectLedger ledger() {
    return ledger;
  }

  private void stop() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
    executor.shutdownNow();
  }
}
