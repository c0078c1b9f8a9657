package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StartDigestTest {

  private static final String KEPT =
      StartDigest.of("order", json("{\"b\":[1,{\"y\":1,\"x\":2}],\"a\":1.0}"));

  @Test
  void theOrderOfFieldsAndTheSpellingOfNumbersDoNotMatter() {
    RawJson other = json("{ \"a\" : 1, \"b\" : [ 1e0, {\"x\":2,\"y\":1} ] }");

    assertThat(StartDigest.of("order", other)).isEqualTo(KEPT);
    assertThat(StartDigest.isOf(KEPT, "order", other)).isTrue();
  }

  @Test
  void anotherNameValueOrOrderOfElementsIsOtherContent() {
    assertThat(StartDigest.isOf(KEPT, "orders", json("{\"b\":[1,{\"y\":1,\"x\":2}],\"a\":1}")))
        .isFalse();
    assertThat(StartDigest.isOf(KEPT, "order", json("{\"b\":[1,{\"y\":1,\"x\":2}],\"a\":2}")))
        .isFalse();
    assertThat(StartDigest.isOf(KEPT, "order", json("{\"b\":[{\"y\":1,\"x\":2},1],\"a\":1}")))
        .isFalse();
  }

  @Test
  void whatWasKeptOfThePayloadAsItWasWrittenIsRecognised() throws Exception {
    String written = "{\"b\": 1, \"a\": 2.50}";
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(new byte[] {0, 0, 0, 5});
    digest.update("order".getBytes(UTF_8));
    String kept = HexFormat.of().formatHex(digest.digest(written.getBytes(UTF_8)), 0, 16);

    assertThat(StartDigest.isOf(kept, "order", json(written))).isTrue();
    assertThat(StartDigest.isOf(kept, "order", json("{\"b\": 1, \"a\": 2.51}"))).isFalse();
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }
}
