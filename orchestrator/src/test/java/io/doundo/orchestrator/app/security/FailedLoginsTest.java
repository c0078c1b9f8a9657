package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {

  private static final Instant NOW = Instant.parse("2026-11-29T23:00:00Z");
  private static final String GUESSER = "192.0.2.1";

  private final DoundoProperties.Key shop = Keys.key("shop", "shop's", Role.OPERATOR);
  private final DoundoProperties.Key old =
      Keys.key("shop", "old", NOW.minusSeconds(1), Role.OPERATOR);
  private final KeyRing keys = KeyRingTest.ring(null, shop, old);
  private final FailedLogins failures = new FailedLogins();

  @Test
  void whoeverGuessesIsRefusedForTheRestOfTheMinuteRightKeysIncluded() {
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertThat(check("guess " + i, GUESSER, NOW).retryAfterSeconds()).isZero();
    }
    Logins.Result wrong = check("guess", GUESSER, NOW.plusSeconds(20));
    assertThat(wrong.retryAfterSeconds()).isEqualTo(40);
    assertThat(wrong.problem()).contains("Try again in 40 s");
    assertThat(check("shop's", GUESSER, NOW.plusSeconds(20)))
        .as("a right guess looks like a wrong one")
        .isEqualTo(wrong);
    assertThat(check("shop's", "192.0.2.2", NOW).login()).as("another address").isNotNull();
    assertThat(check("shop's", GUESSER, NOW.plusSeconds(60)).login()).isNotNull();
  }

  @Test
  void aKeyThatIsInUseFromAnAddressGoesOnWorking() {
    assertThat(check("shop's", GUESSER, NOW).login()).isNotNull();
    for (int i = 0; i <= FailedLogins.MOST; i++) {
      check("misconfigured", GUESSER, NOW);
    }
    assertThat(check("misconfigured", GUESSER, NOW).retryAfterSeconds()).isPositive();
    assertThat(check("shop's", GUESSER, NOW).login()).isNotNull();
  }

  @Test
  void anExpiredKeySlowsDownItselfAndNotItsSuccessor() {
    Logins.Result expired = check("old", GUESSER, NOW);
    assertThat(expired.login()).isNull();
    assertThat(expired.name()).isEqualTo("shop");
    assertThat(expired.problem()).contains("of shop expired at 2026-11-29T22:59:59Z");
    for (int i = 0; i < FailedLogins.MOST; i++) {
      check("old", "192.0.2." + i, NOW);
    }
    assertThat(check("old", "192.0.2.99", NOW).retryAfterSeconds()).isPositive();
    assertThat(check("shop's", "192.0.2.99", NOW).login()).isNotNull();
  }

  @Test
  void theMemoryIsBounded() {
    for (int i = 0; i < 50_000; i++) {
      failures.failed("address " + i, 0);
      failures.succeeded("address " + i, "key", 0);
    }
    assertThat(failures.size()).isEqualTo(20_000);
  }

  @Test
  void oneNetworkOfIpv6IsOneAddress() {
    assertThat(Logins.network("2001:db8:1:2:3:4:5:6"))
        .isEqualTo(Logins.network("2001:db8:1:2::1"))
        .isNotEqualTo(Logins.network("2001:db8:1:3::1"));
    assertThat(Logins.network("192.0.2.1")).isEqualTo("192.0.2.1");
  }

  private Logins.Result check(String key, String address, Instant now) {
    return new Logins(
            keys, new Sessions(keys, null), failures, null, Clock.fixed(now, ZoneOffset.UTC))
        .check(key, address);
  }
}
