package io.doundo.orchestrator.query.index;

/** What the flows that match can be counted by. */
public enum FlowFacet {
  STATUS,
  ORCHESTRATION,
  STEP,
  FINGERPRINT
}
