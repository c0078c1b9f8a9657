package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.QuotedText.Field;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotedTextTest {

  private static final QuotedText ENDS =
      QuotedText.anyOf(List.of("FLOW_COMPLETED", "FLOW_UNDONE", "INCIDENT"));

  private static boolean standsIn(String json) {
    return ENDS.standsIn(json.getBytes(UTF_8));
  }

  private static String valueOf(String name, String json) {
    return String.valueOf(QuotedText.valueOf(new Field(name), json.getBytes(UTF_8)));
  }

  @Test
  void aWordIsFoundOnlyWhole() {
    assertThat(standsIn("{\"type\":\"FLOW_UNDONE\"}")).isTrue();
    assertThat(standsIn("\"INCIDENT\"")).isTrue();
    assertThat(standsIn("{\"type\":\"FLOW_UNDONE_TWICE\"}")).isFalse();
    assertThat(standsIn("{\"reason\":\"an INCIDENT\"}")).isFalse();
    assertThat(standsIn("{\"reason\":\"\\\"INCIDENT\\\" ü\"}")).isFalse();
    assertThat(standsIn("\"ü\"")).isFalse();
    assertThat(standsIn("")).isFalse();
  }

  @Test
  void textThatWasCutIsNotLookedAtBeyondItsEnd() {
    byte[] whole = "{\"definition\":\"order@1\",\"type\":\"FLOW_UNDONE\"}".getBytes(UTF_8);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(ENDS.standsIn(cut)).isEqualTo(new String(cut, UTF_8).contains("\"FLOW_UNDONE\""));
      String found = QuotedText.valueOf(new Field("definition"), cut);
      assertThat(found == null || "order@1".startsWith(found)).isTrue();
    }
  }

  @Test
  void theFirstFieldOfANameCounts() {
    String json = "{\"a\":\"1\",\"in\":{\"a\":\"2\",\"b\":\"3\"},\"n\":4,\"empty\":\"\"}";
    assertThat(valueOf("a", json)).isEqualTo("1");
    assertThat(valueOf("b", json)).isEqualTo("3");
    assertThat(valueOf("n", json)).isEqualTo("null");
    assertThat(valueOf("empty", json)).isEmpty();
    assertThat(valueOf("no", "{\"text\":\"\\\"no\\\":\\\"1\\\"\"}")).isEqualTo("null");
  }
}
