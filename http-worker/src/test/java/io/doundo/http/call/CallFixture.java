package io.doundo.http.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.http.client.NameResolver;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Connections;
import io.doundo.http.connection.Credentials;
import io.doundo.http.connection.Secret;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.http.HttpVerify;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.callee.Callee.CalledCommand;
import io.doundo.worker.callee.Callee.Verified;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A callee with one connection {@code crm}, and commands for it. */
final class CallFixture implements AutoCloseable {

  static final String KEY = "9f3c";

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  final MeterRegistry registry = new SimpleMeterRegistry();
  private final ConnectedServices services;
  final HttpCallee callee;

  CallFixture(String baseUrl) {
    this(connection -> connection, baseUrl, NameResolver.SYSTEM, true);
  }

  CallFixture(UnaryOperator<Connection> changes, String baseUrl) {
    this(changes, baseUrl, NameResolver.SYSTEM, true);
  }

  CallFixture(
      UnaryOperator<Connection> changes,
      String baseUrl,
      NameResolver names,
      boolean allowLoopback) {
    this.services =
        new ConnectedServices(
            new Connections(
                Map.of("crm", changes.apply(connection("crm", URI.create(baseUrl)))),
                connection("", null)),
            names,
            allowLoopback,
            timer,
            executor,
            InstantSource.system(),
            registry);
    this.callee = new HttpCallee(services, InstantSource.system());
  }

  static Connection connection(String name, @Nullable URI baseUrl) {
    return new Connection(
        name,
        baseUrl,
        new Credentials.Bearer(new Secret("s3cret")),
        Map.of("X-Tenant", "acme"),
        new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        null,
        10,
        0,
        false,
        false,
        false,
        Duration.ofMillis(300),
        256 * 1024,
        Duration.ofSeconds(5));
  }

  /** A command that can be abandoned. */
  static final class Called implements CalledCommand {

    private final ReceivedCommand received;
    private volatile @Nullable Runnable interrupt;

    Called(ReceivedCommand received) {
      this.received = received;
    }

    @Override
    public ReceivedCommand received() {
      return received;
    }

    @Override
    public boolean again() {
      return false;
    }

    @Override
    public BooleanSupplier abandoned() {
      return () -> false;
    }

    @Override
    public void onAbandon(Runnable ending) {
      interrupt = ending;
    }

    void abandon() {
      Runnable ending = interrupt;
      if (ending != null) {
        ending.run();
      }
    }
  }

  static Called called(HttpCommand command, Duration timeout) {
    return called(command, timeout, 1);
  }

  static Called called(HttpCommand command, Duration timeout, int generation) {
    Instant now = Instant.now();
    return new Called(
        new ReceivedCommand(
            "f-1",
            "leads",
            "createLead",
            CommandAction.DO,
            1,
            generation,
            List.of(),
            KnownEffect.UNKNOWN,
            null,
            null,
            now,
            now.plus(timeout),
            now,
            null,
            false,
            Map.of(),
            command.encode()));
  }

  CallEnd call(HttpCommand command) {
    return call(command, Duration.ofSeconds(20));
  }

  CallEnd call(HttpCommand command, Duration timeout) {
    return callee
        .call(called(command, timeout))
        .toCompletableFuture()
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  Verified verify(HttpCommand command, Duration timeout) {
    return callee
        .verify(called(command, timeout))
        .toCompletableFuture()
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  CallEnd undo(HttpCommand command) {
    return undo(command, Duration.ofSeconds(20), 1);
  }

  CallEnd undo(HttpCommand command, Duration timeout, int generation) {
    return callee
        .undo(called(command, timeout, generation), KnownEffect.UNKNOWN, null)
        .toCompletableFuture()
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  static HttpRequest request(HttpMethod method) {
    return HttpRequest.evaluated(
        "crm", method, "/leads", Map.of(), method.isRead() ? null : json("{\"name\":\"Ann\"}"));
  }

  static HttpCommand command(HttpRequest request) {
    return command(HttpCall.ofDo(KEY, request, null, null));
  }

  static HttpCommand command(HttpCall... calls) {
    return new HttpCommand(
        1, List.of(calls), null, null, HttpOutcomes.NONE, false, false, null, Map.of());
  }

  static HttpCommand post() {
    return command(request(HttpMethod.POST));
  }

  static HttpVerify verify() {
    return new HttpVerify(
        HttpRequest.evaluated("crm", HttpMethod.GET, "/leads?key=" + KEY, Map.of(), null),
        null,
        "size(response.body) > 0",
        json("{\"id\":\"{{ response.body[0].id }}\"}"));
  }

  static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }

  @Override
  public void close() {
    services.close();
    executor.shutdownNow();
    timer.shutdownNow();
  }
}
