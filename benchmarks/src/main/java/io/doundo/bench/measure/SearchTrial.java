package io.doundo.bench.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.query.definition.DefinitionLookup;
import io.doundo.orchestrator.query.flow.CriteriaBuilder;
import io.doundo.orchestrator.query.flow.FlowCriteria;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowFacet;
import io.doundo.orchestrator.query.index.IndexSnapshot;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.SnapshotHeader;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.protocol.CommandAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures the search over many flows in one process: how long it takes to fill the columns, to
 * write and read their file, and to answer while others write; and how much heap a flow takes.
 */
public final class SearchTrial {

  private static final String REGISTRATION =
      """
      {"orchestrationName": "%s", "type": "sequential", "steps": [
       {"seq": 1, "name": "reserve", "undoRetry": {"maxAttempts": 1}},
       {"seq": 2, "name": "charge"},
       {"seq": 3, "name": "ship"}]}\
      """;

  private static final int BATCH = 20_000;
  private static final int WARM_UP = 15;
  private static final int RUNS = 100;
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final Content CONTENT = new Content("0".repeat(32), 300, true);

  private final int flows;
  private final int writes;
  private final Path directory;
  private final Consumer<String> out;
  private final FlowDecider decider = new FlowDecider();
  private final Orchestration order = compile("order");
  private final Orchestration realm = compile("realm");
  private final Random random = new Random(17);
  private final long now = System.currentTimeMillis();

  /**
   * @param flows how many to search
   * @param writes how many flows start and end each second while questions are asked; 0 for none
   * @param directory for the file
   * @param out receives the lines of the report
   */
  public SearchTrial(int flows, int writes, Path directory, Consumer<String> out) {
    this.flows = flows;
    this.writes = writes;
    this.directory = directory;
    this.out = out;
  }

  private static Orchestration compile(String name) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(REGISTRATION.formatted(name).getBytes(UTF_8), Map.of());
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private final DefinitionLookup definitions =
      new DefinitionLookup() {
        @Override
        public Optional<Orchestration> find(DefinitionId id) {
          return Optional.of(id.name().equals("order") ? order : realm);
        }

        @Override
        public Optional<Integer> versionOf(DefinitionId id, long startedAt) {
          return Optional.of(1);
        }
      };

  private FlowColumns columns() {
    return new FlowColumns(
        2 * flows,
        Duration.ofDays(7),
        System::currentTimeMillis,
        (id, index) -> order.steps().get(index).name());
  }

  /** Measures and reports. */
  public void run() throws IOException {
    long before = usedHeap();
    FlowColumns columns = columns();
    fill(columns);
    say(
        "%,d flows take %.0f bytes of heap each",
        columns.size(), (usedHeap() - before) / (double) flows);
    snapshot(columns);
    FlowSearch search = FlowSearch.of(columns, definitions);
    try (Writing writing = new Writing(columns)) {
      writing.start();
      ask(search);
      writing.report();
    }
  }

  /** Flows that start and end while questions are asked; the columns have one writer. */
  private final class Writing implements AutoCloseable {

    private static final int BEATS_A_SECOND = 20;

    private final FlowColumns columns;
    private final AtomicLong written = new AtomicLong();
    private final long begin = System.nanoTime();
    private final Thread thread = new Thread(this::write, "writer");
    private volatile boolean closed;

    Writing(FlowColumns columns) {
      this.columns = columns;
    }

    void start() {
      if (writes > 0) {
        thread.start();
      }
    }

    private void write() {
      while (!closed) {
        long early = begin + written.get() * 1_000_000_000L / writes - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(Math.min(early, 1_000_000_000L / BEATS_A_SECOND));
          continue;
        }
        for (int i = 0; i < Math.max(1, writes / BEATS_A_SECOND); i++) {
          writeOne(written.getAndIncrement());
        }
      }
    }

    private void writeOne(long number) {
      String customer = "customer-" + number % 100_000;
      FlowState state = started(order, "meanwhile-" + number, now);
      long offset = flows + 2 * number;
      columns.putLive(front(state, customer), 0, offset);
      for (String step : List.of("reserve", "charge", "ship")) {
        state = succeeded(order, state, step, now + 20);
      }
      columns.putEnded(front(state, customer), 0, offset + 1);
    }

    private static FlowFront front(FlowState state, String customer) {
      return FlowRecords.liveFront(FlowStateCodec.encode(state, customer, Map.of())).orElseThrow();
    }

    void report() {
      if (writes > 0) {
        say(
            "meanwhile %,.0f flows a second started and ended",
            written.get() / ((System.nanoTime() - begin) / 1e9));
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void ask(FlowSearch search) {
    queries()
        .forEach(
            (name, query) -> {
              for (int i = 0; i < WARM_UP; i++) {
                search.find(query);
              }
              long[] nanos = new long[RUNS];
              FlowPage page = null;
              for (int i = 0; i < RUNS; i++) {
                long begin = System.nanoTime();
                page = search.find(query);
                nanos[i] = System.nanoTime() - begin;
              }
              Arrays.sort(nanos);
              say(
                  "%-28s %9s match   median %6.1f ms   p99 %6.1f ms",
                  name, matches(page), nanos[RUNS / 2] / 1e6, nanos[RUNS - 2] / 1e6);
            });
  }

  private static String matches(@Nullable FlowPage page) {
    return page == null || page.total() == null
        ? "?"
        : String.format(Locale.ROOT, "%,d", page.total().count());
  }

  private void fill(FlowColumns columns) {
    long nanos = 0;
    for (int first = 0; first < flows; first += BATCH) {
      List<byte[]> values = new ArrayList<>();
      for (int i = first; i < Math.min(flows, first + BATCH); i++) {
        values.add(value(i));
      }
      long begin = System.nanoTime();
      long offset = first;
      for (byte[] value : values) {
        var front = FlowRecords.liveFront(value).orElseThrow();
        if (front.head().status().isTerminal()) {
          columns.putEnded(front, 0, offset++);
        } else {
          columns.putLive(front, 0, offset++);
        }
      }
      nanos += System.nanoTime() - begin;
    }
    say("filled in %.1f s, %.2f µs a flow", nanos / 1e9, nanos / 1e3 / flows);
  }

  /** Of a hundred flows ninety complete, four are undone, three are parked and three still run. */
  private byte[] value(int number) {
    long start =
        now - Duration.ofHours(20).toMillis() + number * Duration.ofHours(19).toMillis() / flows;
    Orchestration definition = number % 10 == 0 ? realm : order;
    String flowId = new UUID(random.nextLong(), random.nextLong()).toString();
    FlowState state = started(definition, flowId, start);
    int fate = number % 100;
    if (fate >= 97) {
      state = succeeded(definition, state, "reserve", start + 20);
    } else if (fate >= 90) {
      state = succeeded(definition, state, "reserve", start + 20);
      String error = "HTTP 503 from bank-" + number % 300 + " for payment " + number;
      state = failed(definition, state, "charge", CommandAction.DO, error, start + 50);
      state = decide(definition, state, new TurnCommitted(start + 60, state.turns().undo()));
      state =
          fate >= 94
              ? failed(
                  definition,
                  state,
                  "reserve",
                  CommandAction.UNDO,
                  "no stock row " + number,
                  start + 90)
              : decide(
                  definition,
                  state,
                  new StepSucceeded(
                      start + 90,
                      "reserve",
                      CommandAction.UNDO,
                      AnswerOf.UNMARKED,
                      CONTENT,
                      "stock"));
    } else {
      for (String step : List.of("reserve", "charge", "ship")) {
        state = succeeded(definition, state, step, start + 20);
      }
    }
    return FlowStateCodec.encode(state, "customer-" + number % 100_000, Map.of());
  }

  private FlowState started(Orchestration definition, String flowId, long at) {
    FlowEvent start =
        new FlowStarted(
            at, flowId, "%032x".formatted(at), definition.name(), CONTENT, "2".repeat(32), "shop");
    return Objects.requireNonNull(decider.decide(definition, null, start).next());
  }

  private FlowState succeeded(Orchestration definition, FlowState state, String step, long at) {
    return decide(
        definition,
        state,
        new StepSucceeded(
            at, step, CommandAction.DO, AnswerOf.UNMARKED, CONTENT, step + "-service"));
  }

  private FlowState failed(
      Orchestration definition,
      FlowState state,
      String step,
      CommandAction action,
      String error,
      long at) {
    return decide(
        definition,
        state,
        new StepFailed(
            at,
            step,
            action,
            AnswerOf.UNMARKED,
            FailureKind.NO_EFFECT_FINAL,
            error,
            step + "-service"));
  }

  private FlowState decide(Orchestration definition, FlowState state, FlowEvent event) {
    return Objects.requireNonNull(decider.decide(definition, state, event).next());
  }

  private void snapshot(FlowColumns columns) throws IOException {
    IndexSnapshot file = new IndexSnapshot(directory.resolve("index"));
    SnapshotHeader header = new SnapshotHeader("changelog", Map.of(), Map.of(), Map.of(), now);
    long begin = System.nanoTime();
    file.write(header, columns, new MinuteCounts().toBytes());
    long written = System.nanoTime();
    FlowColumns read = columns();
    Optional<SnapshotHeader> found = file.read(any -> true, read, new MinuteCounts());
    long done = System.nanoTime();
    if (found.isEmpty() || read.size() != columns.size()) {
      throw new IllegalStateException("the file has %d flows".formatted(read.size()));
    }
    say(
        "file of %.0f MB written in %.2f s, read in %.2f s",
        Files.size(file.file()) / 1e6, (written - begin) / 1e9, (done - written) / 1e9);
  }

  private Map<String, FlowQuery> queries() {
    Map<String, FlowQuery> queries = new LinkedHashMap<>();
    FlowCriteria parked = FlowCriteria.in(Set.of(FlowStatus.PARKED));
    put(queries, "everything", FlowCriteria.NONE);
    put(queries, "status=PARKED", parked);
    put(queries, "orchestration=realm", criteria("realm", null, null, null, null, null, null));
    put(queries, "step=charge", criteria(null, "charge", null, null, null, null, null));
    put(
        queries,
        "step=ship, DO_SUCCESS",
        criteria(null, "ship", StepStatus.DO_SUCCESS, null, null, null, null));
    put(queries, "error=bank-17", criteria(null, null, null, "bank-17", null, null, null));
    put(
        queries,
        "key=customer-4711",
        criteria(null, null, null, null, "customer-4711", null, null));
    put(queries, "search=4711", criteria(null, null, null, null, null, "4711", null));
    put(
        queries,
        "an hour",
        criteria(
            null,
            null,
            null,
            null,
            null,
            null,
            new TimeRange(
                Instant.ofEpochMilli(now - 600 * MINUTE),
                Instant.ofEpochMilli(now - 540 * MINUTE))));
    put(queries, "nothing matches", criteria(null, "charge", null, "xyzzy", null, "xyzzy", null));
    queries.put(
        "-updatedAt, all facets",
        new FlowQuery(
            FlowCriteria.NONE,
            FlowOrder.LAST_UPDATE_FIRST,
            50,
            null,
            true,
            EnumSet.allOf(FlowFacet.class),
            null));
    put(
        queries,
        "all together",
        criteria(
            "order", "charge", StepStatus.FAILED, "bank", "customer-4797", "4797", TimeRange.ANY));
    return queries;
  }

  private static void put(Map<String, FlowQuery> queries, String name, FlowCriteria criteria) {
    queries.put(
        name,
        new FlowQuery(criteria, FlowOrder.NEWEST_START_FIRST, 50, null, true, Set.of(), null));
  }

  private static FlowCriteria criteria(
      @Nullable String orchestration,
      @Nullable String step,
      @Nullable StepStatus stepStatus,
      @Nullable String error,
      @Nullable String key,
      @Nullable String search,
      @Nullable TimeRange started) {
    return new CriteriaBuilder()
        .orchestration(orchestration)
        .step(step)
        .stepStatus(stepStatus)
        .error(error)
        .key(key)
        .search(search)
        .started(started == null ? TimeRange.ANY : started)
        .build();
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void say(String format, Object... arguments) {
    out.accept(String.format(Locale.ROOT, format, arguments));
  }
}
