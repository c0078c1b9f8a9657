package io.doundo.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.doundo.http.call.ConnectedServices.Posted;
import io.doundo.http.client.CallResult.Answered;
import io.doundo.http.client.CallResult.NotSent;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Webhooks that are no step's: signed, guarded, and without a secret in any message. */
class WebhookSenderTest {

  private static final String SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final RawJson BODY = Json.object(Map.of("a", Json.number(1)));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          received.add(
              "%s %s %s %s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("webhook-id"),
                      new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private Posted send(String connection, String url) throws Exception {
    Map<String, String> settings = new HashMap<>();
    String base = "http://localhost:" + server.getAddress().getPort() + "/s3cret";
    settings.put("doundo.http.connections.ops.base-url", base);
    settings.put("doundo.http.connections.ops.allow-private", "true");
    settings.put("doundo.http.connections.ops.signing-secret", SECRET);
    settings.put("doundo.http.connections.guarded.base-url", base);
    settings.put("doundo.http.connections.guarded.signing-secret", SECRET);
    settings.put("doundo.http.connections.unsigned.base-url", base);
    HttpWorkerProperties properties =
        new Binder(new MapConfigurationPropertySource(settings))
            .bind("doundo.http", HttpWorkerProperties.class)
            .get();
    try (WebhookSender sender =
        new WebhookSender(
            properties,
            name -> {
              throw new IllegalArgumentException(name);
            },
            meters)) {
      return sender
          .send(connection, url, BODY, "ntf_1", Duration.ofSeconds(20))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aWebhookIsPostedOnceAndTheAnswerIsForTheCaller() throws Exception {
    Posted posted = send("ops", "/hooks");

    assertThat(((Answered) posted.result()).status()).isEqualTo(503);
    assertThat(posted.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(received).containsExactly("POST /s3cret/hooks ntf_1 {\"a\":1}");
    assertThat(meters.get("doundo.http.calls").tag("purpose", "notify").timer().count())
        .isEqualTo(1);
  }

  @Test
  void nothingIsSentWithoutAConnectionASecretOrToAnAddressThatIsNotAllowed() throws Exception {
    assertThat(reason("nobody", "")).contains("nobody is not configured");
    assertThat(reason("unsigned", "")).contains("unsigned has no signing-secret");
    assertThat(reason("guarded", "")).isNotBlank();
    assertThat(meters.get("doundo.http.guard.refusals").counter().count()).isEqualTo(1);
    assertThat(received).isEmpty();
  }

  @Test
  void aUrlThatCannotBeReadIsNamedWithoutTheConnections() throws Exception {
    assertThat(reason("ops", "/a|b")).contains("/a|b").doesNotContain("s3cret");
  }

  private String reason(String connection, String url) throws Exception {
    return ((NotSent) send(connection, url).result()).reason();
  }
}
