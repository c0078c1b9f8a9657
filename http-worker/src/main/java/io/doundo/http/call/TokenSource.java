package io.doundo.http.call;

import io.doundo.http.client.CallResult;
import io.doundo.http.client.OutgoingRequest;
import io.doundo.http.client.RequestSender;
import io.doundo.http.client.SentCall;
import io.doundo.http.connection.Credentials;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The header with which a connection proves who calls. A token is fetched once for all calls that
 * wait for it, and again shortly before it expires, after a day, or when the service rejects it.
 * Thread-safe.
 */
final class TokenSource {

  /** The header, or the reason for which there is none. */
  record Proved(Map<String, String> headers, @Nullable String failure) {}

  private static final Duration EARLY = Duration.ofSeconds(30);
  private static final Duration LONGEST_FETCH = Duration.ofSeconds(10);
  private static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);
  private static final Duration LONGEST_LIFE = Duration.ofDays(1);

  private final Credentials credentials;
  private final RequestSender caller;
  private final InstantSource clock;
  private @Nullable CompletableFuture<Proved> fetching;
  private @Nullable Proved token;
  private Instant expires = Instant.MIN;

  TokenSource(Credentials credentials, RequestSender caller, InstantSource clock) {
    this.credentials = credentials;
    this.caller = caller;
    this.clock = clock;
  }

  /** Never fails; a token that cannot be fetched is a reason. */
  CompletionStage<Proved> headers() {
    if (credentials instanceof Credentials.ClientCredentials client) {
      return fetched(client);
    }
    return CompletableFuture.completedFuture(fixed());
  }

  private Proved fixed() {
    try {
      if (credentials instanceof Credentials.Bearer bearer) {
        return proved("Authorization", "Bearer " + bearer.token().value());
      }
      if (credentials instanceof Credentials.Basic basic) {
        return proved("Authorization", basic(basic.user(), basic.password().value()));
      }
      if (credentials instanceof Credentials.Header header) {
        return proved(header.name(), header.value().value());
      }
      return new Proved(Map.of(), null);
    } catch (java.io.UncheckedIOException e) {
      return new Proved(Map.of(), String.valueOf(e.getMessage()));
    }
  }

  private static Proved proved(String name, String value) {
    return new Proved(Map.of(name, value), null);
  }

  private static String basic(String user, String password) {
    byte[] pair = (user + ':' + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private CompletionStage<Proved> fetched(Credentials.ClientCredentials client) {
    CompletableFuture<Proved> mine;
    synchronized (this) {
      if (token != null && clock.instant().isBefore(expires)) {
        return CompletableFuture.completedFuture(token);
      }
      if (fetching != null) {
        return fetching;
      }
      mine = new CompletableFuture<>();
      fetching = mine;
    }
    try {
      SentCall call = caller.prepare();
      caller.send(call, question(client), LONGEST_FETCH);
      call.result().thenAccept(result -> mine.complete(kept(result)));
    } catch (RuntimeException e) {
      mine.complete(kept(new CallResult.NotSent(String.valueOf(e.getMessage()), false, false)));
    }
    return mine;
  }

  /** Forgets a token that the service has rejected, unless another one has replaced it. */
  synchronized void reject(Proved rejected) {
    if (rejected.equals(token)) {
      token = null;
    }
  }

  private static OutgoingRequest question(Credentials.ClientCredentials client) {
    String form = "grant_type=client_credentials";
    if (!client.scope().isEmpty()) {
      form += "&scope=" + URLEncoder.encode(client.scope(), StandardCharsets.UTF_8);
    }
    return new OutgoingRequest(
        "POST",
        client.tokenUrl(),
        Map.of(
            "Authorization",
            basic(
                URLEncoder.encode(client.clientId(), StandardCharsets.UTF_8),
                URLEncoder.encode(client.clientSecret().value(), StandardCharsets.UTF_8)),
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Accept",
            "application/json"),
        form.getBytes(StandardCharsets.UTF_8));
  }

  /** Never throws, so that whoever waits for the token always gets an answer. */
  private synchronized Proved kept(CallResult result) {
    fetching = null;
    Proved made;
    try {
      made = read(result);
    } catch (RuntimeException e) {
      made = new Proved(Map.of(), "the authorization server's answer cannot be used: " + e);
    }
    token = made.failure() == null ? made : null;
    return made;
  }

  private synchronized Proved read(CallResult result) {
    if (!(result instanceof CallResult.Answered answered) || answered.status() != 200) {
      String why =
          result instanceof CallResult.Answered answered
              ? "it answered " + answered.status()
              : result instanceof CallResult.NotSent unsent
                  ? unsent.reason()
                  : ((CallResult.Unanswered) result).reason();
      return new Proved(Map.of(), "no token from the authorization server: " + why);
    }
    try {
      Map<String, RawJson> fields = Json.fields(answered.body());
      RawJson value = fields.get("access_token");
      if (value == null || !value.isString()) {
        return new Proved(Map.of(), "the authorization server answered without an access_token");
      }
      RawJson seconds = fields.get("expires_in");
      Duration lives = seconds == null ? DEFAULT_LIFE : life(Json.text(seconds));
      expires = clock.instant().plus(lives).minus(EARLY);
      return proved("Authorization", "Bearer " + Json.text(value));
    } catch (MalformedRecordException | NumberFormatException e) {
      return new Proved(Map.of(), "the authorization server's answer cannot be read");
    }
  }

  /** Between nothing and the longest life, whatever number the server says. */
  private static Duration life(String seconds) {
    BigDecimal longest = BigDecimal.valueOf(LONGEST_LIFE.toSeconds());
    BigDecimal lives = new BigDecimal(seconds).min(longest).max(BigDecimal.ZERO);
    return Duration.ofSeconds(lives.longValue());
  }
}
