package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.query.worker.RanOn;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job does, to which flows or dead letters. Never changes.
 *
 * @param payload of the verb, or null
 * @param filter how they were found, as the query of a list; null when they were found otherwise
 * @param ranOn the worker version whose runs were looked for, or null
 * @param createdAt ms since the epoch
 * @param frozenAt when the flows stood as the preview shows them, ms since the epoch
 * @param perSecond how many requests a second were asked for when it was made
 * @param chunks how many flows or dead letters each chunk holds
 */
public record JobDefinition(
    String jobId,
    JobVerb verb,
    @Nullable String step,
    @Nullable RawJson payload,
    String reason,
    @Nullable String filter,
    @Nullable RanOn ranOn,
    String createdBy,
    long createdAt,
    long frozenAt,
    int perSecond,
    List<Integer> chunks,
    JobPreview preview) {

  private static final int MOST_CONTROL_ID = 255;

  public JobDefinition {
    chunks = List.copyOf(chunks);
  }

  JobDefinition with(JobPreview preview) {
    return new JobDefinition(
        jobId, verb, step, payload, reason, filter, ranOn, createdBy, createdAt, frozenAt,
        perSecond, chunks, preview);
  }

  /** The number of its flows. */
  public int matched() {
    return chunks.stream().mapToInt(Integer::intValue).sum();
  }

  /** The id of the job's request to a flow; a repeat of the request has the same one. */
  String controlId(String flowId) {
    String id = jobId + ':' + flowId;
    return id.length() <= MOST_CONTROL_ID ? id : jobId + ':' + digest(flowId);
  }

  /**
   * The request to one flow.
   *
   * @param transition the flow's last one when it was frozen
   */
  ControlCommand request(String flowId, int transition, String requestedBy) {
    boolean isResolve = verb == JobVerb.RESOLVE;
    return new ControlCommand(
        controlId(flowId),
        flowId,
        verb.action(),
        step,
        isResolve ? null : payload,
        isResolve ? resolution() : null,
        reason,
        requestedBy,
        new ControlCommand.Expectation(List.of(), transition));
  }

  private ControlCommand.Resolution resolution() {
    try {
      return ControlCommand.resolution(payload);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("the payload of job " + jobId + " was checked before", e);
    }
  }

  private static String digest(String flowId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(flowId.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
