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
    int place = 0;
    for (Node trigger : workflow.nodes("triggers")) {
      trigger.warnOfOthers(FIELDS);
      // The disabled ones count, so that no other one changes its name when one is switched on.
      place++;
      Type type = trigger.word("type", Type.class);
      if (type != null && trigger.flag("isEnabled", true)) {
        Mapping written = write(type, trigger, place);
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

  private static @Nullable Mapping write(Type type, Node trigger, int number) {
    Node config = trigger.object("config");
    Tree tree = new Tree(trigger.mapping());
    String name = trigger.text("name");
    tree.text(
        "name",
        trigger.mapping(),
        name == null ? type.name().toLowerCase(Locale.ROOT) + '-' + number : name);
    switch (type) {
      case SCHEDULE -> tree.put("schedule", schedule(config));
      case EVENT -> tree.put("event", event(config));
      case WEBHOOK -> tree.put("webhook", webhook(config));
      case MANUAL, API_CALL -> {
        return null;
      }
    }
    return tree.build();
  }

  private static Mapping schedule(Node config) {
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

  /** Records {@code {eventType, data}} of the topic that all such triggers share, or of another. */
  private static Mapping event(Node config) {
    Tree event = new Tree(config.mapping()).put("topic", config.scalar("topic"));
    Scalar type = config.required("eventType") == null ? null : config.scalar("eventType");
    if (type != null) {
      event.text("when", type, "event.data.eventType == " + Conditions.quoted(type.text()));
    }
    return event.text("payload", config.mapping(), "{{ event.data.data }}").build();
  }

  private static Mapping webhook(Node config) {
    Located verify = config.value("verify");
    return new Tree(config.mapping())
        .put("verify", verify == null ? Tree.text(config.mapping(), "apiKey") : verify)
        .put("secret", config.scalar("secret"))
        .text("payload", config.mapping(), "{{ event.body }}")
        .build();
  }
}
