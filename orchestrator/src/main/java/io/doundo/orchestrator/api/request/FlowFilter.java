package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.flow.FlowCriteria;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowCursor;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.index.FlowFacet;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.Names;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query parameters of a list of flows, as they were given. */
public record FlowFilter(
    @Nullable List<String> status,
    @Nullable List<String> parkReason,
    @Nullable String orchestration,
    @Nullable String version,
    @Nullable String step,
    @Nullable String stepStatus,
    @Nullable String fingerprint,
    @Nullable String error,
    @Nullable String key,
    @Nullable String id,
    @Nullable String search,
    @Nullable String worker,
    @Nullable String workerVersion,
    @Nullable String job,
    @Nullable String from,
    @Nullable String to,
    @Nullable String endedFrom,
    @Nullable String endedTo,
    @Nullable String updatedFrom,
    @Nullable String updatedTo,
    @Nullable String paused,
    @Nullable String inDoubt,
    @Nullable String leftStanding,
    @Nullable String parent,
    @Nullable String parts,
    @Nullable String sort,
    @Nullable List<String> facets,
    @Nullable String count,
    @Nullable String after,
    @Nullable Integer limit,
    @Nullable String cursor) {

  private static final int DEFAULT_LIMIT = 50;

  private static final Pattern RELATIVE = Pattern.compile("-(\\d{1,6})([smhd])");

  /** The query, or a problem that names the wrong parameter. */
  public FlowQuery query(@Nullable String ofOrchestration) {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > FlowQuery.MAX_LIMIT) {
      throw bad("limit must be 1 to " + FlowQuery.MAX_LIMIT + ", but is " + wanted + '.');
    }
    FlowOrder order = order();
    Boolean counted = truth("count", count);
    return new FlowQuery(
        criteria(ofOrchestration),
        order,
        wanted,
        place(order),
        counted == null || counted,
        values("facets", facets, FlowFacet.class),
        transition());
  }

  /** What flows must be like, or a problem that names the wrong parameter. */
  FlowCriteria criteria(@Nullable String ofOrchestration) {
    List<StepStatus> stepStatuses =
        stepStatus == null
            ? List.of()
            : List.copyOf(values("stepStatus", List.of(stepStatus), StepStatus.class));
    if (stepStatuses.size() > 1) {
      throw bad("stepStatus must be one status, but is \"" + stepStatus + "\".");
    }
    return new FlowCriteria(
        values("status", status, FlowStatus.class),
        values("parkReason", parkReason, ParkReason.class),
        present(ofOrchestration),
        number("version", version),
        present(step),
        stepStatuses.isEmpty() ? null : stepStatuses.get(0),
        present(fingerprint),
        present(error),
        present(key),
        present(id),
        present(search),
        present(worker),
        AnswerEnvelope.workerVersion(present(workerVersion)),
        present(job),
        range("from", from, "to", to),
        range("endedFrom", endedFrom, "endedTo", endedTo),
        range("updatedFrom", updatedFrom, "updatedTo", updatedTo),
        truth("paused", paused),
        truth("inDoubt", inDoubt),
        truth("leftStanding", leftStanding),
        present(parent),
        hasParts());
  }

  /** Parts are listed when they are asked for, or a flowId that only parts can have. */
  private boolean hasParts() {
    Boolean said = truth("parts", parts);
    if (said != null) {
      return said;
    }
    return present(parent) != null || isOfPart(id) || isOfPart(search) || present(job) != null;
  }

  private static boolean isOfPart(@Nullable String text) {
    return text != null && text.indexOf(Names.PART_SEPARATOR) >= 0;
  }

  /** Reads names of an enum, each of which may be several, separated by commas. */
  private static <E extends Enum<E>> Set<E> values(
      String parameter, @Nullable List<String> texts, Class<E> type) {
    Set<E> values = EnumSet.noneOf(type);
    for (String text : texts == null ? List.<String>of() : texts) {
      for (String name : text.split(",", -1)) {
        if (!name.isBlank()) {
          values.add(value(parameter, name.strip(), type));
        }
      }
    }
    return values;
  }

  private static <E extends Enum<E>> E value(String parameter, String name, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> known =
                  Arrays.stream(type.getEnumConstants())
                      .map(Enum::name)
                      .map(
                          known1 ->
                              type == FlowFacet.class ? known1.toLowerCase(Locale.ROOT) : known1)
                      .toList();
              return bad("%s must be one of %s, but is \"%s\".".formatted(parameter, known, name));
            });
  }

  private FlowOrder order() {
    String given = present(sort);
    return given == null
        ? FlowOrder.NEWEST_START_FIRST
        : FlowOrder.of(given)
            .orElseThrow(
                () ->
                    bad(
                        "sort must be one of %s, but is \"%s\"."
                            .formatted(FlowOrder.parameters(), given)));
  }

  private @Nullable FlowCursor place(FlowOrder order) {
    String given = present(cursor);
    if (given == null) {
      return null;
    }
    FlowCursor place =
        FlowCursor.decode(given)
            .orElseThrow(() -> bad("cursor must be the nextCursor of an earlier page."));
    if (place.order() != order) {
      throw bad(
          "cursor is of a list that is sorted by %s; leave it out, or sort by that."
              .formatted(place.order().parameter()));
    }
    return place;
  }

  private FlowQuery.@Nullable Transition transition() {
    String given = present(after);
    if (given == null) {
      return null;
    }
    int slash = given.lastIndexOf('/');
    String number = given.substring(slash + 1);
    if (slash < 1 || !number.matches("\\d{1,9}")) {
      throw bad(
          "after must be a flowId, a slash and the number of a transition, such as order-17/4, but"
              + " is \"%s\".".formatted(given));
    }
    return new FlowQuery.Transition(given.substring(0, slash), Integer.parseInt(number));
  }

  private static @Nullable Integer number(String parameter, @Nullable String text) {
    String given = present(text);
    if (given != null && !given.matches("\\d{1,9}")) {
      throw bad("%s must be a number, but is \"%s\".".formatted(parameter, given));
    }
    return given == null ? null : Integer.valueOf(given);
  }

  private static @Nullable Boolean truth(String parameter, @Nullable String text) {
    String given = present(text);
    if (given == null) {
      return null;
    }
    return switch (given) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> throw bad("%s must be true or false, but is \"%s\".".formatted(parameter, given));
    };
  }

  private static TimeRange range(
      String fromName, @Nullable String from, String toName, @Nullable String to) {
    return new TimeRange(time(fromName, from), time(toName, to));
  }

  public static @Nullable Instant time(String parameter, @Nullable String text) {
    String given = present(text);
    if (given == null) {
      return null;
    }
    Matcher relative = RELATIVE.matcher(given);
    if (relative.matches()) {
      return Instant.now().minus(duration(relative.group(1), relative.group(2)));
    }
    try {
      return given.matches("\\d{1,15}")
          ? Instant.ofEpochMilli(Long.parseLong(given))
          : OffsetDateTime.parse(given).toInstant();
    } catch (DateTimeException e) {
      throw bad(
          "%s must be a time such as 2026-01-31T12:00:00Z, -1h for an hour ago, or milliseconds"
                  .formatted(parameter)
              + " since the epoch, but is \"%s\".".formatted(given));
    }
  }

  private static Duration duration(String number, String unit) {
    long count = Long.parseLong(number);
    return switch (unit) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  public static @Nullable String present(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail, Map.of(), null);
  }
}
