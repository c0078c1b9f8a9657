package io.doundo.orchestrator.trigger.hook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A request as the expressions of a webhook see it. */
class HookContentTest {

  private static String event(Verification verify, Map<String, String> headers) {
    return HookContent.event(RawJson.EMPTY_OBJECT, headers, verify, "7", "t").toString();
  }

  @Test
  void namesOfHeadersAreInLowerCase() {
    assertThat(event(new Standard(), Map.of("Webhook-Id", "7", "X-A", "b")))
        .isEqualTo(
            "{\"body\":{},\"headers\":{\"webhook-id\":\"7\",\"x-a\":\"b\"},\"id\":\"7\",\"trigger\":\"t\"}");
  }

  @Test
  void expressionsSeeNoCredentials() {
    Map<String, String> headers =
        Map.of(
            "Authorization", "Bearer s3cret",
            "Cookie", "s3cret",
            "X-API-Key", "s3cret",
            "Proxy-Authorization", "s3cret",
            "Webhook-Signature", "s3cret",
            "X-Gitlab-Token", "s3cret",
            "X-Event", "push");

    assertThat(event(new Token("x-gitlab-token"), headers))
        .doesNotContain("s3cret")
        .contains("push");
    assertThat(
            event(
                new Hmac("X-Sign", "", Encoding.HEX, Signed.BODY, null, null),
                Map.of("x-sign", "s3cret")))
        .doesNotContain("s3cret");
  }

  @Test
  void aBodyIsJsonOrText() throws Exception {
    assertThat(HookContent.body("{\"a\":1}".getBytes(UTF_8), "text/plain"))
        .hasToString("{\"a\":1}");
    assertThat(HookContent.body("a=1&b=2".getBytes(UTF_8), "application/x-www-form-urlencoded"))
        .hasToString("\"a=1&b=2\"");
    assertThatThrownBy(() -> HookContent.body("{".getBytes(UTF_8), "application/json"))
        .isInstanceOf(MalformedRecordException.class);
    assertThatThrownBy(() -> HookContent.body(new byte[] {(byte) 0xff}, null))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("UTF-8");
  }
}
