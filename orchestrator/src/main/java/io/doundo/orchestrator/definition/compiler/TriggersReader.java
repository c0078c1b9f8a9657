package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.TriggerSource;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.orchestrator.schedule.CronTimes;
import io.doundo.protocol.Names;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code triggers}: what starts an orchestration besides its initiators. */
final class TriggersReader {

  static final String FIELD = "triggers";

  private static final int MAX_TRIGGERS = 16;
  private static final int MAX_TEXT = 255;

  private static final String SCHEDULE = "schedule";

  private static final String EVENT = "event";

  private static final String WEBHOOK = "webhook";

  private static final List<String> KINDS = List.of(SCHEDULE, EVENT, WEBHOOK);

  static final Set<String> TRIGGER_FIELDS = Set.of("name", SCHEDULE, EVENT, WEBHOOK);

  private static final List<String> TIMINGS = List.of("cron", "every", "at", "after");

  static final Set<String> SCHEDULE_FIELDS =
      Set.of("cron", "every", "at", "after", "zone", "overlap", "catchUp", "within", "payload");

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** What the payload of a run may read. */
  private static final VisibleNames NAMES =
      new VisibleNames(
          Map.of("event", Shape.ofFields("at", "local", "trigger")), Set.of(), Map.of(), Set.of());

  private final Fields fields;
  private final Report report;

  private TriggersReader(Fields fields, Report report) {
    this.fields = fields;
    this.report = report;
  }

  /** The triggers of an orchestration; problems are reported. */
  static List<Trigger> read(Fields orchestration, Report report) {
    return new TriggersReader(orchestration, report).read();
  }

  private List<Trigger> read() {
    Sequence list = fields.list(FIELD);
    if (list == null) {
      return List.of();
    }
    if (list.elements().size() > MAX_TRIGGERS) {
      fields.problem(
          FIELD,
          "has %d triggers; at most %d are allowed"
              .formatted(list.elements().size(), MAX_TRIGGERS));
      return List.of();
    }
    List<Trigger> triggers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.elements().size(); i++) {
      Located element = list.elements().get(i);
      if (!(element instanceof Mapping mapping)) {
        fields.problem(
            element,
            FIELD + '[' + i + ']',
            "must be an object with a name and a schedule, an event or a webhook but is "
                + element.kind());
        continue;
      }
      Trigger trigger = trigger(fields.element(FIELD, i, mapping), names);
      if (trigger != null) {
        triggers.add(trigger);
      }
    }
    return triggers;
  }

  private @Nullable Trigger trigger(Fields trigger, Set<String> names) {
    trigger.refuseAllBut(TRIGGER_FIELDS, "of a trigger");
    String name = name(trigger);
    if (name != null && !names.add(name)) {
      trigger.problem("name", "the trigger \"" + name + "\" is defined twice");
    }
    List<String> kinds = KINDS.stream().filter(kind -> trigger.value(kind) != null).toList();
    if (kinds.isEmpty()) {
      trigger.problem(SCHEDULE, "is missing: a trigger has a schedule, an event or a webhook");
      return null;
    }
    if (kinds.size() > 1) {
      trigger.problem(kinds.get(1), "a trigger has exactly one of " + String.join(", ", KINDS));
      return null;
    }
    Fields source = trigger.object(kinds.get(0));
    TriggerSource read = source == null ? null : source(kinds.get(0), source);
    return name == null || read == null ? null : new Trigger(name, read);
  }

  private @Nullable TriggerSource source(String kind, Fields source) {
    return switch (kind) {
      case SCHEDULE -> schedule(source);
      case EVENT -> OutsideTriggers.event(source, report);
      default -> OutsideTriggers.webhook(source, report);
    };
  }

  private static @Nullable String name(Fields trigger) {
    String name = trigger.text("name", MAX_TEXT);
    if (name == null) {
      if (trigger.value("name") == null) {
        trigger.problem("name", "is missing");
      }
      return null;
    }
    String refusal = Names.refuse(name);
    if (refusal != null) {
      trigger.problem("name", '"' + name + "\" " + refusal);
      return null;
    }
    return name;
  }

  private @Nullable Schedule schedule(Fields schedule) {
    schedule.refuseAllBut(SCHEDULE_FIELDS, "of a schedule");
    List<String> timings =
        TIMINGS.stream().filter(timing -> schedule.value(timing) != null).toList();
    if (timings.size() != 1) {
      schedule.problem(
          timings.isEmpty() ? "cron" : timings.get(1),
          "a schedule has exactly one of cron, every, at and after but this one has "
              + (timings.isEmpty() ? "none" : String.join(" and ", timings)));
      return null;
    }
    String timing = timings.get(0);
    Schedule.Timing times = timing(schedule, timing);
    boolean isAfter = timing.equals("after");
    if (isAfter) {
      for (String field : List.of("overlap", "catchUp", "within")) {
        if (schedule.value(field) != null) {
          schedule.problem(
              field, "has no meaning with after: the next run waits for the end of the one before");
        }
      }
    }
    Overlap overlap = schedule.constant("overlap", Overlap.class);
    CatchUp catchUp = schedule.constant("catchUp", CatchUp.class);
    Duration within = schedule.timeout("within", SHORTEST);
    if (within != null && catchUp == CatchUp.NONE) {
      schedule.problem("within", "has no meaning with catchUp: none");
    }
    LocatedJson payload = payload(schedule);
    return times == null
        ? null
        : new Schedule(
            times,
            overlap == null ? Overlap.SKIP : overlap,
            catchUp == null ? CatchUp.LATEST : catchUp,
            within == null ? Schedule.DEFAULT_WITHIN : within,
            payload == null ? null : payload.text());
  }

  private Schedule.@Nullable Timing timing(Fields schedule, String timing) {
    if (schedule.value("zone") != null && (timing.equals("every") || timing.equals("after"))) {
      schedule.problem("zone", "has no meaning with " + timing + ": an interval knows no clock");
    }
    return switch (timing) {
      case "cron" -> cron(schedule);
      case "at" -> at(schedule);
      case "every" -> {
        Duration interval = schedule.timeout("every", SHORTEST);
        yield interval == null ? null : new Schedule.Every(interval);
      }
      default -> {
        Duration pause = schedule.timeout("after", SHORTEST);
        yield pause == null ? null : new Schedule.After(pause);
      }
    };
  }

  private static Schedule.@Nullable Cron cron(Fields schedule) {
    String expression = schedule.text("cron", MAX_TEXT);
    ZoneId zone = zone(schedule, ZoneOffset.UTC);
    if (expression == null || zone == null) {
      return null;
    }
    String problem = CronTimes.problemOf(expression);
    if (problem != null) {
      schedule.problem("cron", '"' + expression + "\" " + problem);
      return null;
    }
    return new Schedule.Cron(expression.strip().replaceAll("\\s+", " "), zone);
  }

  private static Schedule.@Nullable At at(Fields schedule) {
    String text = schedule.text("at", MAX_TEXT);
    if (text == null) {
      return null;
    }
    boolean isLocal = schedule.value("zone") != null;
    ZoneId zone = zone(schedule, ZoneOffset.UTC);
    if (zone == null) {
      return null;
    }
    try {
      Instant instant =
          isLocal
              ? CronTimes.instantOf(LocalDateTime.parse(text.strip()), zone)
              : OffsetDateTime.parse(text.strip()).toInstant();
      return new Schedule.At(Instant.ofEpochSecond(instant.getEpochSecond()));
    } catch (DateTimeException e) {
      schedule.problem(
          "at",
          isLocal
              ? "must be a local time such as 2027-01-31T02:00:00, because zone says where, but is \""
                  + text
                  + '"'
              : "must be a time with an offset such as 2027-01-31T02:00:00Z, or a local time with"
                  + " zone, but is \""
                  + text
                  + '"');
      return null;
    }
  }

  private static @Nullable ZoneId zone(Fields schedule, ZoneId absent) {
    String text = schedule.text("zone", MAX_TEXT);
    if (text == null) {
      return schedule.value("zone") == null ? absent : null;
    }
    try {
      return ZoneId.of(text.strip());
    } catch (DateTimeException e) {
      schedule.problem(
          "zone",
          "must be a time zone such as Europe/Berlin or UTC but is \""
              + text
              + '"'
              + Suggestions.didYouMean(text, ZoneId.getAvailableZoneIds()));
      return null;
    }
  }

  private @Nullable LocatedJson payload(Fields schedule) {
    Located value = schedule.value("payload");
    if (value == null) {
      return null;
    }
    LocatedJson payload = LocatedJson.of(value, "payload");
    boolean isExpression =
        payload.tree().isString() && ExpressionCompiler.isTemplate(payload.tree());
    if (!payload.tree().isObject() && !isExpression) {
      schedule.problem("payload", "must be an object but is " + value.kind());
      return null;
    }
    new ExpressionCompiler(
            NAMES,
            Suggestions::didYouMean,
            (place, problem) -> report.problem(payload.at(place), schedule.path(place), problem))
        .template("payload", payload.tree());
    return payload;
  }
}
