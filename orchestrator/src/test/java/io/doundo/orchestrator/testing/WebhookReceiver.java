package io.doundo.orchestrator.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.trigger.hook.HookVerifier;
import io.doundo.orchestrator.trigger.hook.HookVerifier.UnusableSecretException;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/**
 * Somebody else's server that receives webhooks, and verifies them as the webhooks of triggers are
 * verified. While it is down it answers 503 and remembers nothing. Thread-safe.
 */
public final class WebhookReceiver implements AutoCloseable {

  /** What both sides know. */
  public static final String SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private static final int FORBIDDEN = 401;
  private static final int UNAVAILABLE = 503;
  private static final int ACCEPTED = 204;

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<Webhook> received = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private volatile boolean isDown;
  private volatile Runnable beforeAnswer = () -> {};

  /** A webhook with a right signature. */
  public record Webhook(String id, String path, JsonNode body) {}

  /** Starts it on a free port. */
  public WebhookReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::receive);
    server.start();
  }

  /** Where it is. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** From now on it answers 503, or not any more. */
  public void setDown(boolean down) {
    isDown = down;
  }

  /** What happens from now on between receiving a webhook and answering it. */
  public void beforeAnswer(Runnable action) {
    beforeAnswer = action;
  }

  /** What it has received, in this order. */
  public List<Webhook> received() {
    return List.copyOf(received);
  }

  /** Why webhooks were refused; and {@code down} for each that came while it was down. */
  public List<String> refused() {
    return List.copyOf(refused);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (isDown) {
        refused.add("down");
        exchange.sendResponseHeaders(UNAVAILABLE, -1);
        return;
      }
      HookVerifier.Result verified =
          HookVerifier.verify(
              new Standard(),
              List.of(SECRET),
              exchange.getRequestHeaders()::getFirst,
              body,
              Instant.now());
      if (verified.isVerified() && verified.id() != null) {
        received.add(
            new Webhook(
                verified.id(), exchange.getRequestURI().toString(), Json.MAPPER.readTree(body)));
        beforeAnswer.run();
        exchange.sendResponseHeaders(ACCEPTED, -1);
      } else {
        refused.add(String.valueOf(verified.refusal()));
        exchange.sendResponseHeaders(FORBIDDEN, -1);
      }
    } catch (UnusableSecretException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
