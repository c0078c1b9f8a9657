package io.doundo.launcher.demo.approval;

import io.doundo.launcher.demo.DemoFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the stores must hold after the journeys so far, noted as they go, and compared with what
 * they do hold. Used by one thread.
 */
final class ExpectedRecords {

  private final String planId;
  private final List<String> versions = new ArrayList<>();
  private final Map<String, String> drafts = new LinkedHashMap<>();
  private final Map<String, String> flows = new LinkedHashMap<>();

  /**
   * Expects nothing yet.
   *
   * @param planId of the one plan that all journeys are about
   */
  ExpectedRecords(String planId) {
    this.planId = planId;
  }

  /** A record of a store, as it should be and as it is. */
  record StoreRecord(String name, String expected, String found) {

    boolean isAsExpected() {
      return expected.equals(found);
    }
  }

  /** The records of one store. */
  record StoreRecords(String store, List<StoreRecord> records) {

    long wrong() {
      return records.stream().filter(record -> !record.isAsExpected()).count();
    }
  }

  String planId() {
    return planId;
  }

  void version(String words) {
    versions.add(words);
  }

  void draft(String draftId, String status) {
    drafts.put(draftId, status);
  }

  void flow(String flowId, String status) {
    flows.put(flowId, status);
  }

  /** All records of all stores, including versions of the plan that nobody expects. */
  List<StoreRecords> compare(StoredPlans stores) throws DemoFailure, InterruptedException {
    List<StoreRecord> ofPlan = new ArrayList<>();
    List<String> found = stores.versions(planId);
    for (int i = 0; i < Math.max(versions.size(), found.size()); i++) {
      ofPlan.add(
          new StoreRecord(
              "version " + (i + 1),
              i < versions.size() ? versions.get(i) : "no such version",
              i < found.size() ? found.get(i) : "no such version"));
    }
    List<StoreRecord> ofDrafts = new ArrayList<>();
    for (Map.Entry<String, String> draft : drafts.entrySet()) {
      ofDrafts.add(new StoreRecord(draft.getKey(), draft.getValue(), stores.draft(draft.getKey())));
    }
    List<StoreRecord> ofFlows = new ArrayList<>();
    for (Map.Entry<String, String> flow : flows.entrySet()) {
      ofFlows.add(new StoreRecord(flow.getKey(), flow.getValue(), stores.flow(flow.getKey())));
    }
    return List.of(
        new StoreRecords("Published plan " + planId + ", in the FHIR store", ofPlan),
        new StoreRecords("Drafts, in Postgres", ofDrafts),
        new StoreRecords("Approvals, in DoUndo", ofFlows));
  }
}
