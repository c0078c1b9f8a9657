package io.doundo.orchestrator.audit;

import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Expectation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event of the core as JSON: its type and its fields under their own names, absent ones left
 * out. Contents are named by digest, size and whether they are objects; their bytes stay where they
 * are.
 */
public final class EventJson {

  /** The end of a text that was cut. */
  public static final String CUT = "… (cut: the record was too large)";

  private static final Map<String, Class<? extends FlowEvent>> TYPES =
      Stream.of(
              FlowStarted.class,
              DefinitionFound.class,
              StepSucceeded.class,
              StepFailed.class,
              EffectLanded.class,
              TimeReached.class,
              TurnCommitted.class,
              DispatchImpossible.class,
              DispatchHeld.class,
              HoldEnded.class,
              Evaluated.class,
              EngineFailed.class,
              ControlRequested.class,
              SignalReceived.class,
              ChildMoved.class,
              ParentAsked.class,
              SignalHanded.class)
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, type -> type));

  /** Absent numbers and flags are zero and false: events have gained fields over the versions. */
  private static final JsonMapper READER =
      Json.MAPPER
          .rebuild()
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private EventJson() {}

  /** Reads what {@link #of(FlowEvent, int)} wrote. */
  public static FlowEvent read(RawJson event) throws MalformedRecordException {
    try {
      return of(READER.readTree(event.bytes()));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new MalformedRecordException("the event cannot be read: " + e.getMessage());
    }
  }

  /**
   * Reads an event's tree.
   *
   * @throws IllegalArgumentException when it is of no known type
   */
  public static FlowEvent of(JsonNode event) {
    String name = event.path("type").asString("");
    Class<? extends FlowEvent> type = TYPES.get(name);
    if (type == null) {
      throw new IllegalArgumentException("there is no event \"" + name + '"');
    }
    if (type == Evaluated.class) {
      return evaluated(event);
    }
    FlowEvent read = READER.treeToValue(event, type);
    // Recorded by a release whose parts did not tell it.
    return read instanceof ChildMoved moved && !event.has("keptUntil") ? untold(moved) : read;
  }

  private static ChildMoved untold(ChildMoved event) {
    return new ChildMoved(
        event.at(),
        event.link(),
        event.number(),
        event.status(),
        event.answer(),
        event.refusal(),
        Moved.NOT_TOLD,
        event.result(),
        event.error(),
        event.leftStanding(),
        event.returned(),
        event.waitsFor());
  }

  private static Evaluated evaluated(JsonNode event) {
    return new Evaluated(
        event.required("at").longValue(),
        JsonText.required(event, "step"),
        Purpose.valueOf(JsonText.required(event, "purpose")),
        evaluation(event.required("evaluation")));
  }

  private static Evaluation evaluation(JsonNode json) {
    String type = json.path("type").asString("");
    return switch (type) {
      case "TRUTH" -> new Evaluation.Truth(json.required("value").booleanValue());
      case "VALUE" -> {
        JsonNode content = json.get("content");
        yield new Evaluation.Value(
            content == null ? null : READER.treeToValue(content, Content.class));
      }
      case "CHOSEN" -> new Evaluation.Chosen(json.required("branch").intValue());
      case "ASKED" -> READER.treeToValue(json, Evaluation.Asked.class);
      case "MILLIS" -> new Evaluation.Millis(json.required("value").longValue());
      case "PLANNED" -> READER.treeToValue(json, Evaluation.Planned.class);
      case "ROUND" -> READER.treeToValue(json, Evaluation.Round.class);
      case "FAILED" -> new Evaluation.Failed(JsonText.required(json, "error"));
      default -> throw new IllegalArgumentException("there is no evaluation \"" + type + '"');
    };
  }

  /** A free text, cut when it is longer than that. */
  public static @Nullable String shortened(@Nullable String text, int longest) {
    return text == null || text.length() <= longest ? text : text.substring(0, longest) + CUT;
  }

  /**
   * Writes an event.
   *
   * @param longestText where free texts are cut
   */
  public static RawJson of(FlowEvent event, int longestText) {
    JsonWriter json = new JsonWriter(384);
    json.beginObject().field("type", event.getClass().getSimpleName()).field("at", event.at());
    event.accept(new EventFields(json, longestText));
    return RawJson.trusted(json.endObject().toByteArray());
  }

  /** Writes the fields beside type and time. Every method's result is the writer. */
  private record EventFields(JsonWriter json, int longestText)
      implements FlowEvent.Handler<JsonWriter> {

    @Override
    public JsonWriter on(FlowStarted event) {
      text("flowId", event.flowId());
      text("incarnation", event.incarnation());
      text("orchestrationName", event.orchestrationName());
      content("payload", event.payload());
      text("startDigest", event.startDigest());
      content("headers", event.headers());
      text("refusal", event.refusal());
      if (event.part() != null) {
        json.field("part", Json.of(Json.MAPPER.valueToTree(event.part())));
      }
      text("requestedBy", event.requestedBy());
      return text("initiator", event.initiator());
    }

    @Override
    public JsonWriter on(DefinitionFound event) {
      return text("refusal", event.refusal());
    }

    @Override
    public JsonWriter on(StepSucceeded event) {
      text("step", event.step());
      text("action", event.action().name());
      answerOf(event.answerOf());
      content("result", event.result());
      if (event.unchanged()) {
        json.field("unchanged", true);
      }
      if (event.inDoubt()) {
        json.field("inDoubt", true);
      }
      return text("worker", event.worker());
    }

    @Override
    public JsonWriter on(StepFailed event) {
      text("step", event.step());
      text("action", event.action() == null ? null : event.action().name());
      answerOf(event.answerOf());
      text("kind", event.kind().name());
      text("error", shortened(event.error(), longestText));
      if (event.notBefore() != 0) {
        json.field("notBefore", event.notBefore());
      }
      if (event.serviceFault()) {
        json.field("serviceFault", true);
      }
      return text("worker", event.worker());
    }

    @Override
    public JsonWriter on(EffectLanded event) {
      text("step", event.step());
      text("action", event.action().name());
      answerOf(event.answerOf());
      content("result", event.result());
      return text("worker", event.worker());
    }

    @Override
    public JsonWriter on(TimeReached event) {
      return json;
    }

    @Override
    public JsonWriter on(TurnCommitted event) {
      json.field("turn", event.turn());
      return json;
    }

    @Override
    public JsonWriter on(DispatchImpossible event) {
      text("step", event.step());
      text("action", event.action().name());
      json.field("attempt", event.attempt());
      json.field("retryable", event.retryable());
      return text("error", shortened(event.error(), longestText));
    }

    @Override
    public JsonWriter on(DispatchHeld event) {
      text("step", event.step());
      text("action", event.action().name());
      json.field("attempt", event.attempt());
      return text("breaker", event.breaker());
    }

    @Override
    public JsonWriter on(HoldEnded event) {
      return text("step", event.step());
    }

    @Override
    public JsonWriter on(Evaluated event) {
      text("step", event.step());
      text("purpose", event.purpose().name());
      json.beginObject("evaluation");
      if (event.evaluation() instanceof Evaluation.Truth truth) {
        text("type", "TRUTH");
        json.field("value", truth.value());
      } else if (event.evaluation() instanceof Evaluation.Value value) {
        text("type", "VALUE");
        content("content", value.content());
      } else if (event.evaluation() instanceof Evaluation.Chosen chosen) {
        text("type", "CHOSEN");
        json.field("branch", chosen.branch());
      } else if (event.evaluation() instanceof Evaluation.Millis time) {
        text("type", "MILLIS");
        json.field("value", time.value());
      } else if (event.evaluation() instanceof Evaluation.Asked asked) {
        text("type", "ASKED");
        text("title", asked.title());
        text("assignee", asked.assignee());
        json.beginArray("candidates");
        asked.candidates().forEach(name -> json.element(Json.string(name)));
        json.endArray();
      } else if (event.evaluation() instanceof Evaluation.Planned planned) {
        text("type", "PLANNED");
        json.field("plan", Json.of(Json.MAPPER.valueToTree(planned.plan())));
        content("loop", planned.loop());
      } else if (event.evaluation() instanceof Evaluation.Round round) {
        text("type", "ROUND");
        content("loop", round.loop());
        json.field("isLast", round.isLast());
        if (round.flow() != null) {
          json.field("flow", Json.of(Json.MAPPER.valueToTree(round.flow())));
        }
        content("captured", round.captured());
      } else if (event.evaluation() instanceof Evaluation.Failed failed) {
        text("type", "FAILED");
        text("error", shortened(failed.error(), longestText));
      }
      return json.endObject();
    }

    @Override
    public JsonWriter on(EngineFailed event) {
      if (event.part() != null) {
        json.field("part", Json.of(Json.MAPPER.valueToTree(event.part())));
        json.field("isAwake", event.isAwake());
        json.field("returned", Json.of(Json.MAPPER.valueToTree(event.returned())));
      }
      return text("error", shortened(event.error(), longestText));
    }

    @Override
    public JsonWriter on(ControlRequested event) {
      text("controlId", event.controlId());
      text("verb", event.verb().name());
      text("step", event.step());
      content("payload", event.payload());
      text("resolution", event.resolution().name());
      text("reason", shortened(event.reason(), longestText));
      Expectation expect = event.expect();
      if (expect != null) {
        json.field("expect", Json.of(Json.MAPPER.valueToTree(expect)));
      }
      if (event.branch() != null) {
        json.field("branch", event.branch());
      }
      text("assignee", event.assignee());
      names("asOneOf", event.asOneOf());
      return text("requestedBy", event.requestedBy());
    }

    @Override
    public JsonWriter on(SignalReceived event) {
      text("controlId", event.controlId());
      text("signal", event.signal());
      content("payload", event.payload());
      text("requestedBy", event.requestedBy());
      if (event.verified()) {
        json.field("verified", true);
      }
      names("asOneOf", event.asOneOf());
      return text("onBehalfOf", event.onBehalfOf());
    }

    @Override
    public JsonWriter on(ChildMoved event) {
      json.field("link", Json.of(Json.MAPPER.valueToTree(event.link())));
      json.field("number", event.number());
      text("status", event.status().name());
      if (event.answer()) {
        json.field("answer", true);
      }
      if (event.refusal()) {
        json.field("refusal", true);
      }
      if (event.keptUntil() != Moved.NOT_TOLD) {
        json.field("keptUntil", event.keptUntil());
      }
      content("result", event.result());
      text("error", shortened(event.error(), longestText));
      json.field("leftStanding", Json.of(Json.MAPPER.valueToTree(event.leftStanding())));
      json.field("returned", Json.of(Json.MAPPER.valueToTree(event.returned())));
      return json.field("waitsFor", Json.of(Json.MAPPER.valueToTree(event.waitsFor())));
    }

    @Override
    public JsonWriter on(SignalHanded event) {
      json.field("link", Json.of(Json.MAPPER.valueToTree(event.link())));
      return json.field("signal", Json.of(Json.MAPPER.valueToTree(event.signal())));
    }

    @Override
    public JsonWriter on(ParentAsked event) {
      json.field("link", Json.of(Json.MAPPER.valueToTree(event.link())));
      text("verb", event.verb().name());
      text("why", shortened(event.why(), longestText));
      return json.field("until", event.until());
    }

    private void names(String name, @Nullable List<String> names) {
      if (names != null) {
        json.field(name, Json.of(Json.MAPPER.valueToTree(names)));
      }
    }

    private JsonWriter text(String name, @Nullable String value) {
      return json.present(name, value);
    }

    private void content(String name, @Nullable Content content) {
      if (content != null) {
        json.beginObject(name);
        json.field("digest", content.digest());
        json.field("size", content.size());
        json.field("object", content.object());
        json.endObject();
      }
    }

    private void answerOf(AnswerOf answerOf) {
      json.beginObject("answerOf");
      text("commandId", answerOf.commandId());
      json.field("attempt", answerOf.attempt());
      json.field("vouched", answerOf.vouched());
      if (answerOf.mayFollowUndo()) {
        json.field("mayFollowUndo", true);
      }
      text("workerVersion", answerOf.workerVersion());
      if (answerOf.pickedUp() != 0) {
        json.field("pickedUp", answerOf.pickedUp());
      }
      if (answerOf.handledMs() != 0) {
        json.field("handledMs", answerOf.handledMs());
      }
      json.endObject();
    }
  }
}
