package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries for lists of flows from the index, few at a time, because the process that
 * answers moves the flows too. Thread-safe.
 */
public final class FlowSearch {

  /** The number of concurrent searches of the index. */
  private static final int MOST_AT_ONCE = 2;

  private static final long PATIENCE_MS = 5_000;

  private final Semaphore permits = new Semaphore(MOST_AT_ONCE);
  private final FlowIndex index;
  private final FlowViews views;

  FlowSearch(FlowIndex index, FlowViews views) {
    this.index = index;
    this.views = views;
  }

  /**
   * One page.
   *
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public FlowPage find(FlowQuery query) {
    acquire();
    try {
      return page(query);
    } finally {
      permits.release();
    }
  }

  /**
   * All flows that match, newest start first; the query's limit and cursor do not count.
   *
   * @param limit of more flows, only so many are returned
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public FlowSelection select(FlowQuery query, int limit) {
    acquire();
    try {
      Instant asOf = Instant.now();
      List<FlowHead> found =
          index
              .all()
              .filter(flow -> matches(flow, query))
              .map(IndexedFlow::head)
              .filter(Objects::nonNull)
              .sorted(FlowCursor.ORDER)
              .limit(limit + 1L)
              .toList();
      boolean overLimit = found.size() > limit;
      return new FlowSelection(
          (overLimit ? found.subList(0, limit) : found).stream().map(FlowSearch::selected).toList(),
          overLimit,
          asOf,
          index.caughtUp() && !index.overflowed(),
          note());
    } finally {
      permits.release();
    }
  }

  private boolean matches(IndexedFlow flow, FlowQuery query) {
    FlowHead head = flow.head();
    return head != null
        && matches(head, query)
        && ((query.step() == null && query.error() == null) || matchesSteps(flow, query));
  }

  private static SelectedFlow selected(FlowHead head) {
    return new SelectedFlow(
        head.flowId(), head.transitions(), head.orchestrationName(), head.status());
  }

  /**
   * One page of open tasks. Only flows of orchestrations that have tasks are searched.
   *
   * @param now ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public TaskPage tasks(TaskQuery query, long now) {
    acquire();
    try {
      Comparator<OpenTask> last = TaskCursor.ORDER.reversed();
      PriorityQueue<OpenTask> first = new PriorityQueue<>(last);
      index
          .all()
          .filter(flow -> mayHaveTasks(flow, query))
          .flatMap(flow -> flow.flow().stream())
          .flatMap(flow -> views.openTasks(flow, now).stream())
          .filter(query::matches)
          .forEach(
              task -> {
                first.add(task);
                if (first.size() > query.limit() + 1) {
                  first.poll();
                }
              });
      return page(query.limit(), first.stream().sorted(TaskCursor.ORDER).toList());
    } finally {
      permits.release();
    }
  }

  private boolean mayHaveTasks(IndexedFlow flow, TaskQuery query) {
    FlowHead head = flow.head();
    return head != null
        && (head.status() == FlowStatus.IN_PROGRESS || head.status() == FlowStatus.PARKED)
        && (query.orchestration() == null || query.orchestration().equals(head.orchestrationName()))
        && views.hasTasks(head.definition());
  }

  private TaskPage page(int limit, List<OpenTask> found) {
    boolean more = found.size() > limit;
    List<OpenTask> page = more ? found.subList(0, limit) : found;
    return new TaskPage(
        page,
        more ? TaskCursor.of(page.get(page.size() - 1)).encode() : null,
        index.caughtUp() && !index.overflowed(),
        note());
  }

  private void acquire() {
    boolean acquired = false;
    try {
      acquired = permits.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!acquired) {
      throw new ReadsUnavailableException(
          "Too many flow searches are running; try again in a moment.");
    }
  }

  private FlowPage page(FlowQuery query) {
    FirstFew found = new FirstFew(query.limit() + 1);
    index
        .all()
        .filter(flow -> matches(flow, query, found))
        .map(IndexedFlow::head)
        .filter(Objects::nonNull)
        .forEach(found::add);
    return page(query, found.inOrder());
  }

  /** Keeps the first few heads of many, in the order of the lists. */
  static final class FirstFew {

    private final int most;
    private final PriorityQueue<FlowHead> kept = new PriorityQueue<>(FlowCursor.ORDER.reversed());

    FirstFew(int most) {
      this.most = most;
    }

    /** Whether it is among the first few of what has come so far. */
    boolean wants(FlowHead head) {
      FlowHead last = kept.peek();
      return last == null || kept.size() < most || FlowCursor.ORDER.compare(head, last) < 0;
    }

    void add(FlowHead head) {
      if (wants(head)) {
        kept.add(head);
        if (kept.size() > most) {
          kept.poll();
        }
      }
    }

    List<FlowHead> inOrder() {
      return kept.stream().sorted(FlowCursor.ORDER).toList();
    }
  }

  private FlowPage page(FlowQuery query, List<FlowHead> found) {
    boolean more = found.size() > query.limit();
    List<FlowHead> page = more ? found.subList(0, query.limit()) : found;
    return new FlowPage(
        page.stream().map(views::summary).toList(),
        more ? FlowCursor.of(page.get(page.size() - 1)).encode() : null,
        index.caughtUp() && !index.overflowed(),
        note());
  }

  private @Nullable String note() {
    if (!index.caughtUp()) {
      return "The flow list is still loading after startup; flows may be missing.";
    }
    return index.overflowed()
        ? "There are more flows than the lists hold; the oldest ended ones are missing, and running"
            + " ones may be."
        : null;
  }

  /** Whole states are decoded only of flows that would come on the page. */
  private boolean matches(IndexedFlow flow, FlowQuery query, FirstFew found) {
    FlowHead head = flow.head();
    return head != null
        && matches(head, query)
        && found.wants(head)
        && ((query.step() == null && query.error() == null) || matchesSteps(flow, query));
  }

  private static boolean matches(FlowHead head, FlowQuery query) {
    long startedAt = head.startedAt();
    return (query.statuses().isEmpty() || query.statuses().contains(head.status()))
        && (query.orchestration() == null || query.orchestration().equals(head.orchestrationName()))
        && (query.from() == null || startedAt >= query.from().toEpochMilli())
        && (query.to() == null || startedAt < query.to().toEpochMilli())
        && (query.cursor() == null || query.cursor().isBefore(head))
        && (query.search() == null
            || contains(head.flowId(), query.search())
            || contains(head.searchValue(), query.search()));
  }

  private boolean matchesSteps(IndexedFlow flow, FlowQuery query) {
    Optional<FlowState> decoded = flow.flow().map(stored -> stored.state());
    if (decoded.isEmpty()) {
      return false;
    }
    FlowState state = decoded.get();
    return (query.step() == null || isAt(state, query.step()))
        && (query.error() == null || failedWith(state, query.error()));
  }

  private boolean isAt(FlowState state, String step) {
    int index = views.stepNames(state).indexOf(step);
    return index >= 0 && isOpenOrFailed(state.steps().get(index).status());
  }

  private static boolean isOpenOrFailed(StepStatus status) {
    return switch (status) {
      case ARMED,
          WAITING,
          IN_PROGRESS,
          DO_FAIL,
          RETRY_EXHAUSTED,
          FAILED,
          IN_DOUBT,
          UNDOING,
          UNDO_FAIL ->
          true;
      case PENDING, COMPUTING, NOT_TAKEN, DO_SUCCESS, UNDO_SUCCESS, SKIPPED, RESOLVED, GIVEN_UP ->
          false;
    };
  }

  private static boolean failedWith(FlowState state, String error) {
    return contains(state.reason(), error)
        || state.steps().stream().map(StepState::error).anyMatch(e -> contains(e, error));
  }

  private static boolean contains(@Nullable String text, String part) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
