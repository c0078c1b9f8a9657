package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Figures made by one pass over the rows of all flows. Thread-safe. */
public final class ScannedFigures implements FlowFigures {

  private static final Logger LOG = LoggerFactory.getLogger(ScannedFigures.class);

  private final FlowColumns columns;
  private final Supplier<FlowIndex.State> state;
  private final DefinitionLookup definitions;

  /** Figures of the index. */
  public ScannedFigures(FlowIndex index, DefinitionLookup definitions) {
    this(index.columns(), index::state, definitions);
  }

  /**
   * Figures of these columns.
   *
   * @param state how fresh they are
   */
  public ScannedFigures(
      FlowColumns columns, Supplier<FlowIndex.State> state, DefinitionLookup definitions) {
    this.columns = columns;
    this.state = state;
    this.definitions = definitions;
  }

  @Override
  public long size() {
    return columns.size();
  }

  @Override
  public boolean isComplete() {
    return state.get().complete();
  }

  @Override
  public long lagMs() {
    return state.get().lagMs();
  }

  @Override
  public Figures of(IntPredicate owned, long now) {
    Pass pass = new Pass();
    columns.forEach(
        row -> {
          if (!row.status().isTerminal() && owned.test(row.partition())) {
            pass.look(row);
          }
        });
    return pass.figures();
  }

  private record Key(@Nullable String orchestration, FlowStatus status) {}

  private record Command(int definition, int step, CommandAction action) {}

  /** One look at every flow. Not thread-safe. */
  private final class Pass {

    private final Map<Key, Long> counts = new HashMap<>();
    private final Map<FlowStatus, Long> parts = new EnumMap<>(FlowStatus.class);
    private final Map<Kind, Long> oldest = new EnumMap<>(Kind.class);

    /** When the first of the answers that are awaited times out. */
    private final Map<Command, Long> due = new HashMap<>();

    void look(RowCursor row) {
      IndexedDefinition definition = row.definition();
      String orchestration = definition.id() == null ? null : definition.orchestration();
      if (row.isPart()) {
        parts.merge(row.status(), 1L, Long::sum);
      }
      if (!row.isHiddenPart()) {
        counts.merge(new Key(orchestration, row.status()), 1L, Long::sum);
      }
      Kind kind = kindOf(row.status());
      if (kind != null) {
        oldest.merge(kind, row.statusSince(), Math::min);
      }
      int steps = row.steps();
      for (int step = 0; step < steps; step++) {
        row.nextStep();
        if (row.stepStatus() == StepStatus.IN_DOUBT) {
          long since = row.stepEndedAt() > 0 ? row.stepEndedAt() : row.updatedAt();
          oldest.merge(Kind.IN_DOUBT, since, Math::min);
        }
        if (row.answerDueAt() > 0) {
          CommandAction action =
              row.stepStatus() == StepStatus.UNDOING ? CommandAction.UNDO : CommandAction.DO;
          due.merge(
              new Command(row.definitionNumber(), step, action), row.answerDueAt(), Math::min);
        }
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

    Figures figures() {
      List<Count> live = new ArrayList<>();
      counts.forEach((key, flows) -> live.add(new Count(key.orchestration(), key.status(), flows)));
      List<Unanswered> unanswered = new ArrayList<>();
      due.forEach((command, at) -> add(unanswered, command, at));
      return new Figures(live, parts, oldest, unanswered);
    }

    /** Until the definitions are read, commands are unknown. */
    private void add(List<Unanswered> unanswered, Command command, long dueAt) {
      IndexedDefinition definition = columns.definition(command.definition());
      DefinitionId id = definition.id();
      if (id == null) {
        return;
      }
      try {
        definitions
            .find(id, definition.path())
            .map(steps -> steps.steps().get(command.step()))
            .ifPresent(
                step ->
                    unanswered.add(
                        new Unanswered(
                            id.name(),
                            step.name(),
                            command.action(),
                            dueAt - step.timeout().toMillis())));
      } catch (ReadsUnavailableException e) {
        LOG.debug("the commands of {} are unknown for now", id, e);
      }
    }
  }
}
