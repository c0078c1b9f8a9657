package io.doundo.http.call;

import io.doundo.http.client.CallResult;
import io.doundo.http.client.HttpCaller;
import io.doundo.http.client.NameResolver;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Connections;
import io.doundo.http.connection.Credentials;
import io.doundo.http.connection.Throttle;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.callee.Callee.CalledCommand;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** All connections, each opened when it is first used. Thread-safe. */
public final class ConnectedServices implements AutoCloseable {

  /**
   * A request to send.
   *
   * @param idempotencyKey null for none
   * @param signedId null when it is not signed
   * @param until when there must be a result
   * @param purpose for the meters: {@code do}, {@code verify} or {@code undo}
   */
  record Call(
      HttpRequest request,
      @Nullable String idempotencyKey,
      @Nullable String signedId,
      Instant until,
      String purpose) {}

  /**
   * What became of a webhook that is no step's.
   *
   * @param retryAfter the pause that the receiver asks for; null when it does not
   */
  public record Posted(CallResult result, @Nullable Duration retryAfter) {}

  /** What became of it, and what that proves. */
  record Sent(CallResult result, Proof proof) {}

  private final Connections connections;
  private final NameResolver names;
  private final boolean allowLoopback;
  private final ScheduledExecutorService timer;
  private final Executor executor;
  private final InstantSource clock;
  private final CallMeters meters;
  private final Map<String, ConnectedService> open = new ConcurrentHashMap<>();

  /**
   * Opens nothing yet.
   *
   * @param allowLoopback whether loopback addresses may be called over any connection
   * @param executor for what may block while a host name is looked up
   */
  public ConnectedServices(
      Connections connections,
      NameResolver names,
      boolean allowLoopback,
      ScheduledExecutorService timer,
      Executor executor,
      InstantSource clock,
      MeterRegistry registry) {
    this.connections = connections;
    this.names = names;
    this.allowLoopback = allowLoopback;
    this.timer = timer;
    this.executor = executor;
    this.clock = clock;
    this.meters = new CallMeters(registry);
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** How long after its deadline a call of this command may still arrive. */
  Duration settle(HttpCommand command, HttpCall call) {
    if (command.settle() != null) {
      return command.settle();
    }
    Connection connection = connections.of(call.request().connection());
    return connection == null ? connections.direct().settle() : connection.settle();
  }

  /** Sends a request and reads what its result proves; the stage never fails. */
  CompletionStage<Sent> send(Call call, CalledCommand called, Proof.Reading reading) {
    String name = call.request().connection();
    Connection connection = connections.of(name);
    if (connection == null) {
      return CompletableFuture.completedFuture(
          sent(
              new CallResult.NotSent(
                  "the connection " + name + " is not configured at the http worker", false, false),
              call,
              reading,
              Proof.Service.ORDINARY));
    }
    if (call.signedId() != null && connection.signingSecret() == null) {
      return CompletableFuture.completedFuture(
          sent(
              new CallResult.NotSent(
                  "the connection " + name + " has no signing-secret for its webhooks",
                  true,
                  false),
              call,
              reading,
              Proof.Service.ORDINARY));
    }
    Exchange exchange =
        new Exchange(
            open.computeIfAbsent(connection.name(), unused -> opened(connection)),
            call.request(),
            call.idempotencyKey(),
            call.signedId(),
            call.until(),
            clock,
            executor);
    called.onAbandon(() -> exchange.abandon("the call was given up"));
    Instant began = clock.instant();
    return exchange
        .begin(timer)
        .thenApply(
            result -> {
              Sent sent =
                  sent(
                      result,
                      call,
                      reading,
                      new Proof.Service(
                          connection.trust503(),
                          connection.credentials() instanceof Credentials.ClientCredentials));
              meters.called(
                  connection.name(),
                  call.purpose(),
                  sent.proof().outcome(),
                  Duration.between(began, clock.instant()));
              if (result instanceof CallResult.NotSent unsent && unsent.isRefused()) {
                meters.refused(connection.name());
              }
              return sent;
            });
  }

  /**
   * Sends a signed webhook that is no step's.
   *
   * @param path what follows the connection's URL: empty, or beginning with a slash
   * @param longest until when there is a result
   * @return never fails
   */
  public CompletionStage<Posted> post(
      String name, String path, RawJson body, String id, Duration longest) {
    Connection connection = connections.of(name);
    if (connection == null || connection.signingSecret() == null) {
      return CompletableFuture.completedFuture(
          new Posted(
              new CallResult.NotSent(
                  connection == null
                      ? "the connection " + name + " is not configured"
                      : "the connection " + name + " has no signing-secret for its webhooks",
                  true,
                  false),
              null));
    }
    Instant began = clock.instant();
    Exchange exchange =
        new Exchange(
            open.computeIfAbsent(connection.name(), unused -> opened(connection)),
            HttpRequest.evaluated(name, HttpMethod.POST, path, Map.of(), body),
            id,
            id,
            began.plus(longest),
            clock,
            executor);
    return exchange
        .begin(timer)
        .thenApply(
            result -> {
              meters.called(
                  name, "notify", outcome(result), Duration.between(began, clock.instant()));
              if (result instanceof CallResult.NotSent unsent && unsent.isRefused()) {
                meters.refused(name);
              }
              return new Posted(
                  result,
                  result instanceof CallResult.Answered answered
                      ? Proof.retryAfter(answered.header("retry-after"), clock.instant())
                      : null);
            });
  }

  private static HttpOutcome outcome(CallResult result) {
    if (result instanceof CallResult.Answered answered) {
      return answered.status() / 100 == 2 ? HttpOutcome.OK : HttpOutcome.FAILED;
    }
    return result instanceof CallResult.NotSent ? HttpOutcome.NO_EFFECT : HttpOutcome.UNKNOWN;
  }

  private Sent sent(CallResult result, Call call, Proof.Reading reading, Proof.Service service) {
    return new Sent(
        result,
        Proof.of(result, reading, call.request().method().isRead(), service, clock.instant()));
  }

  private ConnectedService opened(Connection connection) {
    HttpCaller caller = new HttpCaller(connection, names, allowLoopback, timer);
    return new ConnectedService(
        connection,
        caller,
        connection.followRedirects()
            ? new HttpCaller(connection.abroad(), names, allowLoopback, timer)
            : caller,
        new Throttle(timer, connection.atOnce(), connection.rate()),
        new TokenSource(connection.credentials(), caller, clock));
  }

  @Override
  public void close() {
    open.values().forEach(ConnectedService::close);
  }
}
