package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Shape;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.orchestrator.notify.ReceiverJson;
import io.doundo.orchestrator.notify.ReceiverProgram;
import io.doundo.protocol.Names;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code notify}: who is told about the flows of an orchestration. */
final class NotifyReader {

  static final String FIELD = ReceiverJson.FIELD;

  static final Set<String> RECEIVER_FIELDS =
      Set.of("name", "on", "connection", "url", "when", "body");

  private static final int MAX_RECEIVERS = 16;
  private static final int MAX_TEXT = 255;
  private static final int MAX_CONDITION = 4_000;
  private static final int MAX_URL = 1_000;
  private static final String OPEN = "{{";

  private static final List<String> OCCASIONS =
      Arrays.stream(Occasion.values())
          .filter(occasion -> !occasion.isShared())
          .map(Occasion::name)
          .toList();

  private static final List<String> SHARED =
      Arrays.stream(Occasion.values()).filter(Occasion::isShared).map(Occasion::name).toList();

  /** What the expressions of a receiver may read. */
  private static final VisibleNames NAMES =
      new VisibleNames(
          Map.of("event", Shape.ofFields(ReceiverProgram.EVENT_FIELDS.toArray(new String[0]))),
          Set.of(),
          Map.of(),
          Set.of());

  private final Fields fields;
  private final Report report;

  private NotifyReader(Fields fields, Report report) {
    this.fields = fields;
    this.report = report;
  }

  /** The receivers of an orchestration; problems are reported. */
  static List<Receiver> read(Fields orchestration, Report report) {
    Sequence list = orchestration.list(FIELD);
    if (list == null) {
      return List.of();
    }
    if (list.elements().size() > MAX_RECEIVERS) {
      orchestration.problem(
          FIELD,
          "has %d receivers; at most %d are allowed"
              .formatted(list.elements().size(), MAX_RECEIVERS));
      return List.of();
    }
    List<Receiver> receivers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.elements().size(); i++) {
      Located element = list.elements().get(i);
      if (!(element instanceof Mapping mapping)) {
        orchestration.problem(
            element,
            FIELD + '[' + i + ']',
            "must be an object with on and connection but is " + element.kind());
        continue;
      }
      Receiver receiver =
          new NotifyReader(orchestration.element(FIELD, i, mapping), report).receiver(names);
      if (receiver != null) {
        receivers.add(receiver);
      }
    }
    return receivers;
  }

  private @Nullable Receiver receiver(Set<String> names) {
    fields.refuseAllBut(RECEIVER_FIELDS, "of a receiver");
    String connection = named("connection");
    if (fields.value("connection") == null) {
      fields.problem("connection", "is missing: it names the connection that has the URL");
    }
    String given = named("name");
    String name = given == null && fields.value("name") == null ? connection : given;
    if (name != null && !names.add(name)) {
      fields.problem(
          "name",
          "there is a receiver \"%s\" already; the name is the connection unless it is given"
              .formatted(name));
    }
    List<Occasion> on = occasions();
    String url = url();
    String when = fields.text("when", MAX_CONDITION);
    if (when != null) {
      compiler(null).condition("when", when);
    }
    String body = body();
    return name == null || connection == null || on.isEmpty()
        ? null
        : new Receiver(name, on, connection, url, when, body);
  }

  private @Nullable String named(String field) {
    String name = fields.text(field, MAX_TEXT);
    String refusal = name == null ? null : Names.refuse(name);
    if (refusal != null) {
      fields.problem(field, '"' + name + "\" " + refusal);
      return null;
    }
    return name;
  }

  private List<Occasion> occasions() {
    List<Scalar> words = fields.texts("on", OCCASIONS.size(), MAX_TEXT);
    Located value = fields.value("on");
    if (value == null || (value instanceof Sequence list && list.elements().isEmpty())) {
      fields.problem(
          "on", "is missing: it lists what the receiver is told of, such as [PARKED, UNDONE]");
    }
    if (words == null) {
      return List.of();
    }
    List<Occasion> on = new ArrayList<>();
    for (Scalar word : words) {
      String upper = word.text().strip().toUpperCase(Locale.ROOT);
      if (OCCASIONS.contains(upper)) {
        on.add(Occasion.valueOf(upper));
      } else if (SHARED.contains(upper)) {
        fields.problem(
            word,
            "on",
            "\"%s\" is told only to doundo.notify.receivers: orchestrations share breakers"
                .formatted(word.text()));
      } else {
        fields.problem(
            word,
            "on",
            "must be one of %s but is \"%s\"%s"
                .formatted(
                    String.join(", ", OCCASIONS),
                    word.text(),
                    Suggestions.didYouMean(upper, OCCASIONS)));
      }
    }
    return on;
  }

  private String url() {
    String url = fields.text("url", MAX_URL);
    if (url == null) {
      return "";
    }
    String refusal =
        url.contains(OPEN)
            ? "must be the same for all flows; it holds no expressions"
            : new HttpRequest("connection", HttpMethod.POST, url, Map.of(), null, false).refuse();
    if (refusal != null) {
      fields.problem("url", refusal.startsWith("url ") ? refusal.substring(4) : refusal);
    }
    return url;
  }

  private @Nullable String body() {
    Located value = fields.value("body");
    if (value == null) {
      return null;
    }
    LocatedJson body = LocatedJson.of(value, "body");
    compiler(body).template("body", body.tree());
    return body.text();
  }

  private ExpressionCompiler compiler(@Nullable LocatedJson json) {
    return new ExpressionCompiler(
        NAMES,
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
