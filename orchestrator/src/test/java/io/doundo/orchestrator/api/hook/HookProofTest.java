package io.doundo.orchestrator.api.hook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import jakarta.servlet.http.HttpServletRequest;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

/** Who may deliver from an address from which too much could not be verified. */
class HookProofTest {

  private static final byte[] BODY = "{}".getBytes(UTF_8);
  private static final String SECRET = "s3cret";
  private static final Hmac SIGNED = new Hmac("X-Sign", "", Encoding.HEX, Signed.BODY, null, null);
  private static final Token TOKEN = new Token("X-Token");

  private final Addresses access = new Addresses();
  private final HookProof proof =
      new HookProof(
          access,
          name -> List.of(SECRET),
          Clock.fixed(Instant.parse("2026-11-30T10:00:00Z"), ZoneOffset.UTC));

  /** One address, which has to wait after two failures. */
  private static final class Addresses implements HookAccess {

    private int failures;
    private final Set<String> known = new HashSet<>();

    @Override
    public long secondsToWait(HttpServletRequest request) {
      return failures < 2 ? 0 : 40;
    }

    @Override
    public void failed(HttpServletRequest request) {
      failures++;
    }

    @Override
    public void succeeded(HttpServletRequest request, String hook) {
      known.add(hook);
    }

    @Override
    public boolean isKnown(HttpServletRequest request, String hook) {
      return known.contains(hook);
    }

    @Override
    public boolean isLocal(HttpServletRequest request) {
      return false;
    }

    @Override
    public KeyCheck checkKey(HttpServletRequest request) {
      return KeyCheck.PASSED;
    }
  }

  private @Nullable ApiProblem refusal(
      String hook, WebhookTrigger.Verification verify, String header, String value) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/hooks/" + hook);
    request.addHeader(header, value);
    WebhookTrigger trigger =
        new WebhookTrigger(verify, "name", new EventMapping(null, null, null, null));
    return catchThrowableOfType(
        ApiProblem.class, () -> proof.require(hook, trigger, request, BODY));
  }

  private @Nullable ApiProblem signed(String signature) {
    return refusal("o/t", SIGNED, "X-Sign", signature);
  }

  private @Nullable ApiProblem token(String hook, String token) {
    return refusal(hook, TOKEN, "X-Token", token);
  }

  private static ProblemKind kind(@Nullable ApiProblem problem) {
    return Objects.requireNonNull(problem).kind();
  }

  private static String signature() throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(BODY));
  }

  @Test
  void aStrangerWithWrongSignaturesDoesNotKeepTheSenderOut() throws Exception {
    assertThat(kind(signed("00"))).isEqualTo(ProblemKind.UNAUTHENTICATED);
    assertThat(kind(signed("00"))).isEqualTo(ProblemKind.UNAUTHENTICATED);
    ApiProblem third = signed("00");
    assertThat(kind(third)).isEqualTo(ProblemKind.TOO_MANY_FAILURES);
    assertThat(Objects.requireNonNull(third).getHeaders().getFirst("Retry-After")).isEqualTo("40");

    assertThat(signed(signature())).as("from the same address").isNull();
  }

  @Test
  void aTokenIsNotComparedAnyMoreUnlessTheAddressIsKnownAtThatWebhook() {
    assertThat(token("o/t", SECRET)).isNull();
    assertThat(kind(token("o/t", "a"))).isEqualTo(ProblemKind.UNAUTHENTICATED);
    assertThat(kind(token("o/u", "b"))).isEqualTo(ProblemKind.UNAUTHENTICATED);

    assertThat(kind(token("o/u", SECRET))).isEqualTo(ProblemKind.TOO_MANY_FAILURES);
    assertThat(token("o/t", SECRET)).isNull();
    assertThat(kind(token("o/t", "c"))).isEqualTo(ProblemKind.TOO_MANY_FAILURES);
  }
}
