package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.streams.record.HeldRecords;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.KeptParts;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.json.RawJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One flow during one record: what was found, what has been decided since, and what has to be sent
 * for it, which goes into the plan at once. Several events can pass through one update; it is
 * written once. Not thread-safe.
 */
final class FlowUpdate {

  /** Where the flow was found. */
  enum FoundIn {
    /** Nowhere: it begins with this update. */
    NOWHERE,
    LIVE,
    /** In the archive, which gave it back for this update. */
    ARCHIVED
  }

  private final String flowId;
  private final long now;
  private final FoundIn found;
  private final @Nullable StoredFlow before;
  private final FlowStores stores;
  private final Plan plan;
  private final Map<String, byte[]> fresh = new HashMap<>();
  private final Map<String, byte[]> keptParts = new HashMap<>();
  private final Set<Long> timersSet = new TreeSet<>();
  private final Set<Long> timersCleared = new TreeSet<>();
  private @Nullable FlowState state;
  private @Nullable Orchestration definition;
  private @Nullable String searchValue;
  private @Nullable FlowStub stub;
  private boolean row;
  private long visibleSince;

  private FlowUpdate(
      String flowId,
      long now,
      FoundIn found,
      @Nullable StoredFlow before,
      FlowStores stores,
      Plan plan) {
    this.flowId = flowId;
    this.now = now;
    this.visibleSince = now;
    this.found = found;
    this.before = before;
    this.stores = stores;
    this.plan = plan;
    this.row = found == FoundIn.LIVE;
    if (before != null) {
      state = before.state();
      searchValue = before.searchValue();
    }
  }

  /**
   * An update of a flow that begins.
   *
   * @param plan takes what is to be sent
   */
  static FlowUpdate beginning(String flowId, long now, FlowStores stores, Plan plan) {
    return new FlowUpdate(flowId, now, FoundIn.NOWHERE, null, stores, plan);
  }

  static FlowUpdate of(StoredFlow flow, FoundIn found, long now, FlowStores stores, Plan plan) {
    return new FlowUpdate(flow.state().flowId(), now, found, flow, stores, plan);
  }

  String flowId() {
    return flowId;
  }

  /** The orchestrator's clock, ms since the epoch. */
  long now() {
    return now;
  }

  /**
   * This update is because of something that was there already at that time, ms since the epoch: a
   * transaction that was aborted may have sent the same commands since then.
   */
  void causedAt(long at) {
    visibleSince = Math.min(visibleSince, at);
  }

  /**
   * No worker can have seen this update's DO of the step before, ms since the epoch, unless its
   * answer has been read: not before what led to it now, nor before its delay had passed. Of a step
   * that is known to be done it is 0: a transaction that was aborted has sent the DO, whenever that
   * was. Such a transaction may also have sent a DO that was held since, or that waited for the end
   * of a pause. That may be long ago, but the flow has been told every answer that was read.
   *
   * @param answersRead up to when all answers have been read, ms since the epoch
   */
  long visibleSince(int step, LongSupplier answersRead) {
    if (requireState().steps().get(step).effect() == StepEffect.DONE) {
      return 0;
    }
    List<StepState> steps = before == null ? List.of() : before.state().steps();
    long due = steps.isEmpty() ? 0 : steps.get(step).dueAt();
    long since = due == 0 ? visibleSince : Math.min(visibleSince, due);
    boolean hasWaited =
        wasPaused() || (!steps.isEmpty() && steps.get(step).status() == StepStatus.HELD);
    return hasWaited ? Math.max(1, Math.min(since, answersRead.getAsLong())) : since;
  }

  /** Whether the flow was paused before this update. */
  private boolean wasPaused() {
    return before != null && before.state().isPaused();
  }

  FoundIn found() {
    return found;
  }

  /** Whether the live store has a value under the flowId. */
  boolean hasRow() {
    return row;
  }

  /** Records were held for the flow, and go when it is written. */
  void replacesHeld(HeldRecords held) {
    row = true;
    clearTimer(held.until());
  }

  /** The stub of the flow, or of an earlier flow with its flowId, that this turn supersedes. */
  @Nullable FlowStub stub() {
    return stub;
  }

  void supersedes(@Nullable FlowStub stub) {
    this.stub = stub;
  }

  @Nullable StoredFlow before() {
    return before;
  }

  /** The state as decided so far; null before the start is. */
  @Nullable FlowState state() {
    return state;
  }

  FlowState requireState() {
    if (state == null) {
      throw new IllegalStateException("nothing was decided for flow " + flowId);
    }
    return state;
  }

  void decided(@Nullable FlowState next) {
    state = next;
  }

  /** Whether the flow is still as it was found; the core then gives back the very same object. */
  @SuppressWarnings("ReferenceEquality")
  boolean isUnchanged() {
    return before != null && state == before.state();
  }

  @Nullable Orchestration definition() {
    return definition;
  }

  Orchestration requireDefinition() {
    if (definition == null) {
      throw new IllegalStateException("flow " + flowId + " has no definition");
    }
    return definition;
  }

  void runsOn(@Nullable Orchestration definition) {
    this.definition = definition;
  }

  @Nullable String searchValue() {
    return searchValue;
  }

  void foundBy(@Nullable String searchValue) {
    this.searchValue = searchValue;
  }

  /** Takes in a JSON value that this update brings. */
  Content add(RawJson json) {
    byte[] bytes = json.bytes();
    String digest = digestOf(bytes);
    if (digest == null) {
      digest = Digests.of(bytes);
      fresh.put(digest, bytes);
    }
    return new Content(digest, json.size(), json.isObject());
  }

  /** The digest of a value that the flow has in these very bytes, as a path copies it. */
  private @Nullable String digestOf(byte[] bytes) {
    String digest = digestOf(bytes, fresh);
    return digest == null && before != null ? digestOf(bytes, before.contents()) : digest;
  }

  // Other bytes are hashed, which finds equal ones.
  private static @Nullable String digestOf(byte[] bytes, Map<String, byte[]> contents) {
    for (Map.Entry<String, byte[]> content : contents.entrySet()) {
      if (content.getValue() == bytes) {
        return content.getKey();
      }
    }
    return null;
  }

  /** The contents that this update brought, by digest. */
  Map<String, byte[]> fresh() {
    return fresh;
  }

  /** The bytes of a content that the flow names. */
  byte[] bytesOf(Content content) {
    byte[] bytes = fresh.get(content.digest());
    if (bytes == null && before != null) {
      bytes = before.contents().get(content.digest());
    }
    if (bytes == null) {
      bytes = stores.contents().get(FlowStores.contentKey(flowId, content.digest()));
    }
    if (bytes == null) {
      throw new IllegalStateException(
          "content " + content.digest() + " of flow " + flowId + " is missing");
    }
    return bytes;
  }

  /** Keeps what an ended part has given, or why it failed, until the step's result is computed. */
  void keepPart(KeepPart kept) {
    Content result = kept.result();
    if (result == null && kept.error() == null) {
      return;
    }
    String key = KeptParts.key(flowId, kept.step(), kept.attempt(), kept.index());
    byte[] value = KeptParts.encode(result == null ? null : bytesOf(result), kept.error());
    keptParts.put(key, value);
    plan.write(() -> stores.contents().put(key, value));
  }

  /** What is kept of an ended part. */
  FlowEvaluator.KeptPart keptPart(int step, int attempt, int index) {
    String key = KeptParts.key(flowId, step, attempt, index);
    byte[] value = keptParts.get(key);
    KeptParts.KeptPart kept = KeptParts.decode(value == null ? stores.contents().get(key) : value);
    byte[] result = kept.result();
    return new FlowEvaluator.KeptPart(
        result == null ? null : RawJson.trusted(result), kept.error());
  }

  void send(OutputRecord record) {
    plan.send(record);
  }

  /** Does this when the update is written. */
  void whenWritten(Runnable action) {
    plan.write(action);
  }

  void setTimer(long at) {
    if (!timersCleared.remove(at)) {
      timersSet.add(at);
    }
  }

  void clearTimer(long at) {
    if (!timersSet.remove(at)) {
      timersCleared.add(at);
    }
  }

  Set<Long> timersSet() {
    return timersSet;
  }

  Set<Long> timersCleared() {
    return timersCleared;
  }
}
