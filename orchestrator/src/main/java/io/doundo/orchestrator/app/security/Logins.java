package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks credentials: API keys and sessions. Failures are counted for each address, and those with
 * an expired key for the key's name too. Thread-safe.
 */
final class Logins {

  private static final String EXPIRED = "key ";

  private final KeyRing keys;
  private final Sessions sessions;
  private final FailedLogins failures;
  private final @Nullable BearerTokens tokens;
  private final Clock clock;

  /**
   * @param tokens null when bearer tokens are not accepted
   */
  Logins(
      KeyRing keys,
      Sessions sessions,
      FailedLogins failures,
      @Nullable BearerTokens tokens,
      Clock clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.sessions = sessions;
    this.failures = failures;
    this.clock = clock;
  }

  /**
   * What a credential is worth.
   *
   * @param login null when it is refused
   * @param name whose it is, as far as that is known
   * @param problem why it is refused; empty when it is not
   * @param retryAfterSeconds more than 0 when there were too many failures
   */
  record Result(
      @Nullable Login login, @Nullable String name, String problem, long retryAfterSeconds) {

    private static Result of(Login login) {
      return new Result(login, login.name(), "", 0);
    }

    private static Result refused(@Nullable String name, String problem) {
      return new Result(null, name, problem, 0);
    }

    private static Result blocked(@Nullable String name, String whose, Duration wait) {
      long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
      return new Result(
          null,
          name,
          "Too many failed logins %s. Try again in %d s.".formatted(whose, seconds),
          seconds);
    }
  }

  /**
   * Checks an API key or, where they are accepted, a bearer token.
   *
   * @param remote the address that sent it
   */
  Result check(String credential, String remote) {
    Instant now = Instant.now(clock);
    long ms = now.toEpochMilli();
    String address = network(remote);
    Duration wait = failures.wait(address, ms);
    Optional<DoundoProperties.Key> found = keys.find(credential);
    if (found.isEmpty() && tokens != null && BearerTokens.isToken(credential)) {
      return token(tokens, credential, remote, wait, ms);
    }
    if (found.isPresent() && !Login.of(found.get()).isOver(now)) {
      DoundoProperties.Key key = found.get();
      String id = KeyRing.id(key);
      if (!wait.isZero() && !failures.isKnown(address, id, ms)) {
        return Result.blocked(null, "from " + remote, wait);
      }
      failures.succeeded(address, id, ms);
      keys.use(key, ms);
      return Result.of(Login.of(key));
    }
    if (!wait.isZero()) {
      return Result.blocked(null, "from " + remote, wait);
    }
    if (found.isPresent()) {
      return expired(found.get(), ms);
    }
    failures.failed(address, ms);
    return Result.refused(
        null, "The API key in " + CallerFilter.HEADER + " or Authorization is unknown.");
  }

  private Result token(BearerTokens tokens, String token, String remote, Duration wait, long now) {
    String address = network(remote);
    String id = BearerTokens.id(token);
    if (!wait.isZero() && !failures.isKnown(address, id, now)) {
      // Each token with an unknown key would ask the issuer.
      return Result.blocked(null, "from " + remote, wait);
    }
    BearerTokens.Checked checked = tokens.check(token);
    if (checked.login() != null) {
      failures.succeeded(address, id, now);
      return Result.of(checked.login());
    }
    if (checked.isGuess()) {
      failures.failed(address, now);
    }
    return Result.refused(null, checked.problem());
  }

  /** Its user has another key perhaps, so only this one is slowed down. */
  private Result expired(DoundoProperties.Key key, long now) {
    Duration wait = failures.wait(EXPIRED + key.name(), now);
    if (!wait.isZero()) {
      return Result.blocked(key.name(), "with an expired key of " + key.name(), wait);
    }
    failures.failed(EXPIRED + key.name(), now);
    return Result.refused(
        key.name(),
        "This API key of %s expired at %s. Use its successor."
            .formatted(key.name(), key.expiresAt()));
  }

  Optional<Login> session(String token, Instant now) {
    return sessions.check(token, now);
  }

  /** Whoever has one IPv6 address has 2^64 of them. */
  static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return bytes.length == 16 ? HexFormat.of().formatHex(bytes, 0, 8) : address;
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
