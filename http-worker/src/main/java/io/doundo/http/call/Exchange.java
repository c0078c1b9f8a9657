package io.doundo.http.call;

import io.doundo.expression.UrlTemplate;
import io.doundo.http.client.CallResult;
import io.doundo.http.client.CallResult.NotSent;
import io.doundo.http.client.OutgoingRequest;
import io.doundo.http.client.RequestSender;
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

  /** How far the exchange is. */
  private sealed interface Progress {}

  /** Nothing is sent. */
  private record Idle() implements Progress {}

  /** Nothing is sent, and nothing will be. */
  private record Abandoned(String why) implements Progress {}

  /** A call knows whether its bytes may have been written. */
  private record Sending(SentCall call) implements Progress {}

  private static final int MOST_REDIRECTS = 3;
  private static final String DEADLINE = "the deadline passed before the request was sent";
  private static final String NO_TURN =
      "the deadline passed before the limits of the connection (at-once, rate) left it a turn";

  private final ConnectedService service;
  private final HttpRequest request;
  private final @Nullable String idempotencyKey;
  private final @Nullable String signedId;
  private final Instant until;
  private final InstantSource clock;
  private final Executor executor;
  private final CompletableFuture<CallResult> result = new CompletableFuture<>();

  /** What decides whether the request was sent: nothing yet, an end before it, or the last call. */
  private final AtomicReference<Progress> progress = new AtomicReference<>(new Idle());

  /** Whether it has had its turn. */
  private volatile boolean hasBegun;

  /** Set before the progress is read, so that a call which begins at the same time sees it. */
  private volatile @Nullable String abandonedBecause;

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
      // Its own message has the connection's URL, in whose path a secret may stand.
      return CompletableFuture.completedFuture(
          new NotSent(
              "the URL %s cannot be read: %s".formatted(request.url(), e.getReason()),
              true,
              false));
    }
    long left = Duration.between(clock.instant(), until).toMillis();
    if (left <= 0) {
      return CompletableFuture.completedFuture(new NotSent(DEADLINE, false, false));
    }
    Throttle.Place place = service.throttle().enter(() -> take(url));
    ScheduledFuture<?> deadline =
        timer.schedule(() -> abandon(DEADLINE), left, TimeUnit.MILLISECONDS);
    return result.whenComplete(
        (done, error) -> {
          deadline.cancel(false);
          place.leave();
        });
  }

  private void take(URI url) {
    hasBegun = true;
    executor.execute(() -> guarded(() -> prove(url)));
  }

  /**
   * Ends it, unless it has ended. "Not sent" is its result only if nothing can be sent any more:
   * from the moment at which a call exists, that call decides.
   */
  void abandon(String reason) {
    boolean isLate = reason.equals(DEADLINE);
    boolean isWaiting = isLate && !hasBegun;
    String why =
        isLate && progress.get() instanceof Sending
            ? "there was no answer before the deadline"
            : isWaiting ? NO_TURN : reason;
    abandonedBecause = why;
    Progress now = progress.get();
    while (!(now instanceof Sending)) {
      if (now instanceof Abandoned) {
        return;
      }
      if (progress.compareAndSet(now, new Abandoned(why))) {
        result.complete(
            new NotSent(
                why,
                false,
                false,
                isWaiting ? CallResult.Cause.OWN_LIMIT : CallResult.Cause.OTHER));
        return;
      }
      now = progress.get();
    }
    ((Sending) now).call().abandon(why);
  }

  private void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      String why = "the request could not be made: " + e;
      if (progress.get() instanceof Sending sending) {
        sending.call().abandon(why);
        result.complete(new CallResult.Unanswered(why, false));
      } else {
        result.complete(new NotSent(why, false, false));
      }
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

  /** Dots of the document are refused at registration, those of values before; this is the last. */
  private static void requireNoDots(@Nullable String path) throws URISyntaxException {
    if (path != null && UrlTemplate.hasDots(path)) {
      throw new URISyntaxException(path, "it has the segment \".\" or \"..\"");
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
                        send(new Target(url, url, true), proved, 0);
                      }
                    }),
            executor);
  }

  /**
   * Where a request goes.
   *
   * @param first of the exchange
   * @param isHome whether no redirect has left the origin of the first URL so far
   */
  private record Target(URI url, URI first, boolean isHome) {

    Target to(URI next) {
      return new Target(next, first, isHome && Connection.isOneOrigin(first, next));
    }
  }

  private void send(Target target, TokenSource.Proved proved, int redirects) {
    Duration left = Duration.between(clock.instant(), until);
    if (left.isNegative() || left.isZero()) {
      result.complete(new NotSent(DEADLINE, false, false));
      return;
    }
    OutgoingRequest outgoing = outgoing(target, proved);
    RequestSender sender = target.isHome() ? service.caller() : service.abroad();
    SentCall call = sender.prepare();
    Progress before = progress.get();
    if (before instanceof Abandoned || !progress.compareAndSet(before, new Sending(call))) {
      // Whoever abandoned it has completed the result.
      return;
    }
    call.result()
        .thenAcceptAsync(
            ended -> {
              URI next = redirect(target.url(), ended, redirects);
              if (next == null) {
                rejectToken(target, proved, ended);
                result.complete(ended);
              } else {
                guarded(() -> send(target.to(next), proved, redirects + 1));
              }
            },
            executor);
    String why = abandonedBecause;
    if (why == null) {
      sender.send(call, outgoing, left);
    } else {
      call.abandon(why);
    }
  }

  /** The service accepts the token no longer: the next attempt fetches another one. */
  private void rejectToken(Target target, TokenSource.Proved proved, CallResult ended) {
    if (target.isHome()
        && ended instanceof CallResult.Answered answered
        && answered.status() == Proof.UNAUTHORIZED) {
      service.tokens().reject(proved);
    }
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

  /**
   * Another origin gets nothing of the request but what it accepts. Credentials go only to the
   * origin of the connection, and a step cannot replace them.
   */
  private OutgoingRequest outgoing(Target target, TokenSource.Proved proved) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Accept", "application/json, */*;q=0.5");
    String method = request.method().name();
    if (!target.isHome()) {
      String accept = ownHeaders().get("accept");
      if (accept != null) {
        headers.put("Accept", accept);
      }
      return new OutgoingRequest(method, target.url(), headers, null);
    }
    byte[] body = body();
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    if (idempotencyKey != null) {
      headers.put("Idempotency-Key", idempotencyKey);
    }
    Connection connection = service.connection();
    headers.putAll(connection.headers());
    headers.putAll(request.headers());
    if (connection.isAt(target.url())) {
      headers.putAll(proved.headers());
    }
    if (signedId != null && connection.signingSecret() != null) {
      headers.putAll(
          Signature.headers(
              connection.signingSecret().value(),
              signedId,
              clock.instant(),
              body == null ? new byte[0] : body));
    }
    return new OutgoingRequest(method, target.url(), headers, body);
  }
}
