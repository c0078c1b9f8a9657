package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.streams.state.FlowHead;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.CommandAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Figures made by looking at every flow of the index; flows older than ten seconds are decoded, for
 * their commands. One pass at a time; to be asked every few seconds.
 */
public final class ScannedFigures implements FlowFigures {

  /** A flow this young has no command that is worth mentioning. */
  static final long YOUNG_MS = 10_000;

  private final FlowIndex index;
  private final DefinitionLookup definitions;
  private final int partitions;
  private Map<String, Since> known = new HashMap<>();

  /** Since when a flow has its status, as far as it was seen. */
  private record Since(FlowStatus status, long at) {}

  /**
   * @param partitions partition count of the flows
   */
  public ScannedFigures(FlowIndex index, DefinitionLookup definitions, int partitions) {
    this.index = index;
    this.definitions = definitions;
    this.partitions = partitions;
  }

  @Override
  public long size() {
    return index.size();
  }

  @Override
  public boolean isComplete() {
    return index.caughtUp() && !index.overflowed();
  }

  @Override
  public long lagMs() {
    return index.lagMs();
  }

  @Override
  public synchronized Figures of(IntPredicate owned, long now) {
    Pass pass = new Pass(now);
    try (Stream<IndexedFlow> flows = index.all()) {
      flows.forEach(
          flow -> {
            FlowHead head = flow.head();
            if (head != null
                && !head.status().isTerminal()
                && owned.test(partitionOf(head.flowId()))) {
              pass.look(head, flow);
            }
          });
    }
    known = pass.since;
    return pass.figures();
  }

  private int partitionOf(String flowId) {
    return Utils.toPositive(Utils.murmur2(flowId.getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  private record Key(@Nullable String orchestration, FlowStatus status) {}

  private record Command(String orchestration, String step, CommandAction action) {}

  /** One look at every flow. Not thread-safe. */
  private final class Pass {

    private final long now;
    private final Map<Key, Long> counts = new HashMap<>();
    private final Map<Kind, Long> oldest = new EnumMap<>(Kind.class);
    private final Map<Command, Long> sent = new HashMap<>();
    private final Map<String, Since> since = new HashMap<>();

    Pass(long now) {
      this.now = now;
    }

    void look(FlowHead head, IndexedFlow flow) {
      String orchestration = head.definition() == null ? null : head.orchestrationName();
      counts.merge(new Key(orchestration, head.status()), 1L, Long::sum);
      Kind kind = kindOf(head.status());
      if (kind != null) {
        Since before = known.get(head.flowId());
        Since current =
            before != null && before.status() == head.status()
                ? before
                : new Since(head.status(), head.updatedAt());
        since.put(head.flowId(), current);
        oldest.merge(kind, current.at(), Math::min);
      }
      boolean sends = head.status() != FlowStatus.WAITING && now - head.startedAt() >= YOUNG_MS;
      DefinitionId id = head.definition();
      if (sends && id != null) {
        Optional<Orchestration> definition = definition(id);
        Optional<StoredFlow> whole = definition.isEmpty() ? Optional.empty() : flow.flow();
        if (definition.isPresent() && whole.isPresent()) {
          look(definition.get(), whole.get().state());
        }
      }
    }

    /** Until the definitions are read, commands are unknown. */
    private Optional<Orchestration> definition(DefinitionId id) {
      try {
        return definitions.find(id);
      } catch (ReadsUnavailableException e) {
        return Optional.empty();
      }
    }

    private static @Nullable Kind kindOf(FlowStatus status) {
      return switch (status) {
        case PARKED -> Kind.PARKED;
        case UNDOING -> Kind.UNDOING;
        case WAITING -> Kind.WAITING;
        case IN_PROGRESS, COMPLETED, UNDONE, ABANDONED, REJECTED -> null;
      };
    }

    private void look(Orchestration definition, FlowState state) {
      for (int i = 0; i < state.steps().size(); i++) {
        StepState step = state.steps().get(i);
        Step defined = definition.steps().get(i);
        if (step.status() == StepStatus.IN_DOUBT) {
          long since = step.endedAt() > 0 ? step.endedAt() : state.times().updatedAt();
          oldest.merge(Kind.IN_DOUBT, since, Math::min);
        }
        if (step.outside().openAttempt() > 0) {
          CommandAction action =
              step.status() == StepStatus.UNDOING ? CommandAction.UNDO : CommandAction.DO;
          long sentAt = step.dueAt() - defined.timeout().toMillis();
          sent.merge(new Command(definition.name(), defined.name(), action), sentAt, Math::min);
        }
      }
    }

    Figures figures() {
      List<Count> live = new ArrayList<>();
      counts.forEach((key, flows) -> live.add(new Count(key.orchestration(), key.status(), flows)));
      List<Unanswered> unanswered = new ArrayList<>();
      sent.forEach(
          (command, at) ->
              unanswered.add(
                  new Unanswered(command.orchestration(), command.step(), command.action(), at)));
      return new Figures(live, oldest, unanswered);
    }
  }
}
