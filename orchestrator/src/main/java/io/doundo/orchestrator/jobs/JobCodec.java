package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.jobs.JobItems.ChunkResults;
import io.doundo.orchestrator.jobs.JobOrder.Wish;
import io.doundo.orchestrator.jobs.JobPreview.Sample;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The records of {@code orchestrator.jobs} as JSON. Unknown fields are ignored, so that a newer
 * release may add some. Reading throws an {@link IllegalArgumentException} or a Jackson exception
 * when a record is none of these.
 */
final class JobCodec {

  private JobCodec() {}

  static byte[] definition(JobDefinition job) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("jobId", job.jobId());
    json.put("verb", job.verb().name());
    present(json, "step", job.step());
    if (job.payload() != null) {
      json.set("payload", Json.MAPPER.readTree(job.payload().bytes()));
    }
    json.put("reason", job.reason());
    present(json, "filter", job.filter());
    RanOn ranOn = job.ranOn();
    if (ranOn != null) {
      ObjectNode node = json.putObject("ranOn");
      present(node, "orchestration", ranOn.orchestration());
      node.put("step", ranOn.step());
      node.put("workerVersion", ranOn.workerVersion());
      node.put("from", ranOn.from().toString());
      node.put("to", ranOn.to().toString());
    }
    json.put("createdBy", job.createdBy());
    json.put("createdAt", job.createdAt());
    json.put("frozenAt", job.frozenAt());
    json.put("perSecond", job.perSecond());
    ArrayNode chunks = json.putArray("chunks");
    job.chunks().forEach(chunks::add);
    json.set("preview", preview(job.preview()));
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static JobDefinition definition(byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    JsonNode payload = json.get("payload");
    JsonNode ranOn = json.get("ranOn");
    List<Integer> chunks = new ArrayList<>();
    json.required("chunks").forEach(size -> chunks.add(size.intValue()));
    return new JobDefinition(
        JsonText.required(json, "jobId"),
        JobVerb.valueOf(JsonText.required(json, "verb")),
        text(json, "step"),
        payload == null ? null : Json.of(payload),
        JsonText.required(json, "reason"),
        text(json, "filter"),
        ranOn == null
            ? null
            : new RanOn(
                text(ranOn, "orchestration"),
                JsonText.required(ranOn, "step"),
                JsonText.required(ranOn, "workerVersion"),
                Instant.parse(JsonText.required(ranOn, "from")),
                Instant.parse(JsonText.required(ranOn, "to"))),
        JsonText.required(json, "createdBy"),
        json.required("createdAt").longValue(),
        json.required("frozenAt").longValue(),
        json.required("perSecond").intValue(),
        chunks,
        preview(json.required("preview")));
  }

  private static ObjectNode preview(JobPreview preview) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("played", preview.played());
    counts(json, "byOutcome", preview.byOutcome());
    counts(json, "perStepUndos", preview.perStepUndos());
    counts(json, "leftStanding", preview.leftStanding());
    counts(json, "irreversible", preview.irreversible());
    counts(json, "unserved", preview.unserved());
    ArrayNode samples = json.putArray("sample");
    for (Sample sample : preview.sample()) {
      ObjectNode node = samples.addObject();
      node.put("flowId", sample.flowId());
      node.put("orchestrationName", sample.orchestrationName());
      node.put("transition", sample.transition());
      node.put("status", sample.status().name());
      present(node, "refusal", sample.refusal());
      present(node, "wouldBe", sample.wouldBe() == null ? null : sample.wouldBe().name());
      ArrayNode commands = node.putArray("commands");
      sample.commands().forEach(commands::add);
    }
    present(json, "note", preview.note());
    return json;
  }

  private static JobPreview preview(JsonNode json) {
    List<Sample> samples = new ArrayList<>();
    for (JsonNode node : json.path("sample")) {
      List<String> commands = new ArrayList<>();
      node.path("commands").forEach(command -> commands.add(command.stringValue()));
      String wouldBe = text(node, "wouldBe");
      samples.add(
          new Sample(
              JsonText.required(node, "flowId"),
              JsonText.required(node, "orchestrationName"),
              node.required("transition").intValue(),
              FlowStatus.valueOf(JsonText.required(node, "status")),
              text(node, "refusal"),
              wouldBe == null ? null : FlowStatus.valueOf(wouldBe),
              commands));
    }
    return new JobPreview(
        json.required("played").intValue(),
        counts(json.path("byOutcome")),
        counts(json.path("perStepUndos")),
        counts(json.path("leftStanding")),
        counts(json.path("irreversible")),
        counts(json.path("unserved")),
        samples,
        text(json, "note"));
  }

  static byte[] mark(SeenMarks.Mark mark) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("seen", mark.isSeen());
    json.put("by", mark.by());
    json.put("at", mark.at());
    if (!mark.below().isEmpty()) {
      ObjectNode below = json.putObject("below");
      mark.below().forEach((partition, offset) -> below.put(partition.toString(), offset));
    }
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static SeenMarks.Mark mark(String subject, byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    Map<Integer, Long> below = new HashMap<>();
    json.path("below")
        .propertyStream()
        .forEach(
            offset -> below.put(Integer.valueOf(offset.getKey()), offset.getValue().longValue()));
    return new SeenMarks.Mark(
        subject,
        json.required("seen").booleanValue(),
        JsonText.required(json, "by"),
        json.required("at").longValue(),
        below);
  }

  static byte[] order(JobOrder order) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("wish", order.wish().name());
    json.put("startedBy", order.startedBy());
    json.put("startedAt", order.startedAt());
    json.put("by", order.by());
    json.put("at", order.at());
    present(json, "reason", order.reason());
    json.put("limit", order.limit());
    json.put("first", order.first());
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static JobOrder order(byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    return new JobOrder(
        Wish.valueOf(JsonText.required(json, "wish")),
        JsonText.required(json, "startedBy"),
        json.required("startedAt").longValue(),
        JsonText.required(json, "by"),
        json.required("at").longValue(),
        text(json, "reason"),
        json.required("limit").intValue(),
        json.required("first").intValue());
  }

  static byte[] rate(int perSecond) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("perSecond", perSecond);
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static int rate(byte[] value) {
    return Json.MAPPER.readTree(value).required("perSecond").intValue();
  }

  static byte[] progress(JobProgress progress) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("sent", progress.sent());
    ObjectNode results = json.putObject("results");
    progress.results().forEach((result, count) -> results.put(result.name(), count));
    counts(json, "refusals", progress.refusals());
    ObjectNode offsets = json.putObject("offsets");
    progress.offsets().forEach((partition, at) -> offsets.put(partition.toString(), at));
    json.put("lastSentAt", progress.lastSentAt());
    json.put("endedAt", progress.endedAt());
    json.put("closed", progress.isClosed());
    present(json, "note", progress.note());
    JobProgress.Start start = progress.start();
    if (start != null) {
      json.putObject("start")
          .put("by", start.by())
          .put("at", start.at())
          .put("first", start.first());
    }
    return Json.MAPPER.writeValueAsBytes(json);
  }

  private static JobProgress.@Nullable Start start(@Nullable JsonNode json) {
    return json == null
        ? null
        : new JobProgress.Start(
            JsonText.required(json, "by"),
            json.required("at").longValue(),
            json.required("first").intValue());
  }

  static JobProgress progress(byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    Map<ItemResult, Integer> results = new EnumMap<>(ItemResult.class);
    json.path("results")
        .propertyStream()
        .forEach(
            count ->
                results.merge(
                    ItemResult.named(count.getKey()), count.getValue().intValue(), Integer::sum));
    Map<Integer, Long> offsets = new HashMap<>();
    json.path("offsets")
        .propertyStream()
        .forEach(
            offset -> offsets.put(Integer.valueOf(offset.getKey()), offset.getValue().longValue()));
    return new JobProgress(
        json.required("sent").intValue(),
        results,
        counts(json.path("refusals")),
        offsets,
        json.required("lastSentAt").longValue(),
        json.required("endedAt").longValue(),
        json.path("closed").asBoolean(false),
        text(json, "note"),
        start(json.get("start")));
  }

  static byte[] chunk(Chunk chunk) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode flows = json.putArray("flows");
    chunk.flowIds().forEach(flows::add);
    ArrayNode transitions = json.putArray("transitions");
    for (int transition : chunk.transitions()) {
      transitions.add(transition);
    }
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static Chunk chunk(byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    List<String> flowIds = new ArrayList<>();
    json.required("flows").forEach(flow -> flowIds.add(flow.stringValue()));
    JsonNode numbers = json.required("transitions");
    int[] transitions = new int[numbers.size()];
    for (int i = 0; i < transitions.length; i++) {
      transitions[i] = numbers.get(i).intValue();
    }
    if (transitions.length != flowIds.size()) {
      throw new IllegalArgumentException(
          "a chunk has %d flows and %d transitions".formatted(flowIds.size(), transitions.length));
    }
    return new Chunk(flowIds, transitions);
  }

  static byte[] results(ChunkResults results) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("results", results.codes());
    ObjectNode refusals = json.putObject("refusals");
    results
        .refusals()
        .forEach(
            (reason, places) -> {
              ArrayNode list = refusals.putArray(reason);
              places.forEach(list::add);
            });
    return Json.MAPPER.writeValueAsBytes(json);
  }

  static ChunkResults results(byte[] value) {
    JsonNode json = Json.MAPPER.readTree(value);
    Map<String, List<Integer>> refusals = new HashMap<>();
    json.path("refusals")
        .propertyStream()
        .forEach(
            reason -> {
              List<Integer> places = new ArrayList<>();
              reason.getValue().forEach(place -> places.add(place.intValue()));
              refusals.put(reason.getKey(), places);
            });
    return new ChunkResults(JsonText.required(json, "results"), refusals);
  }

  private static void counts(ObjectNode json, String name, Map<String, Integer> counts) {
    ObjectNode node = json.putObject(name);
    counts.forEach(node::put);
  }

  private static Map<String, Integer> counts(JsonNode json) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    json.propertyStream().forEach(count -> counts.put(count.getKey(), count.getValue().intValue()));
    return counts;
  }

  private static void present(ObjectNode json, String name, @Nullable String text) {
    if (text != null) {
      json.put(name, text);
    }
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null || value.isNull() ? null : value.stringValue();
  }
}
