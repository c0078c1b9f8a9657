package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Times as dashboards write them: local, without a zone, to the second.
 *
 * @param zone whose local time it is
 */
public record DashboardTimes(ZoneId zone) {

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  /** A time as it is shown, such as {@code 2026-11-29T10:15:30}; null for none. */
  @Nullable String shown(@Nullable Instant at) {
    return at == null ? null : SHOWN.format(at.atZone(zone));
  }

  /**
   * What lies between two parameters. Both ends are part of it, to the second or the day that they
   * name: what is shown with a time is found with that time.
   */
  TimeRange range(String fromName, @Nullable String from, String toName, @Nullable String to) {
    return new TimeRange(time(fromName, from, false), time(toName, to, true));
  }

  private @Nullable Instant time(String parameter, @Nullable String text, boolean isEnd) {
    String given = FlowFilter.present(text);
    if (given == null) {
      return null;
    }
    try {
      if (given.matches("\\d{4}-\\d{2}-\\d{2}")) {
        LocalDate day = LocalDate.parse(given);
        return (isEnd ? day.plusDays(1) : day).atStartOfDay(zone).toInstant();
      }
      Instant at =
          given.matches(".*(Z|[+-]\\d{2}:?\\d{2})")
              ? OffsetDateTime.parse(given).toInstant()
              : LocalDateTime.parse(given).atZone(zone).toInstant();
      return isEnd ? at.plusSeconds(1) : at;
    } catch (DateTimeException e) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "%s must be a day or a time, such as 2026-11-29 or 2026-11-29T10:15:30, but is \"%s\"."
              .formatted(parameter, given));
    }
  }
}
