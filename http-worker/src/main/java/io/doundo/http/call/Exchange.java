package io.doundo.http.call;

import io.doundo.http.client.CallResult;
import io.doundo.http.client.CallResult.NotSent;
import io.doundo.http.client.OutgoingRequest;
import io.doundo.http.client.SentCall;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Throttle;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request of a command, from its place in the row of its connection until its result: waits for
 * its turn, attaches the credentials, sends, and follows redirects where the connection allows it.
 * Thread-safe; used once.
 */
final class Exchange {

  private static final int MOST_REDIRECTS = 3;
  private static final String DEADLINE = "the deadline passed before the request was sent";

  private final ConnectedService service;
  private final HttpRequest request;
  private final @Nullable String idempotencyKey;
  private final @Nullable String signedId;
  private final Instant until;
  private final InstantSource clock;
  private final Executor executor;
  private final CompletableFuture<CallResult> result = new CompletableFuture<>();
  private final AtomicReference<@Nullable SentCall> sent = new AtomicReference<>();
  private volatile @Nullable String abandoned;

  /**
   * Makes an exchange.
   *
   * @param idempotencyKey sent unless the request has its own; null for none
   * @param signedId of a webhook that is signed; null when it is not
   * @param until when there must be a result
   * @param executor where the request is sent, which may block while a name is looked up
   */
  Exchange(
      ConnectedService service,
      HttpRequest request,
      @Nullable String idempotencyKey,
      @Nullable String signedId,
      Instant until,
      InstantSource clock,
      Executor executor) {
    this.service = service;
    this.request = request;
    this.idempotencyKey = idempotencyKey;
    this.signedId = signedId;
    this.until = until;
    this.clock = clock;
    this.executor = executor;
  }

  /** Begins; the stage never fails. */
  CompletionStage<CallResult> begin(ScheduledExecutorService timer) {
    URI url;
    try {
      url = url();
    } catch (URISyntaxException e) {
      return CompletableFuture.completedFuture(
          new NotSent("the URL cannot be read: " + e.getMessage(), true, false));
    }
    long left = Duration.between(clock.instant(), until).toMillis();
    if (left <= 0) {
      return CompletableFuture.completedFuture(new NotSent(DEADLINE, false, false));
    }
    Throttle.Place place =
        service.throttle().enter(() -> executor.execute(() -> guarded(() -> prove(url))));
    ScheduledFuture<?> deadline =
        timer.schedule(() -> abandon(DEADLINE), left, TimeUnit.MILLISECONDS);
    return result.whenComplete(
        (done, error) -> {
          deadline.cancel(false);
          place.leave();
        });
  }

  /** Ends it, unless it has ended. */
  void abandon(String why) {
    abandoned = why;
    SentCall running = sent.get();
    if (running == null) {
      result.complete(new NotSent(why, false, false));
    } else {
      running.abandon(why.equals(DEADLINE) ? "there was no answer before the deadline" : why);
    }
  }

  private void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      // Nothing was sent: what sends reports its errors in the result.
      result.complete(new NotSent("the request could not be made: " + e, false, false));
    }
  }

  private URI url() throws URISyntaxException {
    Connection connection = service.connection();
    URI base = connection.baseUrl();
    URI url = new URI(base == null ? request.url() : base + request.url());
    if (url.getHost() == null || url.getUserInfo() != null) {
      throw new URISyntaxException(request.url(), "it has no host, or has credentials");
    }
    if (base != null) {
      if (!connection.isAt(url)) {
        throw new URISyntaxException(request.url(), "it leaves the connection");
      }
      requireNoDots(url.getRawPath());
    }
    return url;
  }

  /** The document's own dots are refused at registration; no service sees any. */
  private static void requireNoDots(@Nullable String path) throws URISyntaxException {
    for (String segment : path == null ? new String[0] : path.split("/", -1)) {
      String plain = segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
      if (plain.equals(".") || plain.equals("..")) {
        throw new URISyntaxException(path, "it has the segment " + segment);
      }
    }
  }

  private void prove(URI url) {
    service
        .tokens()
        .headers()
        .thenAcceptAsync(
            proved ->
                guarded(
                    () -> {
                      if (proved.failure() != null) {
                        result.complete(new NotSent(proved.failure(), false, true));
                      } else {
                        send(url, proved.headers(), 0);
                      }
                    }),
            executor);
  }

  private void send(URI url, Map<String, String> credentials, int redirects) {
    Duration left = Duration.between(clock.instant(), until);
    if (abandoned != null || left.isNegative() || left.isZero()) {
      result.complete(new NotSent(abandoned == null ? DEADLINE : abandoned, false, false));
      return;
    }
    byte[] body = body();
    SentCall call =
        service
            .caller()
            .send(
                new OutgoingRequest(
                    request.method().name(), url, headers(url, credentials, body), body),
                left);
    sent.set(call);
    String why = abandoned;
    if (why != null) {
      call.abandon(why);
    }
    call.result()
        .thenAcceptAsync(
            ended -> {
              URI next = redirect(url, ended, redirects);
              if (next == null) {
                result.complete(ended);
              } else {
                guarded(() -> send(next, credentials, redirects + 1));
              }
            },
            executor);
  }

  private @Nullable URI redirect(URI from, CallResult ended, int redirects) {
    if (!(ended instanceof CallResult.Answered answered)
        || !service.connection().followRedirects()
        || redirects >= MOST_REDIRECTS
        || (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD)) {
      return null;
    }
    String location = answered.header("location");
    boolean isRedirect =
        switch (answered.status()) {
          case 301, 302, 303, 307, 308 -> true;
          default -> false;
        };
    if (!isRedirect || location == null) {
      return null;
    }
    try {
      URI to = from.resolve(new URI(location));
      boolean isHttp = "http".equals(to.getScheme()) || "https".equals(to.getScheme());
      return isHttp && to.getHost() != null && to.getUserInfo() == null ? to : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      // The redirect itself is the answer, then.
      return null;
    }
  }

  private byte @Nullable [] body() {
    RawJson body = request.body();
    if (body == null) {
      return null;
    }
    String type = ownHeaders().get("content-type");
    boolean isText =
        body.isString() && type != null && !type.toLowerCase(Locale.ROOT).contains("json");
    return isText ? Json.text(body).getBytes(StandardCharsets.UTF_8) : body.bytes();
  }

  private Map<String, String> ownHeaders() {
    Map<String, String> own = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    own.putAll(request.headers());
    return own;
  }

  /** Credentials go only to the origin of the connection, and a step cannot replace them. */
  private Map<String, String> headers(
      URI url, Map<String, String> credentials, byte @Nullable [] body) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", "application/json, */*;q=0.5");
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    if (idempotencyKey != null) {
      headers.put("Idempotency-Key", idempotencyKey);
    }
    Connection connection = service.connection();
    boolean isHome = connection.baseUrl() == null || connection.isAt(url);
    if (isHome) {
      headers.putAll(connection.headers());
    }
    headers.putAll(request.headers());
    if (connection.isAt(url)) {
      headers.putAll(credentials);
    } else if (!isHome) {
      headers.remove("Authorization");
      headers.remove("Cookie");
    }
    if (signedId != null && connection.signingSecret() != null) {
      headers.putAll(
          Signature.headers(
              connection.signingSecret().value(),
              signedId,
              clock.instant(),
              body == null ? new byte[0] : body));
    }
    return headers;
  }
}
