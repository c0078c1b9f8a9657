package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * The start of a flow. It never changes, and all states of a flow share it.
 *
 * @param incarnation hash of the start record; distinguishes this flow from an earlier one with the
 *     same flowId
 * @param initiator the service that started it, or null when it is not named
 * @param payload the start payload
 * @param headers the start's own body headers, a JSON object, or null; they travel with every
 *     command
 * @param digest hash of orchestration name and payload; distinguishes a repeated start from a
 *     conflict
 * @param startedAt ms since the epoch
 * @param partOf the flow that has begun it as a part; null for a flow that stands alone
 * @param requestedBy the authenticated caller who started it over REST, or the flow at the top;
 *     null for a start that did not come over REST
 */
public record FlowOrigin(
    String flowId,
    String incarnation,
    String orchestrationName,
    @Nullable String initiator,
    Content payload,
    @Nullable Content headers,
    String digest,
    long startedAt,
    @Nullable PartOf partOf,
    @Nullable String requestedBy) {

  /** The start of a flow that stands alone, and that did not come over REST. */
  public FlowOrigin(
      String flowId,
      String incarnation,
      String orchestrationName,
      @Nullable String initiator,
      Content payload,
      @Nullable Content headers,
      String digest,
      long startedAt) {
    this(
        flowId,
        incarnation,
        orchestrationName,
        initiator,
        payload,
        headers,
        digest,
        startedAt,
        null,
        null);
  }

  /** The flowId of the flow at the top of the tree that this flow is in. */
  public String root() {
    return partOf == null ? flowId : partOf.root();
  }
}
