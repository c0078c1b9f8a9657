package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.WebhookTrigger.ApiKey;
import io.doundo.orchestrator.definition.WebhookTrigger.Encoding;
import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Signed;
import io.doundo.orchestrator.definition.WebhookTrigger.Standard;
import io.doundo.orchestrator.definition.WebhookTrigger.Token;
import io.doundo.orchestrator.definition.WebhookTrigger.Unsigned;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.protocol.Names;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the triggers that come from outside: the {@code event} and the {@code webhook} of one. */
final class OutsideTriggers {

  static final Set<String> EVENT_FIELDS =
      Set.of("topic", "from", "when", "flowId", "payload", "signal");

  static final Set<String> WEBHOOK_FIELDS =
      Set.of("verify", "secret", "when", "flowId", "payload", "signal");

  static final Set<String> HMAC_FIELDS =
      Set.of("header", "prefix", "encoding", "signed", "id", "timestamp");

  private static final int MAX_TEXT = 255;
  private static final int MAX_CONDITION = 4_000;
  private static final int MAX_NAME = 63;

  private static final Pattern TOPIC =
      Pattern.compile("[A-Za-z0-9._-]{1," + Names.MAX_TOPIC_LENGTH + "}");

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private static final String OWN_TOPICS = "orchestrator.";
  private static final String BROKERS_TOPICS = "__";

  private static final String VERIFY = "verify";
  private static final String SECRET_FIELD = "secret";
  private static final String TIMESTAMP = "timestamp";
  private static final List<String> WAYS = List.of("standard", "token", "apikey");

  private final Fields fields;

  private OutsideTriggers(Fields fields) {
    this.fields = fields;
  }

  /** The event; null when a problem was reported without which it has no meaning. */
  static @Nullable EventTrigger event(Fields fields, Report report) {
    fields.refuseAllBut(EVENT_FIELDS, "of an event");
    String topic = new OutsideTriggers(fields).topic();
    From from = fields.constant("from", From.class);
    EventMapping mapping =
        new MappingReader(
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
                    "time"))
            .read();
    return topic == null
        ? null
        : new EventTrigger(topic, from == null ? From.LATEST : from, mapping);
  }

  /** The webhook; null when a problem was reported without which it has no meaning. */
  static @Nullable WebhookTrigger webhook(Fields fields, Report report) {
    fields.refuseAllBut(WEBHOOK_FIELDS, "of a webhook");
    OutsideTriggers reader = new OutsideTriggers(fields);
    Verification verify = reader.verification();
    String secret = verify == null ? null : reader.secret(verify);
    EventMapping mapping =
        new MappingReader(fields, report, Shape.ofFields("body", "headers", "id", "trigger"))
            .read();
    if (verify instanceof Hmac hmac && hmac.signed() == Signed.BODY && mapping.signal() == null) {
      fields.warn(
          VERIFY,
          "signs no time, so whoever has seen a delivery can send it again, and it starts another"
              + " flow once the first is forgotten (doundo.archive-retention); if the sender can,"
              + " let it sign the time: signed: timestamp.body");
    }
    return verify == null ? null : new WebhookTrigger(verify, secret, mapping);
  }

  private @Nullable Verification verification() {
    Located value = fields.value(VERIFY);
    if (value == null) {
      return new Unsigned();
    }
    if (!(value instanceof Mapping)) {
      String way = fields.word(VERIFY, WAYS);
      if (way == null) {
        return null;
      }
      return switch (way) {
        case "standard" -> new Standard();
        case "token" -> new Token(Token.DEFAULT_HEADER);
        default -> new ApiKey();
      };
    }
    Fields way = fields.object(VERIFY);
    if (way == null) {
      return null;
    }
    way.refuseAllBut(Set.of("hmac", "token"), "of verify");
    Fields hmac = way.object("hmac");
    Fields token = way.object("token");
    if ((hmac == null) == (token == null)) {
      fields.problem(VERIFY, "must be standard, token or apiKey, or have either hmac or token");
      return null;
    }
    if (hmac != null) {
      return hmac(hmac);
    }
    if (token == null) {
      return null;
    }
    token.refuseAllBut(Set.of("header"), "of token");
    String header = header(token, "header");
    return header == null ? null : new Token(header);
  }

  private static @Nullable Hmac hmac(Fields hmac) {
    hmac.refuseAllBut(HMAC_FIELDS, "of hmac");
    String header = header(hmac, "header");
    String prefix = hmac.value("prefix") == null ? "" : hmac.text("prefix", MAX_NAME);
    String encoding = hmac.word("encoding", List.of("hex", "base64"));
    String signed = hmac.word("signed", List.of("body", "timestamp.body"));
    String id = hmac.value("id") == null ? null : header(hmac, "id");
    String timestamp = timestamp(hmac);
    boolean isTimed = "timestamp.body".equals(signed);
    if (isTimed && hmac.value(TIMESTAMP) == null) {
      hmac.problem(TIMESTAMP, "is missing: signed says that the time is signed");
      return null;
    }
    if (!isTimed && hmac.value(TIMESTAMP) != null) {
      hmac.problem(TIMESTAMP, "has no meaning unless it is signed, as with signed: timestamp.body");
      return null;
    }
    if (header == null || prefix == null) {
      return null;
    }
    return new Hmac(
        header,
        prefix,
        "base64".equals(encoding) ? Encoding.BASE64 : Encoding.HEX,
        isTimed ? Signed.TIMESTAMP_AND_BODY : Signed.BODY,
        id,
        timestamp);
  }

  /** The name of a header, or what stands before the time in the header of the signature. */
  private static @Nullable String timestamp(Fields hmac) {
    String text = hmac.value(TIMESTAMP) == null ? null : hmac.text(TIMESTAMP, MAX_TEXT);
    if (text == null || text.endsWith("=")) {
      return text;
    }
    return header(hmac, TIMESTAMP);
  }

  private static @Nullable String header(Fields fields, String name) {
    String header = fields.text(name, MAX_TEXT);
    if (header == null) {
      if (fields.value(name) == null) {
        fields.problem(name, "is missing: it names a header");
      }
      return null;
    }
    if (!HEADER.matcher(header).matches()) {
      fields.problem(name, '"' + header + "\" is no name of a header");
      return null;
    }
    return header;
  }

  private @Nullable String secret(Verification verify) {
    boolean isNeeded = !(verify instanceof Unsigned) && !(verify instanceof ApiKey);
    String secret = fields.text(SECRET_FIELD, MAX_NAME);
    if (secret == null) {
      if (isNeeded && fields.value(SECRET_FIELD) == null) {
        fields.problem(
            SECRET_FIELD,
            "is missing: it names the secret in the settings with which requests are verified");
      }
      return null;
    }
    if (!isNeeded) {
      fields.problem(
          SECRET_FIELD,
          verify instanceof ApiKey
              ? "has no meaning with verify: apiKey"
              : "has no meaning without verify, which says how it is used");
      return null;
    }
    if (!SECRET.matcher(secret).matches()) {
      fields.problem(
          SECRET_FIELD,
          "must be the name of a secret in the settings: letters, digits, dashes and underscores,"
              + " beginning with a letter");
      return null;
    }
    return secret;
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
  static final class MappingReader {

    private final Fields fields;
    private final Report report;
    private final VisibleNames names;

    /**
     * @param event the fields of the variable {@code event}
     */
    MappingReader(Fields fields, Report report, Shape event) {
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
