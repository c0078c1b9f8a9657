package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The part of a stored definition that a step with parts adds. Fields with defaults are absent. */
final class PartsCodec {

  private static final String BODY = "body";

  private PartsCodec() {}

  /** Writes everything of the step that a step of another kind does not have. */
  static void write(ObjectNode json, Step step, Work.Parts parts) {
    if (!step.undoable()) {
      json.put("undo", "none");
    }
    if (step.pivot()) {
      json.put("pivot", true);
    }
    if (!step.timeout().isZero()) {
      json.put("timeout", step.timeout().toMillis());
      json.put("onTimeout", step.onTimeout().name());
    }
    if (!step.retry().equals(AttemptRules.RETRY_OF_PARTS)) {
      json.set("retry", DefinitionCodec.policy(step.retry()));
    }
    ObjectNode work = json.putObject(parts.kind());
    if (parts instanceof Work.Flow flow) {
      work.put("orchestration", flow.orchestration());
    } else if (parts instanceof Work.ForEach list) {
      write(work, list);
    } else if (parts instanceof Work.Repeat repeat) {
      write(work, repeat);
    } else if (parts instanceof Work.FirstOf first) {
      ArrayNode bodies = work.putArray("branches");
      first.bodies().forEach(body -> write(bodies.addObject(), body));
    } else if (parts instanceof Work.Do single) {
      write(work.putObject(BODY), single.body());
    }
  }

  private static void write(ObjectNode work, Work.ForEach list) {
    work.put("items", list.items());
    work.put("as", list.as());
    work.put("atOnce", list.atOnce());
    if (!list.tolerate().equals(Tolerance.NONE)) {
      work.put("tolerate", list.tolerate().value());
      work.put("percent", list.tolerate().percent());
    }
    if (list.strict()) {
      work.put("strict", true);
    }
    write(work.putObject(BODY), list.body());
  }

  private static void write(ObjectNode work, Work.Repeat repeat) {
    if (!repeat.every().isZero()) {
      work.put("every", repeat.every().toMillis());
    }
    DefinitionCodec.putTree(work, "state", repeat.state());
    DefinitionCodec.putTree(work, "next", repeat.next());
    DefinitionCodec.putPresent(work, "until", repeat.until());
    if (!repeat.isEndless()) {
      work.put("most", repeat.most());
    }
    if (repeat.newest()) {
      work.put("version", "newest");
    }
    write(work.putObject(BODY), repeat.body());
  }

  private static void write(ObjectNode json, Body body) {
    DefinitionCodec.putPresent(json, "branch", body.branch());
    json.put("type", body.type().name());
    ArrayNode steps = json.putArray("steps");
    body.steps().forEach(step -> steps.add(DefinitionCodec.step(step)));
  }

  /** The kind of a stored step with parts; null for other steps. */
  static @Nullable String kindOf(JsonNode json) {
    for (String kind : PartsDeclaration.KINDS) {
      if (json.has(kind)) {
        return kind;
      }
    }
    return null;
  }

  static Work.Parts work(JsonNode json, String kind) {
    JsonNode work = json.required(kind);
    return switch (kind) {
      case PartsDeclaration.FLOW -> new Work.Flow(DefinitionCodec.text(work, "orchestration"));
      case PartsDeclaration.FOR_EACH -> forEach(work);
      case PartsDeclaration.REPEAT -> repeat(work);
      case PartsDeclaration.FIRST_OF -> {
        List<Body> bodies = new ArrayList<>();
        work.required("branches").forEach(body -> bodies.add(body(body)));
        yield new Work.FirstOf(bodies);
      }
      default -> new Work.Do(body(work.required(BODY)));
    };
  }

  private static Work.ForEach forEach(JsonNode work) {
    return new Work.ForEach(
        DefinitionCodec.text(work, "items"),
        DefinitionCodec.text(work, "as"),
        work.required("atOnce").intValue(),
        work.has("tolerate")
            ? new Tolerance(
                work.required("tolerate").intValue(), work.required("percent").booleanValue())
            : Tolerance.NONE,
        work.has("strict"),
        body(work.required(BODY)));
  }

  private static Work.Repeat repeat(JsonNode work) {
    return new Work.Repeat(
        Duration.ofMillis(work.path("every").longValue(0)),
        DefinitionCodec.tree(work, "state"),
        DefinitionCodec.tree(work, "next"),
        DefinitionCodec.optionalText(work, "until"),
        work.path("most").intValue(0),
        work.has("version"),
        body(work.required(BODY)));
  }

  private static Body body(JsonNode json) {
    List<Step> steps = new ArrayList<>();
    json.required("steps").forEach(step -> steps.add(DefinitionCodec.step(step)));
    return new Body(
        DefinitionCodec.optionalText(json, "branch"),
        GraphType.valueOf(DefinitionCodec.text(json, "type")),
        steps);
  }

  static AttemptRules attempts(JsonNode json) {
    JsonNode timeout = json.get("timeout");
    JsonNode retry = json.get("retry");
    return AttemptRules.ofParts(
        timeout == null ? null : Duration.ofMillis(timeout.longValue()),
        timeout == null
            ? OnTimeout.RETRY
            : OnTimeout.valueOf(DefinitionCodec.text(json, "onTimeout")),
        retry == null ? AttemptRules.RETRY_OF_PARTS : DefinitionCodec.policy(retry));
  }

  static UndoRule undoing(JsonNode json) {
    return json.has("undo") ? UndoRule.NONE : UndoRule.OWN;
  }
}
