package io.doundo.http.call;

import static io.doundo.http.call.CallFixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.call.TokenSource.Proved;
import io.doundo.http.client.HostileServer;
import io.doundo.http.client.HttpCaller;
import io.doundo.http.client.NameResolver;
import io.doundo.http.connection.Connection;
import io.doundo.http.connection.Credentials;
import io.doundo.http.connection.Secret;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.fence.Settled;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token is fetched once, kept as long as it is good, and never waited for without end. */
class TokenSourceTest {

  private final AtomicInteger fetched = new AtomicInteger();
  private final HostileServer login = new HostileServer(token("3600"));
  private final HostileServer server = new HostileServer(HostileServer.json("200", "{\"id\":7}"));

  @AfterEach
  void close() {
    login.close();
    server.close();
  }

  private HostileServer.Answer token(String expiresIn) {
    return (request, out) ->
        HostileServer.json(
                "200",
                "{\"access_token\":\"t%d\",\"expires_in\":%s}"
                    .formatted(fetched.incrementAndGet(), expiresIn))
            .to(request, out);
  }

  @Test
  void aTokenThatTheServiceRejects_isReplacedByTheNextAttempt() {
    server.answers(
        (request, out) ->
            HostileServer.json(request.contains("Bearer t1") ? "401" : "200", "{\"id\":7}")
                .to(request, out));
    try (CallFixture calls = calls()) {
      CallEnd first = calls.call(post());
      CallEnd second = calls.call(post());

      assertThat(isRetried(first)).isTrue();
      assertThat(second.settled()).isInstanceOf(Settled.Done.class);
      assertThat(login.received()).hasSize(2);
    }
  }

  @Test
  void a403_isNoMatterOfTheToken() {
    server.answers(HostileServer.json("403", "{}"));
    try (CallFixture calls = calls()) {
      assertThat(isRetried(calls.call(post()))).isFalse();
      calls.call(post());

      assertThat(login.received()).hasSize(1);
    }
  }

  @Test
  void a401OfAFixedToken_isFinal() {
    server.answers(HostileServer.json("401", "{}"));
    try (CallFixture calls = new CallFixture(server.url())) {
      assertThat(isRetried(calls.call(post()))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775807", "99999999999999999999", "1e400", "\"3600\"", "0.5"})
  void anyNumberOfSecondsWillDo(String expiresIn) {
    login.answers(token(expiresIn));
    try (CallFixture calls = calls()) {
      assertThat(calls.call(post(), Duration.ofSeconds(5)).settled())
          .isInstanceOf(Settled.Done.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"soon\"", "true", "[]"})
  void whatIsNoNumber_isAReasonAndNoEndlessWait(String expiresIn) {
    login.answers(token(expiresIn));
    try (CallFixture calls = calls()) {
      CallEnd end = calls.call(post(), Duration.ofSeconds(5));

      assertThat(((Settled.NoEffect) end.settled()).error()).contains("authorization server");
      assertThat(isRetried(end)).isTrue();
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void aTokenThatHasBeenReplaced_cannotBeRejectedAgain() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (HttpCaller caller =
        new HttpCaller(
            CallFixture.connection("crm", URI.create(server.url())),
            NameResolver.SYSTEM,
            true,
            timer)) {
      TokenSource tokens = new TokenSource(credentials(), caller, InstantSource.system());
      Proved old = proved(tokens);
      tokens.reject(old);
      Proved now = proved(tokens);
      tokens.reject(old);

      assertThat(proved(tokens)).isSameAs(now).isNotEqualTo(old);
      assertThat(login.received()).hasSize(2);
    } finally {
      timer.shutdownNow();
    }
  }

  private static boolean isRetried(CallEnd end) {
    return ((Settled.NoEffect) end.settled()).retryable();
  }

  private static Proved proved(TokenSource tokens) {
    return tokens.headers().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private Credentials credentials() {
    return new Credentials.ClientCredentials(
        URI.create(login.url() + "/token"), "doundo", new Secret("hidden"), "");
  }

  private CallFixture calls() {
    return new CallFixture(
        c ->
            new Connection(
                c.name(),
                c.baseUrl(),
                credentials(),
                c.headers(),
                null,
                null,
                c.atOnce(),
                0,
                false,
                false,
                false,
                c.settle(),
                c.maxAnswer(),
                c.connectTimeout()),
        server.url());
  }
}
