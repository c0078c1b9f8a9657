package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.ContentReferences;
import io.doundo.orchestrator.streams.state.EncodedFlow;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.KeptParts;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.Timers;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was decided into writes: a running flow into the live stores, an ended one into the
 * archive with a stub left behind, each content once and beside the flow when it is large. Not for
 * several threads.
 */
final class FlowWriter {

  /**
   * ContentReferences up to this many bytes together stand in the flow's value, which stays below 2
   * KB.
   */
  static final int INLINE_BYTES = 1_536;

  /** Parts outlive the undo window of a flow by this share of the archive's retention. */
  private static final int SHARE_OF_PARTS = 7;

  private final EngineSettings settings;
  private final FlowStores stores;
  private final Timers timers;
  private final TimerWatermark watermark;
  private final ParkedFlows parked;
  private final Archive archive;

  FlowWriter(
      EngineSettings settings,
      FlowStores stores,
      Timers timers,
      TimerWatermark watermark,
      ParkedFlows parked,
      Archive archive) {
    this.settings = settings;
    this.stores = stores;
    this.timers = timers;
    this.watermark = watermark;
    this.parked = parked;
    this.archive = archive;
  }

  /** Adds to the plan what the update has led to; nothing when it has led to nothing. */
  void seal(FlowUpdate update, Plan plan) {
    FlowState state = update.requireState();
    StoredFlow before = update.before();
    boolean unchanged = update.isUnchanged();
    boolean isEnded = state.mayBeArchived();
    if (isEnded && !unchanged) {
      archive(update, state, plan);
    } else if (isEnded) {
      // It is in the archive as it is.
      dropRow(update, plan);
    } else if (!unchanged || update.found() == FlowUpdate.FoundIn.ARCHIVED) {
      keep(update, state, plan);
    }
    if (!unchanged) {
      KeptParts.settled(before == null ? null : before.state(), state)
          .forEach(kept -> plan.write(() -> KeptParts.delete(kept, stores.contents())));
      parked.sealed(before == null ? null : before.state(), state, plan);
    }
    update
        .timersCleared()
        .forEach(at -> plan.write(() -> timers.clear(new Timers.Timer(at, update.flowId()))));
    update
        .timersSet()
        .forEach(at -> plan.write(() -> timers.set(new Timers.Timer(at, update.flowId()))));
  }

  private void keep(FlowUpdate update, FlowState state, Plan plan) {
    Map<String, Content> named = ContentReferences.namedBy(state);
    Map<String, byte[]> inline = inline(update, named, state);
    EncodedFlow flow = FlowStateCodec.encodeFlow(state, update.searchValue(), inline);
    requireFits(flow.bytes(), update);
    String flowId = update.flowId();
    plan.write(() -> stores.keep(flowId, flow));
    FlowStub superseded = update.stub();
    if (superseded != null) {
      dropStub(flowId, superseded, plan);
    }
    StoredFlow before = update.before();
    if (inline.size() == named.size()
        && (before == null || ContentReferences.allStandIn(before.contents(), before.state()))) {
      return;
    }
    Map<String, byte[]> known = new HashMap<>(update.fresh());
    Map<String, Content> earlier = Map.of();
    if (before != null) {
      known.putAll(before.contents());
      earlier = beside(ContentReferences.namedBy(before.state()), before.contents());
    }
    for (String digest : named.keySet()) {
      byte[] bytes = known.get(digest);
      if (!inline.containsKey(digest) && !earlier.containsKey(digest) && bytes != null) {
        plan.write(() -> stores.contents().put(FlowStores.contentKey(flowId, digest), bytes));
      }
    }
    for (String digest : earlier.keySet()) {
      if (!named.containsKey(digest) || inline.containsKey(digest)) {
        plan.write(() -> stores.dropContent(flowId, digest));
      }
    }
  }

  private void archive(FlowUpdate update, FlowState state, Plan plan) {
    long archivedAt = watermark.borneOut(update.now());
    Map<String, Content> named = ContentReferences.namedBy(state);
    Map<String, byte[]> inline = inline(update, named, state);
    // Of most flows, nothing.
    Map<String, byte[]> beside = new LinkedHashMap<>();
    if (inline.size() < named.size()) {
      beside(named, inline).forEach((digest, one) -> beside.put(digest, update.bytesOf(one)));
    }
    beside.forEach(
        (digest, bytes) ->
            update.send(
                OutputRecord.at(
                    archivedAt,
                    Topics.ARCHIVE,
                    update.flowId(),
                    ArchiveCodec.encodeContent(archivedAt, digest, bytes))));
    byte[] flow = FlowStateCodec.encode(state, update.searchValue(), inline);
    requireFits(flow, update);
    Map<String, byte[]> contents = new HashMap<>(inline);
    contents.putAll(beside);
    StoredFlow whole = new StoredFlow(state, update.searchValue(), contents);
    plan.write(() -> archive.ends(update.flowId(), whole));
    update.send(
        OutputRecord.at(
            archivedAt,
            Topics.ARCHIVE,
            update.flowId(),
            ArchiveCodec.encodeFlow(archivedAt, flow)));
    long undoableUntil =
        Math.max(archivedAt, update.now()) + undoWindow(update.definition()).toMillis();
    byte[] stub =
        new FlowStub(
                state.status(),
                state.incarnation(),
                state.origin().digest(),
                state.transitions(),
                state.times().endedAt(),
                undoableUntil,
                archivedAt)
            .encode();
    FlowStub superseded = update.stub();
    if (superseded != null && superseded.archivedAt() != archivedAt) {
      dropStub(update.flowId(), superseded, plan);
    }
    plan.write(() -> stores.stubs().put(update.flowId(), stub, archivedAt));
    dropRow(update, plan);
    StoredFlow before = update.before();
    if (before != null) {
      dropContents(update, before, plan);
    }
  }

  /**
   * A flowId has one stub. Of two, the later time would decide which one counts, and the clock that
   * wrote it may be the one that is wrong.
   */
  private void dropStub(String flowId, FlowStub superseded, Plan plan) {
    plan.write(() -> stores.stubs().put(flowId, null, superseded.archivedAt()));
  }

  private void dropRow(FlowUpdate update, Plan plan) {
    if (update.hasRow()) {
      plan.write(() -> stores.drop(update.flowId()));
    }
  }

  private void dropContents(FlowUpdate update, StoredFlow flow, Plan plan) {
    if (ContentReferences.allStandIn(flow.contents(), flow.state())) {
      return;
    }
    Map<String, Content> named = ContentReferences.namedBy(flow.state());
    for (String digest : beside(named, flow.contents()).keySet()) {
      plan.write(() -> stores.dropContent(update.flowId(), digest));
    }
  }

  private Duration undoWindow(@Nullable Orchestration definition) {
    Duration window =
        definition == null ? Orchestration.DEFAULT_UNDO_WINDOW : definition.undoWindow();
    Duration kept = settings.archiveRetention();
    boolean hasParts =
        definition != null
            && definition.steps().stream().anyMatch(step -> step.work() instanceof Work.Parts);
    // Parts are archived before their parent, and have to come back when it goes back.
    Duration longest = hasParts ? kept.minus(kept.dividedBy(SHARE_OF_PARTS)) : kept;
    return window.compareTo(longest) < 0 ? window : longest;
  }

  private void requireFits(byte[] value, FlowUpdate update) {
    if (value.length > settings.maxInputBytes()) {
      throw new IllegalStateException(
          "the state of flow " + update.flowId() + " takes " + value.length + " bytes");
    }
  }

  /**
   * The contents that stand in the flow's value, as far as its notes leave room: those that do
   * already first, then the smallest.
   */
  private static Map<String, byte[]> inline(
      FlowUpdate update, Map<String, Content> named, FlowState state) {
    StoredFlow before = update.before();
    Map<String, byte[]> inlineBefore = before == null ? Map.of() : before.contents();
    List<Content> candidates = new ArrayList<>();
    long together = 0;
    for (Content content : named.values()) {
      String digest = content.digest();
      if (content.size() <= INLINE_BYTES
          && (inlineBefore.containsKey(digest) || update.fresh().containsKey(digest))) {
        candidates.add(content);
        together += content.size();
      }
    }
    int room = INLINE_BYTES - FlowStateCodec.sizeOf(state.notes(), state.signals());
    if (together > room) {
      candidates.sort(
          Comparator.comparing((Content content) -> !inlineBefore.containsKey(content.digest()))
              .thenComparingInt(Content::size));
    }
    Map<String, byte[]> inline = new LinkedHashMap<>();
    for (Content content : candidates) {
      if (content.size() <= room) {
        room -= content.size();
        inline.put(content.digest(), update.bytesOf(content));
      }
    }
    return inline;
  }

  private static Map<String, Content> beside(
      Map<String, Content> named, Map<String, byte[]> inline) {
    Map<String, Content> beside = new LinkedHashMap<>(named);
    beside.keySet().removeAll(inline.keySet());
    return beside;
  }
}
