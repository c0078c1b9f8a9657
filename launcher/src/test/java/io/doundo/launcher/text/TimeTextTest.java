package io.doundo.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

class TimeTextTest {

  @AfterEach
  void showTheTimeOfThisMachine() {
    TimeText.showUtc(false);
  }

  private static StringNode json(String text) {
    return JsonNodeFactory.instance.stringNode(text);
  }

  /** However many decimals a record has, in whatever offset. */
  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z, 2026-01-31 12:00:00.000Z",
    "2026-01-31T12:00:00.5Z, 2026-01-31 12:00:00.500Z",
    "2026-01-31T12:00:00.123456789Z, 2026-01-31 12:00:00.123Z",
    "2026-01-31T14:00:00+02:00, 2026-01-31 12:00:00.000Z",
  })
  void aTimeHasOneForm(String recorded, String shown) {
    TimeText.showUtc(true);
    assertThat(TimeText.time(json(recorded))).isEqualTo(shown);
  }

  @Test
  void whatIsNoTimeIsShownAsItIs() {
    assertThat(TimeText.time(json("soon"))).isEqualTo("soon");
    assertThat(TimeText.timeAndDistance(json("soon"), Instant.EPOCH)).isEmpty();
  }

  @Test
  void aTimeThatIsNotNowHasItsDistance() {
    TimeText.showUtc(true);
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    assertThat(TimeText.timeAndDistance(json("2026-01-31T12:04:12Z"), now))
        .isEqualTo("2026-01-31 12:04:12.000Z (in 4 m 12 s)");
    assertThat(TimeText.timeAndDistance(json("2026-01-31T11:59:58.500Z"), now))
        .isEqualTo("2026-01-31 11:59:58.500Z (1.5 s ago)");
  }

  /** The three notations that there were: of registrations, of Java, and milliseconds. */
  @ParameterizedTest
  @CsvSource({"PT30S, 30s", "PT1H30M, 1h30m", "PT0.012S, 12ms", "PT0S, 0s", "PT49H, 2d1h"})
  void aSettingIsWrittenAsInARegistration(String recorded, String shown) {
    assertThat(TimeText.setting(json(recorded))).isEqualTo(shown);
  }
}
