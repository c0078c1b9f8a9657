package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.Outbound;
import io.doundo.orchestrator.streams.state.ArchiveCodec;
import io.doundo.orchestrator.streams.state.Contents;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.Stub;
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

  /** Contents up to this many bytes together stand in the flow's value, which stays below 2 KB. */
  static final int INLINE_BYTES = 1_536;

  private final EngineSettings settings;
  private final FlowStores stores;
  private final Timers timers;
  private final Horizon horizon;
  private final ParkedFlows parked;

  FlowWriter(
      EngineSettings settings,
      FlowStores stores,
      Timers timers,
      Horizon horizon,
      ParkedFlows parked) {
    this.settings = settings;
    this.stores = stores;
    this.timers = timers;
    this.horizon = horizon;
    this.parked = parked;
  }

  /** Adds to the plan what the turn has led to; nothing when it has led to nothing. */
  void seal(Turn turn, Plan plan) {
    FlowState state = turn.requireState();
    StoredFlow before = turn.before();
    boolean unchanged = turn.isUnchanged();
    if (state.status().isTerminal()) {
      if (before != null && unchanged) {
        dropRow(turn, plan);
      } else {
        archive(turn, state, plan);
      }
    } else if (!unchanged || turn.found() == Turn.Found.ARCHIVED) {
      keep(turn, state, plan);
    }
    if (!unchanged) {
      parked.sealed(before == null ? null : before.state(), state, plan);
    }
    turn.timersCleared()
        .forEach(at -> plan.write(() -> timers.clear(new Timers.Timer(at, turn.flowId()))));
    turn.timersSet()
        .forEach(at -> plan.write(() -> timers.set(new Timers.Timer(at, turn.flowId()))));
    turn.sends().forEach(plan::send);
  }

  private void keep(Turn turn, FlowState state, Plan plan) {
    Map<String, Content> named = Contents.namedBy(state);
    Map<String, byte[]> inline = inline(turn, named, state);
    byte[] value = encode(turn, state, inline);
    String flowId = turn.flowId();
    plan.write(() -> stores.flows().put(flowId, value));
    Stub superseded = turn.stub();
    if (superseded != null) {
      dropStub(flowId, superseded, plan);
    }
    StoredFlow before = turn.before();
    if (inline.size() == named.size()
        && (before == null || Contents.allStandIn(before.contents(), before.state()))) {
      return;
    }
    Map<String, byte[]> known = new HashMap<>(turn.fresh());
    Map<String, Content> earlier = Map.of();
    if (before != null) {
      known.putAll(before.contents());
      earlier = beside(Contents.namedBy(before.state()), before.contents());
    }
    for (String digest : named.keySet()) {
      byte[] bytes = known.get(digest);
      if (!inline.containsKey(digest) && !earlier.containsKey(digest) && bytes != null) {
        plan.write(() -> stores.contents().put(FlowStores.contentKey(flowId, digest), bytes));
      }
    }
    for (String digest : earlier.keySet()) {
      if (!named.containsKey(digest) || inline.containsKey(digest)) {
        plan.write(() -> stores.contents().delete(FlowStores.contentKey(flowId, digest)));
      }
    }
  }

  private void archive(Turn turn, FlowState state, Plan plan) {
    long archivedAt = horizon.borneOut(turn.now());
    Map<String, Content> named = Contents.namedBy(state);
    Map<String, byte[]> inline = inline(turn, named, state);
    beside(named, inline)
        .values()
        .forEach(
            content ->
                turn.send(
                    Outbound.at(
                        archivedAt,
                        Topics.ARCHIVE,
                        turn.flowId(),
                        ArchiveCodec.encodeContent(
                            archivedAt, content.digest(), turn.bytesOf(content)))));
    byte[] flow = encode(turn, state, inline);
    turn.send(
        Outbound.at(
            archivedAt, Topics.ARCHIVE, turn.flowId(), ArchiveCodec.encodeFlow(archivedAt, flow)));
    long undoableUntil =
        Math.max(archivedAt, turn.now()) + undoWindow(turn.definition()).toMillis();
    byte[] stub =
        new Stub(
                state.status(),
                state.incarnation(),
                state.origin().digest(),
                state.transitions(),
                state.times().endedAt(),
                undoableUntil,
                archivedAt)
            .encode();
    Stub superseded = turn.stub();
    if (superseded != null && superseded.archivedAt() != archivedAt) {
      dropStub(turn.flowId(), superseded, plan);
    }
    plan.write(() -> stores.stubs().put(turn.flowId(), stub, archivedAt));
    dropRow(turn, plan);
    StoredFlow before = turn.before();
    if (before != null) {
      dropContents(turn, before, plan);
    }
  }

  /**
   * A flowId has one stub. Of two, the later time would decide which one counts, and the clock that
   * wrote it may be the one that is wrong.
   */
  private void dropStub(String flowId, Stub superseded, Plan plan) {
    plan.write(() -> stores.stubs().put(flowId, null, superseded.archivedAt()));
  }

  private void dropRow(Turn turn, Plan plan) {
    if (turn.hasRow()) {
      plan.write(() -> stores.flows().delete(turn.flowId()));
    }
  }

  private void dropContents(Turn turn, StoredFlow flow, Plan plan) {
    if (Contents.allStandIn(flow.contents(), flow.state())) {
      return;
    }
    Map<String, Content> named = Contents.namedBy(flow.state());
    for (String digest : beside(named, flow.contents()).keySet()) {
      plan.write(() -> stores.contents().delete(FlowStores.contentKey(turn.flowId(), digest)));
    }
  }

  private Duration undoWindow(@Nullable Orchestration definition) {
    Duration window =
        definition == null ? Orchestration.DEFAULT_UNDO_WINDOW : definition.undoWindow();
    Duration kept = settings.archiveRetention();
    return window.compareTo(kept) < 0 ? window : kept;
  }

  private byte[] encode(Turn turn, FlowState state, Map<String, byte[]> inline) {
    byte[] value = FlowStateCodec.encode(state, turn.searchValue(), inline);
    if (value.length > settings.maxInputBytes()) {
      throw new IllegalStateException(
          "the state of flow " + turn.flowId() + " takes " + value.length + " bytes");
    }
    return value;
  }

  /**
   * The contents that stand in the flow's value, as far as its notes leave room: those that do
   * already first, then the smallest.
   */
  private static Map<String, byte[]> inline(
      Turn turn, Map<String, Content> named, FlowState state) {
    StoredFlow before = turn.before();
    Map<String, byte[]> inlineBefore = before == null ? Map.of() : before.contents();
    List<Content> candidates = new ArrayList<>();
    long together = 0;
    for (Content content : named.values()) {
      String digest = content.digest();
      if (content.size() <= INLINE_BYTES
          && (inlineBefore.containsKey(digest) || turn.fresh().containsKey(digest))) {
        candidates.add(content);
        together += content.size();
      }
    }
    int room = INLINE_BYTES - FlowStateCodec.sizeOf(state.notes());
    if (together > room) {
      candidates.sort(
          Comparator.comparing((Content content) -> !inlineBefore.containsKey(content.digest()))
              .thenComparingInt(Content::size));
    }
    Map<String, byte[]> inline = new LinkedHashMap<>();
    for (Content content : candidates) {
      if (content.size() <= room) {
        room -= content.size();
        inline.put(content.digest(), turn.bytesOf(content));
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
