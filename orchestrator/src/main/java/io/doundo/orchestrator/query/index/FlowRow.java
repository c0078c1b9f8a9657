package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of one row.
 *
 * @param ended whether it shows the archived state
 * @param source where the record stands that it was made of
 * @param searchValue the value of the definition's {@code searchKey} in the start payload
 * @param parent the flowId of the flow that it is a part of; null for a flow that stands alone
 * @param endedAt ms since the epoch, or 0
 * @param dueAt when something is due next, ms since the epoch, or 0
 * @param errorGroup the group of its open or last error
 * @param error the text of that error, cut
 * @param errorAt when that error came, ms since the epoch, or 0
 */
public record FlowRow(
    String flowId,
    IndexedDefinition definition,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    boolean inDoubt,
    boolean ended,
    RecordPlace source,
    @Nullable String searchValue,
    @Nullable String parent,
    long startedAt,
    long updatedAt,
    long endedAt,
    long dueAt,
    int transitions,
    @Nullable ErrorGroup errorGroup,
    @Nullable String error,
    long errorAt,
    List<StepRow> steps) {

  public FlowRow {
    steps = List.copyOf(steps);
  }

  /**
   * Where a record stands: in the changelog for a live flow, in the archive for an ended one.
   *
   * @param offset within its partition
   */
  public record RecordPlace(int partition, long offset) {

    private static final int OFFSET_BITS = 48;

    long packed() {
      return ((long) partition << OFFSET_BITS) | offset;
    }

    static RecordPlace unpacked(long packed) {
      return new RecordPlace((int) (packed >>> OFFSET_BITS), packed & ((1L << OFFSET_BITS) - 1));
    }
  }
}
