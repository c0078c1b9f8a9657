package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the triggers. A call of the API needs none, and one that is not enabled is left out. */
final class TriggerWriter {

  private static final Set<String> FIELDS = Set.of("type", "config", "isEnabled", "name");

  private static final Set<String> SCHEDULE_FIELDS =
      Set.of("cron", "cronExpression", "timezone", "zone", "interval");

  private static final Set<String> EVENT_FIELDS = Set.of("eventType", "topic");

  /** Where requests go and how they come is decided here, so a warning says so. */
  private static final Set<String> WEBHOOK_ADDRESS = Set.of("path", "url", "endpoint", "method");

  private static final Set<String> WEBHOOK_FIELDS =
      Set.of("verify", "secret", "path", "url", "endpoint", "method");

  private enum Type {
    WEBHOOK,
    SCHEDULE,
    EVENT,
    MANUAL,
    API_CALL
  }

  private TriggerWriter() {}

  static void write(Node workflow, Tree orchestration) {
    List<Mapping> triggers = new ArrayList<>();
    String id = workflow.text(workflow.has("id") ? "id" : "name");
    String orchestrationName = id == null ? "" : FrameworkDialect.nameOf(id);
    int place = 0;
    for (Node trigger : workflow.nodes("triggers")) {
      trigger.warnOfOthers(FIELDS);
      // The disabled ones count, so that no other one changes its name when one is switched on.
      place++;
      Type type = trigger.word("type", Type.class);
      if (type != null && trigger.flag("isEnabled", true)) {
        Mapping written = write(type, trigger, place, orchestrationName);
        if (written != null) {
          triggers.add(written);
        }
      }
    }
    Located at = workflow.value("triggers");
    if (at != null && !triggers.isEmpty()) {
      orchestration.put("triggers", Tree.list(at, triggers));
    }
  }

  private static @Nullable Mapping write(
      Type type, Node trigger, int number, String orchestrationName) {
    Node config = trigger.object("config");
    Tree tree = new Tree(trigger.mapping());
    String given = trigger.text("name");
    String name = given == null ? type.name().toLowerCase(Locale.ROOT) + '-' + number : given;
    tree.text("name", trigger.mapping(), name);
    switch (type) {
      case SCHEDULE -> tree.put("schedule", schedule(config));
      case EVENT -> tree.put("event", event(config));
      case WEBHOOK -> tree.put("webhook", webhook(config, orchestrationName + '/' + name));
      case MANUAL, API_CALL -> {
        return null;
      }
    }
    return tree.build();
  }

  private static Mapping schedule(Node config) {
    config.warnOfOthers(SCHEDULE_FIELDS);
    Tree schedule = new Tree(config.mapping());
    String cron = config.has("cron") ? "cron" : "cronExpression";
    if (!config.has(cron) && !config.has("interval")) {
      config.problem("cron", "is missing");
    }
    Scalar zone = config.has("timezone") ? config.scalar("timezone") : config.scalar("zone");
    schedule.put("cron", config.scalar(cron)).put("zone", zone);
    Long interval = config.number("interval");
    Located at = config.value("interval");
    if (interval != null && at != null) {
      schedule.text("every", at, interval + "ms");
    }
    return schedule.build();
  }

  /**
   * Records {@code {eventType, data}}. In the topic that all such triggers share, as in a
   * CloudEvent, they are read as the type and the data of the event; those of another topic are
   * read whole.
   */
  private static Mapping event(Node config) {
    config.warnOfOthers(EVENT_FIELDS);
    Tree event = new Tree(config.mapping()).put("topic", config.scalar("topic"));
    Scalar type = config.required("eventType") == null ? null : config.scalar("eventType");
    boolean isShared = !config.has("topic");
    if (type != null) {
      String quoted = Conditions.quoted(type.text());
      event.text(
          "when",
          type,
          isShared
              ? "event.type == " + quoted
              : "(event.type == null ? event.data.?eventType.orValue(null) : event.type) == "
                  + quoted);
    }
    return event
        .text(
            "payload",
            config.mapping(),
            isShared
                ? "{{ event.data }}"
                : "{{ event.type == null ? event.data.data : event.data }}")
        .build();
  }

  /**
   * Requests whose body is the payload. Without {@code verify} they need a key of this server, so
   * that no document opens a way in for everybody.
   *
   * @param hook the path of the hook below that of all
   */
  private static Mapping webhook(Node config, String hook) {
    config.warnOfOthers(WEBHOOK_FIELDS);
    for (String field : WEBHOOK_ADDRESS) {
      if (config.has(field)) {
        config.warn(field, "has no meaning: requests go to POST /api/hooks/" + hook);
      }
    }
    Located verify = config.value("verify");
    if (verify == null && config.has("secret")) {
      config.problem(
          "secret",
          "needs verify, which says how requests are signed (standard, token or {hmac: ...}); secret"
              + " is the name of a secret in the settings, never the secret itself");
      return new Tree(config.mapping()).build();
    }
    return new Tree(config.mapping())
        .put("verify", verify == null ? Tree.text(config.mapping(), "apiKey") : verify)
        .put("secret", config.scalar("secret"))
        .text("payload", config.mapping(), "{{ event.body }}")
        .build();
  }
}
