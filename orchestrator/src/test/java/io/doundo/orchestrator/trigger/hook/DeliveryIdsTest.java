package io.doundo.orchestrator.trigger.hook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.WebhookTrigger.ApiKey;
import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Unsigned;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.trigger.hook.HookVerifier.Result;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeliveryIdsTest {

  private static final byte[] BODY = "{\"paid\":true}".getBytes(UTF_8);
  private static final Hmac OF_BODY =
      new Hmac("X-Signature", "", Encoding.HEX, Signed.BODY, "X-Id", null);
  private static final Hmac OF_TIME =
      new Hmac("X-Signature", "", Encoding.HEX, Signed.TIMESTAMP_AND_BODY, null, "X-Time");

  private static String signal(Verification verify, Result verified) {
    return DeliveryIds.ofSignal("o", "t", verify, verified, BODY, UUID.randomUUID());
  }

  private static Result hmac(@Nullable String id, @Nullable String time) {
    return new Result(null, id, false, time);
  }

  static Stream<Verification> unsigned() {
    return Stream.of(new Token("Authorization"), new ApiKey(), new Unsigned());
  }

  @ParameterizedTest
  @MethodSource("unsigned")
  void whereNothingIsSigned_eachRequestIsASignalOfItsOwn(Verification verify) {
    assertThat(signal(verify, Result.UNNAMED))
        .startsWith("o.t.")
        .isNotEqualTo(signal(verify, Result.UNNAMED));
  }

  @Test
  void aSignedTimeTellsTwoSignalsApart_andARepetitionIsRecognised() {
    String first = signal(OF_TIME, hmac(null, "100"));

    assertThat(signal(OF_TIME, hmac(null, "100"))).isEqualTo(first);
    assertThat(signal(OF_TIME, hmac(null, "101"))).isNotEqualTo(first);
  }

  @Test
  void whereOnlyTheBodyIsSigned_itAloneCounts() {
    assertThat(signal(OF_BODY, hmac("1", null))).isEqualTo(signal(OF_BODY, hmac("2", null)));
  }

  @Test
  void aSignedIdCounts_whateverTheTime() {
    assertThat(signal(new Standard(), new Result(null, "msg_1", true, "100")))
        .isEqualTo(signal(new Standard(), new Result(null, "msg_1", true, "101")))
        .isEqualTo("o.t.msg_1");
  }

  @Test
  void aStartOfTheSameBodyIsTheSameStart() {
    assertThat(DeliveryIds.ofStart("o", "t", Result.UNNAMED, BODY))
        .isEqualTo(DeliveryIds.ofStart("o", "t", hmac("1", "100"), BODY));
    assertThat(DeliveryIds.ofStart("o", "t", new Result(null, "msg_1", true, "100"), BODY))
        .isEqualTo("o.t.msg_1");
  }
}
