package io.doundo.orchestrator.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.hook.HookController;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Who may deliver to a webhook without a secret. */
class HookLoginsTest {

  private static final Instant NOW = Instant.parse("2026-11-29T23:00:00Z");

  private final KeyRing keys =
      KeyRingTest.ring(
          null, Keys.key("shop", "shop's", Role.OPERATOR), Keys.key("eye", "eye's", Role.VIEWER));

  private final Logins logins =
      new Logins(
          keys,
          new Sessions(keys, null),
          new FailedLogins(),
          null,
          Clock.fixed(NOW, ZoneOffset.UTC));

  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final HookLogins open = new HookLogins(new LocalOnlyFilter(List.of()), logins, clock);
  private final HookLogins closed = new HookLogins(null, logins, clock);

  private static MockHttpServletRequest request(@Nullable String header, String value) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/hooks/o/t");
    request.setRemoteAddr("127.0.0.1");
    request.addHeader("Host", "localhost:8080");
    if (header != null) {
      request.addHeader(header, value);
    }
    return request;
  }

  @Test
  void aRequestOfTheSameMachineNeedsNoProof() {
    assertThat(open.isLocal(request(null, ""))).isTrue();
    assertThat(open.isLocal(request("Origin", "http://localhost:3000"))).isTrue();
    assertThat(open.checkKey(request(null, "")).problem()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "Forwarded,for=192.0.2.1",
    "X-Forwarded-For,127.0.0.1",
    "x-forwarded-proto,https",
    "X-Forwarded-Host,localhost",
    "Via,1.1 tunnel",
    "X-Real-IP,127.0.0.1",
    "Origin,https://evil.example",
    "Origin,null",
  })
  void throughAProxyOrFromAForeignPageItNeedsOne(String header, String value) {
    assertThat(open.isLocal(request(header, value))).isFalse();
    assertThat(open.checkKey(request(header, value)).problem())
        .isEqualTo(ProblemKind.UNAUTHENTICATED);
  }

  @Test
  void underAnotherNameOrFromAnotherAddressItNeedsOne() {
    MockHttpServletRequest renamed = request(null, "");
    renamed.removeHeader("Host");
    assertThat(open.isLocal(renamed)).isFalse();
    renamed.addHeader("Host", "evil.example");
    assertThat(open.isLocal(renamed)).isFalse();

    MockHttpServletRequest remote = request(null, "");
    remote.setRemoteAddr("192.0.2.1");
    assertThat(open.isLocal(remote)).isFalse();
  }

  @Test
  void aServerThatAsksForALoginTrustsNobody() {
    assertThat(closed.isLocal(request(null, ""))).isFalse();
    assertThat(closed.checkKey(request(null, "")).problem()).isEqualTo(ProblemKind.UNAUTHENTICATED);
    assertThat(closed.checkKey(request("X-API-Key", "eye's")).problem())
        .isEqualTo(ProblemKind.FORBIDDEN);
    assertThat(closed.checkKey(request("Authorization", "Bearer shop's")).problem()).isNull();
  }

  @Test
  void failuresCountForTheirAddressAndNotAsFailedLogins() {
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertThat(closed.secondsToWait(request(null, ""))).isZero();
      closed.failed(request(null, ""));
    }

    assertThat(closed.secondsToWait(request(null, ""))).isEqualTo(60);
    assertThat(closed.checkKey(request("X-API-Key", "shop's")).problem())
        .as("whoever has a key is not locked out by others' webhooks")
        .isNull();
    MockHttpServletRequest elsewhere = request(null, "");
    elsewhere.setRemoteAddr("192.0.2.1");
    assertThat(closed.secondsToWait(elsewhere)).isZero();
  }

  @Test
  void anAddressIsKnownAtTheWebhookThatItHasProvedItselfTo() {
    closed.succeeded(request(null, ""), "o/t");

    assertThat(closed.isKnown(request(null, ""), "o/t")).isTrue();
    assertThat(closed.isKnown(request(null, ""), "o/u")).isFalse();
    MockHttpServletRequest elsewhere = request(null, "");
    elsewhere.setRemoteAddr("192.0.2.1");
    assertThat(closed.isKnown(elsewhere, "o/t")).isFalse();
  }

  @Test
  void onlyTheAddressOfAWebhookIsOne() {
    for (String path :
        List.of(
            "/api/hooks/o",
            "/api/hooks/o/t/x",
            "/api/hooks/../flows",
            "/api/hooks/o;/t",
            "/api/flows")) {
      assertThat(HookController.isMeant(new MockHttpServletRequest("POST", path)))
          .as(path)
          .isFalse();
    }
    assertThat(HookController.isMeant(new MockHttpServletRequest("POST", "/api/hooks/o/t")))
        .isTrue();
  }
}
