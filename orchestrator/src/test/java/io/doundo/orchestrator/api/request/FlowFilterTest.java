package io.doundo.orchestrator.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowCriteria;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowCursor;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.index.FlowFacet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowFilterTest {

  @Test
  void nothingAskedForIsEverything() {
    FlowQuery query = filter(null, null, null, null).query(null);
    assertThat(query.criteria()).isEqualTo(FlowCriteria.WITHOUT_PARTS);
    assertThat(query.limit()).isEqualTo(50);
    assertThat(query.cursor()).isNull();
  }

  @Test
  void statusesMayBeRepeatedOrListed() {
    FlowQuery query = filter("parked, UNDOING", null, null, null).query("order");
    assertThat(query.criteria().statuses())
        .extracting(Enum::name)
        .containsOnly("PARKED", "UNDOING");
    assertThat(query.criteria().orchestration()).isEqualTo("order");
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

  @Test
  void everyParameterReachesTheQuery() {
    FlowFilter filter =
        new FlowFilter(
            List.of("PARKED"),
            List.of("undo_failed"),
            "order",
            "7",
            "pay",
            "IN_DOUBT",
            "v1:0011223344556677",
            "503",
            "4711",
            "ord-",
            "7",
            "inventory",
            " 2.3.1 ",
            "j-1",
            "2026-01-31T12:00:00Z",
            null,
            null,
            "1000",
            null,
            "2000",
            "true",
            "false",
            "true",
            "order-1",
            null,
            "updatedAt",
            List.of("status,step"),
            "false",
            "a/b/12",
            7,
            null);
    FlowQuery query = filter.query(filter.orchestration());
    assertThat(query.criteria())
        .isEqualTo(
            new FlowCriteria(
                Set.of(FlowStatus.PARKED),
                Set.of(ParkReason.UNDO_FAILED),
                "order",
                7,
                "pay",
                StepStatus.IN_DOUBT,
                "v1:0011223344556677",
                "503",
                "4711",
                "ord-",
                "7",
                "inventory",
                "2.3.1",
                "j-1",
                new TimeRange(Instant.parse("2026-01-31T12:00:00Z"), null),
                new TimeRange(null, Instant.ofEpochMilli(1_000)),
                new TimeRange(null, Instant.ofEpochMilli(2_000)),
                true,
                false,
                true,
                "order-1",
                true));
    assertThat(query.order()).isEqualTo(FlowOrder.FIRST_UPDATE_FIRST);
    assertThat(query.facets()).containsExactlyInAnyOrder(FlowFacet.STATUS, FlowFacet.STEP);
    assertThat(query.counted()).isFalse();
    assertThat(query.after()).isEqualTo(new FlowQuery.Transition("a/b", 12));
  }

  @Test
  void aRelativeTimeIsSoLongAgo() {
    assertThat(FlowFilter.time("from", "-15m"))
        .isBetween(
            Instant.now().minus(Duration.ofMinutes(16)),
            Instant.now().minus(Duration.ofMinutes(14)));
  }

  @Test
  void aCursorOfAnotherOrderIsRefused() {
    String cursor = new FlowCursor(FlowOrder.FIRST_DUE_FIRST, 1, "a").encode();
    assertThatThrownBy(() -> filter(null, null, null, cursor).query(null))
        .isInstanceOfSatisfying(
            ApiProblem.class,
            problem ->
                assertThat(problem.getBody().getDetail())
                    .contains("cursor is of a list that is sorted by dueAt"));
  }

  private static FlowFilter filter(
      @Nullable String status,
      @Nullable String from,
      @Nullable Integer limit,
      @Nullable String cursor) {
    return new FlowFilter(
        status == null ? null : List.of(status),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        from,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        limit,
        cursor);
  }
}
