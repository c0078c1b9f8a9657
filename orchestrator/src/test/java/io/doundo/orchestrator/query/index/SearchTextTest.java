package io.doundo.orchestrator.query.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SearchTextTest {

  private final Random random = new Random(11);

  @Test
  void itFindsExactlyWhatContainsIt() {
    for (int i = 0; i < 100_000; i++) {
      String text = text(random.nextInt(12));
      String part = text(random.nextInt(5));
      assertThat(isIn(text, part))
          .as("\"%s\" in \"%s\"", part, text)
          .isEqualTo(text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)));
    }
  }

  @Test
  void nothingBeyondTheTextIsLookedAt() {
    byte[] bytes = "xxABCxx".getBytes(UTF_8);
    assertThat(new SearchText("abc").isIn(bytes, 2, 5)).isTrue();
    assertThat(new SearchText("xa").isIn(bytes, 2, 5)).isFalse();
    assertThat(new SearchText("cx").isIn(bytes, 2, 5)).isFalse();
    assertThat(new SearchText("abcx").isIn(bytes, 2, 5)).isFalse();
    assertThat(new SearchText("").isIn(bytes, 7, 7)).isTrue();
  }

  @Test
  void lettersBeyondAsciiAreFoundInBothCases() {
    assertThat(isIn("Zürich-ÄÖ", "äö")).isTrue();
    assertThat(isIn("Zürich", "ICH")).isTrue();
    assertThat(isIn("Zürich", "ue")).isFalse();
  }

  private static boolean isIn(String text, String part) {
    byte[] bytes = text.getBytes(UTF_8);
    return new SearchText(part).isIn(bytes, 0, bytes.length);
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aAbBc4-[".charAt(random.nextInt(8)));
    }
    return text.toString();
  }
}
