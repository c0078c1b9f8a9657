package io.doundo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "512, 512 ms",
    "12000, 12 s",
    "12345, 12.3 s",
    "300000, 5 min",
    "306000, 5 min 6 s",
    "5400000, 1 h 30 min",
    "86400000, 24 h",
    "604800000, 7 days"
  })
  void durationsReadAsPeopleWriteThem(long millis, String text) {
    assertThat(DurationText.of(millis)).isEqualTo(text);
    assertThat(DurationText.of(Duration.ofMillis(millis))).isEqualTo(text);
  }
}
