package io.doundo.orchestrator.api.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Local times of dashboards. */
class DashboardTimesTest {

  private final DashboardTimes times = new DashboardTimes(ZoneId.of("Europe/Berlin"));

  @Test
  void aTimeIsShownToTheSecond() {
    assertThat(times.shown(Instant.parse("2026-11-29T09:15:30.999Z")))
        .isEqualTo("2026-11-29T10:15:30");
    assertThat(times.shown(Instant.parse("2026-11-29T23:00:00Z"))).isEqualTo("2026-11-30T00:00:00");
    assertThat(times.shown(null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-29T10:15:30, 2026-11-29T10:15:30, 2026-11-29T09:15:30Z, 2026-11-29T09:15:31Z",
    "2026-11-29, 2026-11-29, 2026-11-28T23:00:00Z, 2026-11-29T23:00:00Z",
    "2026-11-29T10:15, 2026-11-29T09:15:30Z, 2026-11-29T09:15:00Z, 2026-11-29T09:15:31Z",
    "2026-11-29T10:15:30+05:00, '', 2026-11-29T05:15:30Z,"
  })
  void bothEndsOfARangeArePartOfIt(String from, String to, Instant first, Instant after) {
    assertThat(times.range("fromDate", from, "toDate", to)).isEqualTo(new TimeRange(first, after));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "29.11.2026", "2026-13-01", "1764411330"})
  void anotherFormIsRefused(String text) {
    assertThatThrownBy(() -> times.range("fromDate", text, "toDate", null))
        .isInstanceOf(ApiProblem.class)
        .hasMessageContaining("fromDate must be a day or a time");
  }
}
