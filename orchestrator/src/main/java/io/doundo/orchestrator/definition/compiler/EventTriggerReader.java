package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import io.doundo.protocol.Topics;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code event} of a trigger. */
final class EventTriggerReader {

  static final Set<String> FIELDS = Set.of("topic", "from", "when", "flowId", "payload", "signal");

  private static final int MAX_TEXT = 255;
  private static final int MAX_CONDITION = 4_000;

  private static final Pattern TOPIC =
      Pattern.compile("[A-Za-z0-9._-]{1," + Names.MAX_TOPIC_LENGTH + "}");

  private static final String OWN_TOPICS = "orchestrator.";
  private static final String BROKERS_TOPICS = "__";

  private final Fields fields;
  private final Mapping mapping;

  EventTriggerReader(Fields fields, Report report) {
    this.fields = fields;
    this.mapping =
        new Mapping(
            fields,
            report,
            Shape.ofFields(
                "topic",
                "partition",
                "offset",
                "key",
                "headers",
                "data",
                "at",
                "trigger",
                "type",
                "source",
                "id",
                "subject",
                "time"));
  }

  /** The trigger; null when a problem was reported without which it has no meaning. */
  @Nullable EventTrigger read() {
    fields.refuseAllBut(FIELDS, "of an event");
    String topic = topic();
    From from = fields.constant("from", From.class);
    EventMapping read = mapping.read();
    return topic == null ? null : new EventTrigger(topic, from == null ? From.LATEST : from, read);
  }

  private @Nullable String topic() {
    String topic = fields.text("topic", Names.MAX_TOPIC_LENGTH);
    if (topic == null) {
      return fields.value("topic") == null ? Topics.TRIGGER : null;
    }
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      fields.problem(
          "topic",
          '"' + topic + "\" is no name of a topic: letters, digits, dots, dashes and underscores");
      return null;
    }
    if (topic.startsWith(BROKERS_TOPICS)
        || (topic.startsWith(OWN_TOPICS) && !topic.equals(Topics.TRIGGER))) {
      fields.problem(
          "topic",
          "%s is not for events: among the topics of Kafka and of the orchestrator only %s is"
              .formatted(topic, Topics.TRIGGER));
      return null;
    }
    return topic;
  }

  /** Reads what is made of an event, with the place of every problem. */
  static final class Mapping {

    private final Fields fields;
    private final Report report;
    private final VisibleNames names;

    /**
     * @param event the fields of the variable {@code event}
     */
    Mapping(Fields fields, Report report, Shape event) {
      this.fields = fields;
      this.report = report;
      this.names = new VisibleNames(Map.of("event", event), Set.of(), Map.of(), Set.of());
    }

    EventMapping read() {
      String signal = fields.text("signal", MAX_TEXT);
      String refusal = signal == null ? null : Names.refuse(signal);
      if (refusal != null) {
        fields.problem("signal", '"' + signal + "\" " + refusal);
      }
      String flowId = flowId();
      if (fields.value("signal") != null && fields.value("flowId") == null) {
        fields.problem("signal", "needs flowId, which says which flow gets the signal");
      }
      return new EventMapping(when(), flowId, payload(signal != null), signal);
    }

    private @Nullable String when() {
      String when = fields.text("when", MAX_CONDITION);
      if (when != null) {
        compiler(null).condition("when", when);
      }
      return when;
    }

    private @Nullable String flowId() {
      String flowId = fields.text("flowId", MAX_CONDITION);
      Located value = fields.value("flowId");
      if (flowId == null || value == null) {
        return null;
      }
      LocatedJson json = LocatedJson.of(value, "flowId");
      if (!ExpressionCompiler.isTemplate(json.tree())) {
        fields.problem(
            "flowId", "has no expression in {{ }}, so every event would be about the same flow");
        return null;
      }
      compiler(json).template("flowId", json.tree());
      return flowId;
    }

    private @Nullable String payload(boolean isOfSignal) {
      Located value = fields.value("payload");
      if (value == null) {
        return null;
      }
      LocatedJson payload = LocatedJson.of(value, "payload");
      boolean isExpression =
          payload.tree().isString() && ExpressionCompiler.isTemplate(payload.tree());
      if (!isOfSignal && !payload.tree().isObject() && !isExpression) {
        fields.problem("payload", "must be an object but is " + value.kind());
        return null;
      }
      compiler(payload).template("payload", payload.tree());
      return payload.text();
    }

    private ExpressionCompiler compiler(@Nullable LocatedJson json) {
      return new ExpressionCompiler(
          names,
          Suggestions::didYouMean,
          (place, problem) -> {
            if (json == null) {
              fields.problem(place, problem);
            } else {
              report.problem(json.at(place), fields.path(place), problem);
            }
          });
    }
  }
}
