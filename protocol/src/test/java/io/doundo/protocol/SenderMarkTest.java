package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SenderMarkTest {

  private static final String SECRET = "a secret that only the instances know";
  private static final byte[] VALUE =
      "{\"action\":\"SIGNAL\",\"requestedBy\":\"ann\"}".getBytes(UTF_8);
  private static final long NOW = 1_700_000_000_000L;

  private final SenderMark marks = SenderMark.of(SECRET);

  @Test
  void everyInstanceWithTheSecretRecognisesIt() {
    assertThat(SenderMark.of(SECRET).isOf(VALUE, marks.of(VALUE, NOW), NOW + 1_000)).isTrue();
  }

  @Test
  void itIsOfNoOtherValueNorOfAnotherSecret() {
    String mark = marks.of(VALUE, NOW);
    byte[] other = new String(VALUE, UTF_8).replace("ann", "eve").getBytes(UTF_8);
    assertThat(marks.isOf(other, mark, NOW)).isFalse();
    assertThat(SenderMark.of(SECRET + "!").isOf(VALUE, mark, NOW)).isFalse();
    assertThat(SenderMark.ofThisProcess().isOf(VALUE, mark, NOW)).isFalse();
    assertThat(SenderMark.ofThisProcess().of(VALUE, NOW))
        .isNotEqualTo(SenderMark.ofThisProcess().of(VALUE, NOW));
  }

  @Test
  void aCopyThatIsAppendedLaterCountsForNothing() {
    String mark = marks.of(VALUE, NOW);
    long life = SenderMark.LIFETIME.toMillis();
    assertThat(marks.isOf(VALUE, mark, NOW + life)).isTrue();
    assertThat(marks.isOf(VALUE, mark, NOW - life)).as("the broker's clock is behind").isTrue();
    assertThat(marks.isOf(VALUE, mark, NOW + life + 1)).isFalse();
    String postdated = (NOW + life) + mark.substring(mark.indexOf('.'));
    assertThat(marks.isOf(VALUE, postdated, NOW + life + 1)).isFalse();
  }

  @Test
  void theMarkOfAStartIsOfItsCallerToo() {
    String mark = marks.ofStart(VALUE, "ann", NOW);
    assertThat(SenderMark.of(SECRET).isOfStart(VALUE, "ann", mark, NOW)).isTrue();
    assertThat(marks.isOfStart(VALUE, "eve", mark, NOW)).isFalse();
    assertThat(marks.isOfStart("{}".getBytes(UTF_8), "ann", mark, NOW)).isFalse();
    assertThat(marks.isOfStart(VALUE, "ann", mark, NOW + SenderMark.LIFETIME.toMillis() + 1))
        .isFalse();
  }

  @Test
  void theMarkOfOneKindIsNoneOfTheOther() {
    assertThat(marks.isOf(VALUE, marks.ofStart(VALUE, "ann", NOW), NOW)).isFalse();
    assertThat(marks.isOfStart(VALUE, "ann", marks.of(VALUE, NOW), NOW)).isFalse();
  }

  @Test
  void whatIsNoMarkIsNone() {
    for (String mark : List.of("", "true", ".", NOW + ".", NOW + ".x", "-1." + "A".repeat(43))) {
      assertThat(marks.isOf(VALUE, mark, NOW)).as(mark).isFalse();
    }
  }

  @Test
  void itDoesNotShowItsSecret() {
    assertThat(marks).hasToString("SenderMark");
  }
}
