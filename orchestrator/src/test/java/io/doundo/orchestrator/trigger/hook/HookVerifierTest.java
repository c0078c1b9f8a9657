package io.doundo.orchestrator.trigger.hook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Unsigned;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.trigger.hook.HookVerifier.Result;
import io.doundo.orchestrator.trigger.hook.HookVerifier.UnusableSecretException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way of verifying a webhook against each way of getting it wrong. The valid deliveries are
 * those that the senders have published, where they have.
 */
class HookVerifierTest {

  private static final Instant SENT = Instant.ofEpochSecond(1_614_265_330);

  /** A valid delivery. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  private record Delivery(
      String name,
      Verification verify,
      String secret,
      Map<String, String> headers,
      byte[] body,
      boolean hasTime,
      String proof) {

    Result sent(List<String> secrets, Map<String, String> more, byte[] bytes, Instant now)
        throws UnusableSecretException {
      Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      all.putAll(headers);
      all.putAll(more);
      return HookVerifier.verify(verify, secrets, name -> present(all.get(name)), bytes, now);
    }

    private static @Nullable String present(@Nullable String header) {
      return header == null || header.isEmpty() ? null : header;
    }

    Result sent() throws UnusableSecretException {
      return sent(List.of(secret), Map.of(), body, SENT);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Delivery> deliveries() {
    // The example of the specification.
    Delivery standard =
        new Delivery(
            "Standard Webhooks",
            new Standard(),
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            Map.of(
                "webhook-id",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp",
                "1614265330",
                "webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            "{\"test\": 2432232314}".getBytes(UTF_8),
            true,
            "webhook-signature");
    // The example of GitHub's documentation.
    Delivery gitHub =
        new Delivery(
            "GitHub",
            new Hmac(
                "X-Hub-Signature-256",
                "sha256=",
                Encoding.HEX,
                Signed.BODY,
                "X-GitHub-Delivery",
                null),
            "It's a Secret to Everybody",
            Map.of(
                "X-Hub-Signature-256",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                "X-GitHub-Delivery",
                "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            "Hello, World!".getBytes(UTF_8),
            false,
            "X-Hub-Signature-256");
    return Stream.of(standard, gitHub, stripe(), base64(), token(), gitLab());
  }

  /**
   * Made as Stripe documents it: the time, a dot and the body, beside a signature of another kind.
   */
  private static Delivery stripe() {
    byte[] body = "{\"id\":\"evt_1\",\"type\":\"charge.succeeded\"}".getBytes(UTF_8);
    String secret = "whsec_stripe_uses_all_of_it";
    String signature = hex(secret, "1614265330." + new String(body, UTF_8));
    return new Delivery(
        "Stripe",
        new Hmac("Stripe-Signature", "v1=", Encoding.HEX, Signed.TIMESTAMP_AND_BODY, null, "t="),
        secret,
        Map.of(
            "Stripe-Signature",
            "t=1614265330,v1="
                + signature
                + ",v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"),
        body,
        true,
        "Stripe-Signature");
  }

  private static Delivery base64() {
    return new Delivery(
        "base64 with the time in a header",
        new Hmac(
            "X-Signature", "", Encoding.BASE64, Signed.TIMESTAMP_AND_BODY, "X-Id", "X-Timestamp"),
        "k",
        Map.of(
            "X-Signature",
            java.util.Base64.getEncoder()
                .encodeToString(HexFormat.of().parseHex(hex("k", "1614265330.{}"))),
            "X-Timestamp",
            "1614265330",
            "X-Id",
            "7"),
        "{}".getBytes(UTF_8),
        true,
        "X-Signature");
  }

  private static Delivery token() {
    return new Delivery(
        "token",
        new Token("Authorization"),
        "a-long-token",
        Map.of("Authorization", "Bearer a-long-token"),
        "{}".getBytes(UTF_8),
        false,
        "Authorization");
  }

  private static Delivery gitLab() {
    return new Delivery(
        "token in a header of its own",
        new Token("X-Gitlab-Token"),
        "a-long-token",
        Map.of("X-Gitlab-Token", "a-long-token"),
        "{}".getBytes(UTF_8),
        false,
        "X-Gitlab-Token");
  }

  static Stream<Delivery> signed() {
    return deliveries().filter(delivery -> !(delivery.verify() instanceof Token));
  }

  static Stream<Delivery> timed() {
    return deliveries().filter(Delivery::hasTime);
  }

  private static String hex(String secret, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(content.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void aValidDeliveryCounts(Delivery delivery) throws Exception {
    assertThat(delivery.sent().refusal()).isNull();
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void anotherSecretIsRefused(Delivery delivery) throws Exception {
    String other = delivery.verify() instanceof Standard ? "whsec_AAAA" : "another";

    Result result = delivery.sent(List.of(other), Map.of(), delivery.body(), SENT);

    assertThat(result.isVerified()).isFalse();
    assertThat(result.refusal()).doesNotContain(other).doesNotContain(delivery.secret());
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void aMissingProofIsRefused(Delivery delivery) throws Exception {
    for (String header : delivery.headers().keySet()) {
      Result result =
          delivery.sent(List.of(delivery.secret()), Map.of(header, ""), delivery.body(), SENT);

      boolean isNeeded =
          delivery.proof().equals(header)
              || header.startsWith("webhook-")
              || header.equals("X-Timestamp");
      assertThat(result.isVerified()).as(header).isEqualTo(!isNeeded);
    }
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void aProofThatIsNoneIsRefused(Delivery delivery) throws Exception {
    for (String proof :
        List.of("x", ",", "=", "v1,", "sha256=", "sha256=zz", "Bearer ", "t=,v1=")) {
      assertThat(
              delivery
                  .sent(
                      List.of(delivery.secret()),
                      Map.of(delivery.proof(), proof),
                      delivery.body(),
                      SENT)
                  .isVerified())
          .as(proof)
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("signed")
  void aBodyThatWasChangedByOneByteIsRefused(Delivery delivery) throws Exception {
    for (int i = 0; i < delivery.body().length; i++) {
      byte[] changed = delivery.body().clone();
      changed[i] ^= 1;

      assertThat(delivery.sent(List.of(delivery.secret()), Map.of(), changed, SENT).isVerified())
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void whileASecretIsReplacedBothCount(Delivery delivery) throws Exception {
    String other = delivery.verify() instanceof Standard ? "whsec_AAAA" : "another";

    for (List<String> secrets :
        List.of(List.of(delivery.secret(), other), List.of(other, delivery.secret()))) {
      assertThat(delivery.sent(secrets, Map.of(), delivery.body(), SENT).isVerified()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("timed")
  void aReplayAfterFiveMinutesIsRefused(Delivery delivery) throws Exception {
    Map<Duration, Boolean> counts = new HashMap<>();
    counts.put(Duration.ofMinutes(5), true);
    counts.put(Duration.ofMinutes(5).plusSeconds(1), false);
    counts.put(Duration.ofMinutes(-5), true);
    counts.put(Duration.ofMinutes(-5).minusSeconds(1), false);
    for (Map.Entry<Duration, Boolean> after : counts.entrySet()) {
      Result result =
          delivery.sent(
              List.of(delivery.secret()), Map.of(), delivery.body(), SENT.plus(after.getKey()));

      assertThat(result.isVerified()).as("%s", after.getKey()).isEqualTo(after.getValue());
    }
  }

  @ParameterizedTest
  @MethodSource("timed")
  void aTimeThatWasChangedIsRefused(Delivery delivery) throws Exception {
    for (String time : List.of("1614265331", "soon", "-1", "99999999999999999999")) {
      Map<String, String> changed = new HashMap<>();
      delivery
          .headers()
          .forEach((name, value) -> changed.put(name, value.replace("1614265330", time)));

      assertThat(
              delivery
                  .sent(List.of(delivery.secret()), changed, delivery.body(), SENT)
                  .isVerified())
          .as(time)
          .isFalse();
    }
  }

  @Test
  void aTimeThatIsNotSignedMakesNoDifference() throws Exception {
    Delivery gitHub = deliveries().toList().get(1);

    assertThat(
            gitHub
                .sent(
                    List.of(gitHub.secret()),
                    Map.of(),
                    gitHub.body(),
                    SENT.plus(Duration.ofDays(365)))
                .isVerified())
        .isTrue();
  }

  @Test
  void onlyTheIdOfStandardWebhooksIsSigned() throws Exception {
    List<Delivery> all = deliveries().toList();

    assertThat(all.get(0).sent())
        .isEqualTo(new Result(null, "msg_p5jXN8AQM9LWM0D4loKWxJek", true, "1614265330"));
    assertThat(all.get(1).sent())
        .isEqualTo(new Result(null, "72d3162e-cc78-11e3-81ab-4c9367dc0958", false, null));
    assertThat(all.get(2).sent()).isEqualTo(new Result(null, null, false, "1614265330"));
    Delivery standard = all.get(0);
    assertThat(
            standard
                .sent(
                    List.of(standard.secret()),
                    Map.of("webhook-id", "msg_other"),
                    standard.body(),
                    SENT)
                .isVerified())
        .as("another id has another signature")
        .isFalse();
  }

  @Test
  void oneOfSeveralSignaturesIsEnough() throws Exception {
    Delivery standard = deliveries().toList().get(0);
    String right = standard.headers().get("webhook-signature");

    assertThat(
            standard
                .sent(
                    List.of(standard.secret()),
                    Map.of("webhook-signature", "v1,AAAA v1a,BBBB " + right),
                    standard.body(),
                    SENT)
                .isVerified())
        .isTrue();
  }

  @Test
  void aSecretOfAnotherFormIsAnErrorOfTheSettings() {
    Delivery standard = deliveries().toList().get(0);

    assertThatThrownBy(() -> standard.sent(List.of("not base64!"), Map.of(), standard.body(), SENT))
        .isInstanceOf(UnusableSecretException.class)
        .message()
        .doesNotContain("not base64!");
  }

  @Test
  void aRequestWithoutAProofIsNeverVerifiedHere() {
    assertThatThrownBy(
            () ->
                HookVerifier.verify(new Unsigned(), List.of("x"), name -> null, new byte[0], SENT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
