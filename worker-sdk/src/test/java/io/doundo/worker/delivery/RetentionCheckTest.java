package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionCheckTest {

  private static final Duration EIGHT_DAYS = Duration.ofDays(8);

  @Test
  void theDefaultsOfTopicsAndFenceAgree() {
    assertThat(RetentionCheck.warning(Map.of("a", days(7), "b", days(1)), EIGHT_DAYS)).isEmpty();
  }

  @Test
  void topicsThatKeepCommandsLongerAreNamedWithWhatToDo() {
    assertThat(RetentionCheck.warning(Map.of("a", days(14), "b", -1L, "c", days(3)), EIGHT_DAYS))
        .hasValueSatisfying(
            warning ->
                assertThat(warning)
                    .contains("a=14 d", "b=for ever", "doundo.worker.fence-retention")
                    .doesNotContain("c="));
  }

  @Test
  void aTopicNeedsADayLessThanTheFence() {
    assertThat(RetentionCheck.warning(Map.of("a", days(7) + 1), EIGHT_DAYS)).isPresent();
  }

  private static long days(int days) {
    return Duration.ofDays(days).toMillis();
  }
}
