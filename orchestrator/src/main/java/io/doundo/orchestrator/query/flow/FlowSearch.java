package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.ConcurrencyLimit;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.RowCursor;
import io.doundo.orchestrator.query.index.TaskRow;
import io.doundo.orchestrator.query.tail.FlowIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries for lists of flows from the index, few at a time, because the process that
 * answers moves the flows too. Thread-safe.
 */
public final class FlowSearch {

  /** The number of concurrent searches of the index. */
  private static final int MOST_AT_ONCE = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long an answer waits for a transition that it is to contain. */
  private static final Duration AFTER_WAIT = Duration.ofSeconds(1);

  private final ConcurrencyLimit searches;
  private final FlowColumns columns;
  private final MinuteCounts minutes;
  private final Supplier<FlowIndex.State> state;
  private final FlowViews views;
  private final StepDirectory steps;
  private final DefinitionLookup definitions;
  private final FlowSets sets;

  /**
   * @param state how fresh the columns are
   * @param sets the flows of the jobs by which lists are filtered
   */
  FlowSearch(
      FlowColumns columns,
      MinuteCounts minutes,
      Supplier<FlowIndex.State> state,
      FlowViews views,
      DefinitionLookup definitions,
      FlowSets sets) {
    this(columns, minutes, state, views, definitions, sets, PATIENCE);
  }

  /**
   * @param patience how long a search waits while too many others run
   */
  FlowSearch(
      FlowColumns columns,
      MinuteCounts minutes,
      Supplier<FlowIndex.State> state,
      FlowViews views,
      DefinitionLookup definitions,
      FlowSets sets,
      Duration patience) {
    this.searches =
        new ConcurrencyLimit(
            MOST_AT_ONCE, patience, "Too many flow searches are running; try again in a moment.");
    this.columns = columns;
    this.sets = sets;
    this.minutes = minutes;
    this.state = state;
    this.views = views;
    this.definitions = definitions;
    this.steps = new StepDirectory(definitions);
  }

  /** A search over columns that somebody else fills, which are taken for complete. */
  public static FlowSearch of(FlowColumns columns, DefinitionLookup definitions) {
    return new FlowSearch(
        columns,
        new MinuteCounts(),
        () ->
            new FlowIndex.State(System.currentTimeMillis(), 0, columns.reachesBackTo(), true, null),
        new FlowViews(definitions),
        definitions,
        jobId -> {
          throw new FlowSets.UnknownJobException(jobId);
        });
  }

  /** Made before a scan, because the flows of a job may have to be read. */
  private RowFilter filter(FlowQuery query) {
    String job = query.criteria().job();
    return new RowFilter(
        query.criteria(), job == null ? null : sets.ofJob(job), columns, steps, definitions);
  }

  /**
   * One page.
   *
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public FlowPage find(FlowQuery query) {
    await(query);
    RowFilter filter = filter(query);
    return alone(() -> page(query, filter));
  }

  private record Match(long startedAt, SelectedFlow flow) {}

  /**
   * All flows that match, newest start first; the query's limit, order and cursor do not count.
   *
   * @param limit of more flows, only so many are returned
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public FlowSelection select(FlowQuery query, int limit) {
    await(query);
    RowFilter filter = filter(query);
    return alone(
        () -> {
          FlowIndex.State before = state.get();
          List<Match> matches = new ArrayList<>();
          columns.forEach(
              row -> {
                // One more than the limit is enough to know that there are more.
                if (matches.size() <= limit && filter.matches(row)) {
                  matches.add(
                      new Match(
                          row.startedAt(),
                          new SelectedFlow(
                              row.flowId(),
                              row.transitions(),
                              row.definition().orchestration(),
                              row.status())));
                }
              });
          matches.sort(
              Comparator.comparingLong(Match::startedAt)
                  .reversed()
                  .thenComparing(match -> match.flow().flowId()));
          // One that was dropped and came back during the scan may have been seen twice.
          for (int i = matches.size() - 1; i > 0; i--) {
            if (matches.get(i).flow().flowId().equals(matches.get(i - 1).flow().flowId())) {
              matches.remove(i);
            }
          }
          FlowIndex.State known = before.until(state.get());
          return new FlowSelection(
              matches.stream().limit(limit).map(Match::flow).toList(),
              matches.size() > limit,
              Instant.ofEpochMilli(known.asOf()),
              known.complete(),
              known.note());
        });
  }

  /**
   * All flows in numbers.
   *
   * @param window how many minutes are shown one by one, up to 24 hours
   * @param orchestration null for all
   * @param now ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public FlowStats stats(int window, @Nullable String orchestration, long now) {
    return alone(
        () -> {
          FlowStats.Rows rows = new FlowStats.Rows(orchestration);
          FlowIndex.State before = state.get();
          columns.forEach(rows::add);
          return rows.stats(
              before.until(state.get()),
              minutes.last(window, orchestration, now),
              rows.slow(columns, steps, now),
              minutes.deadLetters(now));
        });
  }

  /**
   * The flows of one orchestration in numbers.
   *
   * @param from what was done before does not count, ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public OrchestrationStats orchestration(String name, long from) {
    return alone(
        () -> {
          FlowIndex.State before = state.get();
          OrchestrationStats.Rows rows =
              new OrchestrationStats.Rows(name, from, columns, definitions);
          columns.forEach(rows::add);
          return rows.stats(before.until(state.get()), steps);
        });
  }

  /** The groups of errors of the same flows. */
  IncidentSearch incidents() {
    return new IncidentSearch(this, columns, state);
  }

  private void await(FlowQuery query) {
    FlowQuery.Transition after = query.after();
    if (after == null) {
      return;
    }
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < AFTER_WAIT.toNanos() && !isKnown(after)) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean isKnown(FlowQuery.Transition transition) {
    return columns
        .find(transition.flowId())
        .filter(row -> row.transitions() >= transition.number())
        .isPresent();
  }

  private FlowPage page(FlowQuery query, RowFilter filter) {
    FlowIndex.State before = state.get();
    FirstRows first = new FirstRows(query.order(), query.limit() + 1, query.cursor());
    FacetCounter facets = new FacetCounter(query.facets(), columns, steps);
    long[] total = new long[1];
    columns.forEach(
        row -> {
          if (facets.isWanted()) {
            int misses = filter.misses(row);
            facets.add(row, misses);
            if (misses != RowFilter.NOTHING) {
              return;
            }
          } else if (!filter.matches(row)) {
            return;
          }
          total[0]++;
          first.add(row);
        });
    FlowIndex.State known = before.until(state.get());
    List<FlowRow> found = first.inOrder();
    boolean more = found.size() > query.limit();
    List<FlowRow> page = more ? found.subList(0, query.limit()) : found;
    return new FlowPage(
        page.stream().map(this::summary).toList(),
        more ? FlowCursor.of(query.order(), page.get(page.size() - 1)).encode() : null,
        query.counted() ? new FlowPage.Total(total[0], known.complete()) : null,
        facets.facets(),
        Instant.ofEpochMilli(known.asOf()),
        known.lagMs(),
        Instant.ofEpochMilli(known.reachesBackTo()),
        known.complete(),
        known.note());
  }

  FlowSummary summary(FlowRow row) {
    return views.summary(row, steps.names(row.definition()));
  }

  /**
   * One page of open tasks. Only flows with open tasks are looked at.
   *
   * @param now ms since the epoch
   * @throws ReadsUnavailableException when too many other searches are running
   */
  public TaskPage tasks(TaskQuery query, long now) {
    return alone(
        () -> {
          FlowIndex.State before = state.get();
          Comparator<OpenTask> last = TaskCursor.ORDER.reversed();
          PriorityQueue<OpenTask> first = new PriorityQueue<>(last);
          columns.forEach(row -> addTasks(row, query, now, first));
          FlowIndex.State known = before.until(state.get());
          List<OpenTask> found = first.stream().sorted(TaskCursor.ORDER).toList();
          boolean more = found.size() > query.limit();
          List<OpenTask> page = more ? found.subList(0, query.limit()) : found;
          return new TaskPage(
              page.stream().map(views::withForm).toList(),
              more ? TaskCursor.of(page.get(page.size() - 1)).encode() : null,
              Instant.ofEpochMilli(known.asOf()),
              known.lagMs(),
              known.complete(),
              known.note());
        });
  }

  private void addTasks(RowCursor row, TaskQuery query, long now, PriorityQueue<OpenTask> first) {
    if (!row.hasTasks()
        || (row.status() != FlowStatus.IN_PROGRESS && row.status() != FlowStatus.PARKED)) {
      return;
    }
    IndexedDefinition definition = row.definition();
    if (query.orchestration() != null
        && !query.orchestration().equals(definition.orchestration())) {
      return;
    }
    String flowId = row.flowId();
    for (TaskRow task : row.tasks()) {
      OpenTask open =
          views.openTask(flowId, definition, task, steps.name(definition, task.step()), now);
      if (query.matches(open)) {
        first.add(open);
        if (first.size() > query.limit() + 1) {
          first.poll();
        }
      }
    }
  }

  /** Runs a scan when not too many others run. */
  <T> T alone(Supplier<T> scan) {
    return searches.run(scan);
  }
}
