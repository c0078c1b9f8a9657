package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.query.flow.FlowQuery;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowFilterTest {

  @Test
  void nothingAskedForIsEverything() {
    FlowQuery query = filter(null, null, null, null).query(null);
    assertThat(query.statuses()).isEmpty();
    assertThat(query.limit()).isEqualTo(50);
    assertThat(query.cursor()).isNull();
  }

  @Test
  void statusesMayBeRepeatedOrListed() {
    FlowQuery query = filter("parked, UNDOING", null, null, null).query("order");
    assertThat(query.statuses()).extracting(Enum::name).containsOnly("PARKED", "UNDOING");
    assertThat(query.orchestration()).isEqualTo("order");
  }

  @Test
  void timesAreIsoOrMilliseconds() {
    Instant time = Instant.parse("2026-01-31T12:00:00Z");
    assertThat(FlowFilter.time("from", "2026-01-31T13:00:00+01:00")).isEqualTo(time);
    assertThat(FlowFilter.time("from", String.valueOf(time.toEpochMilli()))).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "HAPPY, -, -, -, status must be one of",
        "-, yesterday, -, -, from must be a time",
        "-, -, 0, -, limit must be 1 to 500",
        "-, -, 501, -, limit must be 1 to 500",
        "-, -, -, xyz, cursor must be the nextCursor",
      })
  void aWrongParameterIsNamed(
      @Nullable String status,
      @Nullable String from,
      @Nullable Integer limit,
      @Nullable String cursor,
      String detail) {
    assertThatThrownBy(() -> filter(status, from, limit, cursor).query(null))
        .isInstanceOfSatisfying(
            ApiProblem.class,
            problem -> assertThat(problem.getBody().getDetail()).startsWith(detail));
  }

  private static FlowFilter filter(
      @Nullable String status,
      @Nullable String from,
      @Nullable Integer limit,
      @Nullable String cursor) {
    return new FlowFilter(
        status == null ? null : List.of(status), null, null, null, from, null, null, limit, cursor);
  }
}
