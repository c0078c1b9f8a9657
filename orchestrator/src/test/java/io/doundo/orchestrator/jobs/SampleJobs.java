package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Jobs, flows and audit records to try decisions on. */
final class SampleJobs {

  static final long NOW = 1_800_000_000_000L;

  private SampleJobs() {}

  static List<SelectedFlow> flows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new SelectedFlow("flow-" + i, i + 1, "order", FlowStatus.PARKED))
        .toList();
  }

  static JobDefinition definition(JobVerb verb, int flows) {
    return new JobDefinition(
        "j-1",
        verb,
        null,
        null,
        "stock-db is back",
        "status=PARKED",
        null,
        "kim",
        NOW,
        NOW,
        20,
        JobItems.Chunk.of(flows(flows)).stream().map(JobItems.Chunk::size).toList(),
        JobPreview.of(List.of(), flows, null));
  }

  static Job draft(int flows) {
    return new Job(definition(JobVerb.RETRY, flows), null, 20, JobProgress.NONE);
  }

  static Job running(int flows, int sent, int accepted) {
    Job draft = draft(flows);
    return new Job(
        draft.definition(), draft.start("kim", -1, NOW), 20, progress(sent, accepted, NOW));
  }

  static JobProgress progress(int sent, int accepted, long lastSentAt) {
    return new JobProgress(
        sent,
        Map.of(ItemResult.TRYING, accepted),
        Map.of(),
        Map.of(),
        lastSentAt,
        0,
        false,
        null,
        null);
  }

  /** The audit record of a flow, with an entry of each type given. */
  static AuditRecord record(String flowId, String status, String controlId, String... types) {
    List<AuditRecord.Entry> entries = new ArrayList<>();
    for (String type : types) {
      entries.add(entry(type, 1, null));
    }
    return record(flowId, status, controlId, entries);
  }

  static AuditRecord record(
      String flowId, String status, String controlId, List<AuditRecord.Entry> entries) {
    String input = "{\"type\":\"ControlRequested\",\"controlId\":\"" + controlId + "\"}";
    return new AuditRecord(
        flowId,
        "0".repeat(32),
        "order",
        "order@1",
        9,
        NOW,
        status,
        RawJson.trusted(input.getBytes(StandardCharsets.UTF_8)),
        entries);
  }

  static AuditRecord.Entry entry(String type, int generation, @Nullable String reason) {
    return new AuditRecord.Entry(
        type,
        "reserve",
        CommandAction.DO,
        generation,
        1,
        -1,
        null,
        reason,
        Instant.ofEpochMilli(NOW));
  }
}
