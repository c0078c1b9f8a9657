package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps that came before are always accepted; others while there is room. */
class AdHocLimitTest {

  @ParameterizedTest
  @CsvSource({
    "2, false, 0, true",
    "2, false, 1, true",
    "2, false, 2, false",
    "2, false, 3, false",
    "2, true, 3, true",
    "0, false, 0, false",
    "0, true, 1, true"
  })
  void onlyNewStepsNeedRoom(int most, boolean isKnown, long registered, boolean isAccepted) {
    String refusal = new AdHocLimit(most).refuse(isKnown, registered);
    if (isAccepted) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal).contains("doundo.api.ad-hoc-definitions", "context");
    }
  }
}
