package io.doundo.http.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.client.CallResult;
import io.doundo.http.client.HostileServer;
import io.doundo.http.client.HttpCaller;
import io.doundo.http.client.NameResolver;
import io.doundo.http.client.OutgoingRequest;
import io.doundo.http.client.RequestSender;
import io.doundo.http.client.SentCall;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Credentials;
import io.doundo.http.connection.Throttle;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpRequest;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is "not sent" only when not one byte of it can go out any more. */
class ExchangeTest {

  private final HostileServer server = new HostileServer(HostileServer.json("200", "{}"));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CompletableFuture<Void> inside = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  @AfterEach
  void close() {
    released.complete(null);
    executor.shutdownNow();
    timer.shutdownNow();
    server.close();
  }

  @Test
  void abandonedWhileTheSenderIsAtWork_afterTheBytesWentOut_nobodyKnows() {
    server.answers(server.silence());
    RequestSender real = caller(NameResolver.SYSTEM, server.url());
    RequestSender returnsLate =
        new RequestSender() {
          @Override
          public SentCall prepare() {
            return real.prepare();
          }

          @Override
          public void send(SentCall call, OutgoingRequest request, Duration longest) {
            real.send(call, request, longest);
            while (server.received().isEmpty()) {
              Thread.onSpinWait();
            }
            inside.complete(null);
            released.join();
          }

          @Override
          public void close() {
            real.close();
          }
        };
    try (returnsLate) {
      Exchange exchange = exchange(returnsLate, server.url());
      CompletionStage<CallResult> result = exchange.begin(timer);
      inside.orTimeout(10, TimeUnit.SECONDS).join();

      exchange.abandon("given up");
      released.complete(null);

      assertThat(of(result)).isInstanceOf(CallResult.Unanswered.class);
    }
  }

  @Test
  void abandonedWhileTheNameIsLookedUp_itIsNotSentAndNeverWillBe() {
    NameResolver slow =
        host -> {
          inside.complete(null);
          released.join();
          return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
    String url = "http://crm.example:" + server.port();
    try (RequestSender caller = caller(slow, url)) {
      Exchange exchange = exchange(caller, url);
      CompletionStage<CallResult> result = exchange.begin(timer);
      inside.orTimeout(10, TimeUnit.SECONDS).join();

      exchange.abandon("given up");

      assertThat(of(result)).isEqualTo(new CallResult.NotSent("given up", false, false));
      released.complete(null);
      executor.shutdown();
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void abandonedBefore_itIsNotSent() {
    try (RequestSender caller = caller(NameResolver.SYSTEM, server.url())) {
      Exchange exchange = exchange(caller, server.url());
      exchange.abandon("given up");

      assertThat(of(exchange.begin(timer)))
          .isEqualTo(new CallResult.NotSent("given up", false, false));
      assertThat(server.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/t/../x", "/t/%2e%2E/x", "/t/..%2Fadmin/7", "/t/a%5c..%5Cb", "/t/.", "/..%2f"})
  void aPathWithDotsBetweenSlashes_isNotSent(String path) {
    try (RequestSender caller = caller(NameResolver.SYSTEM, server.url())) {
      HttpRequest request = HttpRequest.evaluated("crm", HttpMethod.DELETE, path, Map.of(), null);

      CallResult result = of(exchange(caller, server.url(), request).begin(timer));

      assertThat(result).isInstanceOf(CallResult.NotSent.class);
      assertThat(((CallResult.NotSent) result).reason()).contains("it has the segment");
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void withoutATurnBeforeItsDeadline_itIsNotSentBecauseOfTheConnectionsLimits() {
    try (RequestSender caller = caller(NameResolver.SYSTEM, server.url())) {
      Throttle throttle = new Throttle(timer, 1, 0);
      Throttle.Place other = throttle.enter(() -> {});
      Exchange exchange =
          exchange(
              caller,
              server.url(),
              CallFixture.request(HttpMethod.POST),
              throttle,
              Instant.now().plus(Duration.ofMillis(50)));

      assertThat(of(exchange.begin(timer)))
          .isInstanceOfSatisfying(
              CallResult.NotSent.class,
              unsent -> {
                assertThat(unsent.cause()).isEqualTo(CallResult.Cause.OWN_LIMIT);
                assertThat(unsent.serviceFault()).isFalse();
                assertThat(unsent.reason()).contains("at-once, rate");
              });
      other.leave();
      assertThat(server.received()).isEmpty();
    }
  }

  private static CallResult of(CompletionStage<CallResult> result) {
    return result.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private HttpCaller caller(NameResolver names, String url) {
    return new HttpCaller(CallFixture.connection("crm", URI.create(url)), names, true, timer);
  }

  private Exchange exchange(RequestSender caller, String url) {
    return exchange(caller, url, CallFixture.request(HttpMethod.POST));
  }

  private Exchange exchange(RequestSender caller, String url, HttpRequest request) {
    return exchange(caller, url, request, new Throttle(timer, 1, 0), Instant.now().plusSeconds(20));
  }

  private Exchange exchange(
      RequestSender caller, String url, HttpRequest request, Throttle throttle, Instant until) {
    Connection connection = CallFixture.connection("crm", URI.create(url));
    return new Exchange(
        new ConnectedService(
            connection,
            caller,
            caller,
            throttle,
            new TokenSource(new Credentials.None(), caller, InstantSource.system())),
        request,
        null,
        null,
        until,
        InstantSource.system(),
        executor);
  }
}
