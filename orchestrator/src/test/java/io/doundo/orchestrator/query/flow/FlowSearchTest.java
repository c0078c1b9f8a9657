package io.doundo.orchestrator.query.flow;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.OrchestrationStats.StepFigures;
import io.doundo.orchestrator.query.flow.OrchestrationStats.VersionFlows;
import io.doundo.orchestrator.query.flow.OrchestrationStats.Work;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowFacet;
import io.doundo.orchestrator.query.index.FlowFacets;
import io.doundo.orchestrator.query.index.FlowFacets.GroupCount;
import io.doundo.orchestrator.query.index.MinuteCounts;
import io.doundo.orchestrator.query.index.MinuteCounts.Kind;
import io.doundo.orchestrator.query.index.RowCursor.FlowSet;
import io.doundo.orchestrator.query.tail.FlowFigures;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.query.tail.ScannedFigures;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowFront.StepFront;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every criterion of a search, alone and with others, on a few flows of different fates. */
class FlowSearchTest {

  private static final Orchestration ORDER = chain("order", "pay", "ship");
  private static final Orchestration REALM = chain("realm", "create", "assign");

  private final TestLookup lookup = new TestLookup(ORDER, REALM);
  private final FlowColumns columns =
      new FlowColumns(
          100,
          Duration.ofDays(1),
          () -> 100_000,
          (of, index) ->
              lookup
                  .find(Objects.requireNonNull(of.id()), of.path())
                  .orElseThrow()
                  .steps()
                  .get(index)
                  .name());
  private final MinuteCounts minutes = new MinuteCounts();
  private FlowIndex.State state = new FlowIndex.State(99_000, 1_000, 13_600_000, true, null);
  private final FlowSearch search =
      new FlowSearch(
          columns, minutes, () -> state, new FlowViews(lookup), lookup, this::flowsOfJob);

  private FlowSet flowsOfJob(String jobId) {
    if (!jobId.equals("j-1")) {
      throw new FlowSets.UnknownJobException(jobId);
    }
    Set<String> flows = Set.of("ord-2", "gone");
    return (bytes, from, to) ->
        flows.contains(new String(bytes, from, to - from, StandardCharsets.UTF_8));
  }

  @BeforeEach
  void fill() {
    put(Flow.started(ORDER, "ord-1", 1_000), null);
    put(Flow.started(ORDER, "ord-2", 2_000).succeeded("pay", 2_500), "Customer-4711");
    put(
        Flow.started(ORDER, "ord-3", 3_000).succeeded("pay", 3_500).succeeded("ship", 3_900),
        "customer-9");
    put(Flow.started(ORDER, "ord-4", 4_000).failed("pay", CommandAction.DO, 4_500), null);
    put(
        Flow.started(REALM, "realm-1", 5_000)
            .succeeded("create", 5_500)
            .failed("assign", CommandAction.DO, 5_600)
            .turned(5_700)
            .failed("create", CommandAction.UNDO, 5_800),
        null);
    put(Flow.started(REALM, "realm-2", 6_000).asked(ControlAction.PAUSE, null, 6_100), null);
  }

  private void put(Flow flow, @Nullable String searchValue) {
    byte[] value = FlowBytes.live(flow.state(), searchValue);
    if (flow.state().status().isTerminal()) {
      columns.putEnded(FlowRecords.liveFront(value).orElseThrow(), 0, 0);
    } else {
      columns.putLive(FlowRecords.liveFront(value).orElseThrow(), 0, 0);
    }
  }

  private String found(FlowCriteria criteria) {
    return String.join(
        " ",
        search.find(FlowQuery.of(criteria, 50)).flows().stream().map(FlowSummary::flowId).toList());
  }

  private String found(UnaryOperator<CriteriaBuilder> criteria) {
    return found(criteria.apply(new CriteriaBuilder()).build());
  }

  @Test
  void everythingIsFoundNewestStartFirst() {
    assertThat(found(FlowCriteria.NONE)).isEqualTo("realm-2 realm-1 ord-4 ord-3 ord-2 ord-1");
  }

  @Test
  void aThirdSearchAtOnceIsRefusedWhenTheOthersTakeTooLong() {
    FlowSearch impatient =
        new FlowSearch(
            columns,
            minutes,
            () -> state,
            new FlowViews(lookup),
            lookup,
            this::flowsOfJob,
            Duration.ZERO);
    FlowQuery everything = FlowQuery.of(FlowCriteria.NONE, 50);
    int found =
        impatient.alone(
            () ->
                impatient.alone(
                    () -> {
                      assertThatThrownBy(() -> impatient.find(everything))
                          .isInstanceOf(ReadsUnavailableException.class)
                          .hasMessage("Too many flow searches are running; try again in a moment.");
                      assertThatThrownBy(() -> impatient.select(everything, 10))
                          .isInstanceOf(ReadsUnavailableException.class);
                      return 0;
                    }));
    assertThat(found).isZero();
    assertThat(impatient.find(everything).flows()).hasSize(6);
  }

  @Test
  void eachCriterionAlone() {
    assertThat(found(with -> with.status(FlowStatus.COMPLETED))).isEqualTo("ord-3");
    assertThat(found(with -> with.orchestration("realm"))).isEqualTo("realm-2 realm-1");
    assertThat(found(with -> with.step("ship"))).isEqualTo("ord-2");
    assertThat(found(with -> with.step("pay"))).isEqualTo("ord-4 ord-1");
    assertThat(found(with -> with.step("pay").stepStatus(StepStatus.DO_SUCCESS)))
        .isEqualTo("ord-3 ord-2");
    assertThat(found(with -> with.stepStatus(StepStatus.IN_PROGRESS)))
        .isEqualTo("realm-2 ord-2 ord-1");
    assertThat(found(with -> with.step("nosuch"))).isEmpty();
    assertThat(found(with -> with.error("NO"))).isEqualTo("realm-1 ord-4");
    assertThat(found(with -> with.key("Customer-4711"))).isEqualTo("ord-2");
    assertThat(found(with -> with.key("customer-4711"))).isEmpty();
    assertThat(found(with -> with.idPrefix("realm-"))).isEqualTo("realm-2 realm-1");
    assertThat(found(with -> with.search("CUSTOMER"))).isEqualTo("ord-3 ord-2");
    assertThat(found(with -> with.search("-3"))).isEqualTo("ord-3");
    assertThat(found(with -> with.worker("worker-1"))).isEqualTo("realm-1 ord-4 ord-3 ord-2");
    assertThat(found(with -> with.workerVersion("2.3.1"))).isEmpty();
    assertThat(found(with -> with.job("j-1"))).isEqualTo("ord-2");
    assertThat(found(with -> with.job("j-1").status(FlowStatus.PARKED))).isEmpty();
    assertThatThrownBy(() -> found(with -> with.job("j-2")))
        .isInstanceOf(FlowSets.UnknownJobException.class)
        .hasMessage("There is no job j-2.");
    assertThat(found(with -> with.version(1))).isEqualTo("realm-2 realm-1 ord-4 ord-3 ord-2 ord-1");
    assertThat(found(with -> with.version(2))).isEmpty();
    assertThat(found(with -> with.paused(true))).isEqualTo("realm-2");
    assertThat(found(with -> with.started(range(2_000, 4_000)))).isEqualTo("ord-3 ord-2");
    assertThat(found(with -> with.ended(range(3_000, 4_000)))).isEqualTo("ord-3");
    assertThat(found(with -> with.updated(range(6_100, 6_101)))).isEqualTo("realm-2");
    assertThat(found(with -> with.inDoubt(true))).isEmpty();
    assertThat(found(with -> with.leftStanding(true))).isEmpty();
  }

  @Test
  void severalCriteriaMustAllHold() {
    assertThat(found(with -> with.orchestration("order").error("no").worker("worker-1")))
        .isEqualTo("ord-4");
    assertThat(found(with -> with.orchestration("order").paused(true))).isEmpty();
  }

  @Test
  void aGroupOfErrorsIsFoundByItsFingerprint() {
    String fingerprint = fingerprintOf("ord-4");
    assertThat(fingerprint).startsWith("v1:");
    assertThat(found(with -> with.fingerprint(fingerprint))).isEqualTo("ord-4");
    assertThat(fingerprintOf("realm-1")).isNotEqualTo(fingerprint);
    assertThat(found(with -> with.fingerprint("v1:0000000000000000"))).isEmpty();
  }

  private String fingerprintOf(String flowId) {
    return String.valueOf(
        search
            .find(FlowQuery.of(new CriteriaBuilder().idPrefix(flowId).build(), 1))
            .flows()
            .get(0)
            .fingerprint());
  }

  @Test
  void aRowSaysWhereItsFlowStands() {
    FlowSummary summary =
        search
            .find(FlowQuery.of(new CriteriaBuilder().idPrefix("ord-2").build(), 1))
            .flows()
            .get(0);
    assertThat(summary.currentSteps()).containsExactly("ship");
    assertThat(summary.attempts()).isEqualTo(1);
    assertThat(summary.version()).isEqualTo(1);
    assertThat(summary.searchValue()).isEqualTo("Customer-4711");
    assertThat(summary.dueAt()).isAfter(summary.startedAt());
    assertThat(summary.error()).isNull();
  }

  @Test
  void eachFacetIsCountedWithoutItsOwnCriterion() {
    FlowQuery query =
        new FlowQuery(
            new CriteriaBuilder().status(FlowStatus.COMPLETED).orchestration("order").build(),
            FlowOrder.NEWEST_START_FIRST,
            50,
            null,
            true,
            EnumSet.allOf(FlowFacet.class),
            null);
    FlowPage page = search.find(query);
    assertThat(page.total()).isEqualTo(new FlowPage.Total(1, true));
    FlowFacets facets = page.facets();
    assertThat(facets).isNotNull();
    assertThat(facets.status()).isEqualTo(Map.of("IN_PROGRESS", 2L, "COMPLETED", 1L, "UNDONE", 1L));
    assertThat(facets.orchestration()).isEqualTo(Map.of("order", 1L));
    assertThat(facets.step()).isEmpty();
    assertThat(facets.fingerprint()).isEmpty();
  }

  @Test
  void groupsAndStepsAreCounted() {
    FlowQuery query =
        new FlowQuery(
            FlowCriteria.NONE,
            FlowOrder.NEWEST_START_FIRST,
            1,
            null,
            true,
            EnumSet.of(FlowFacet.STEP, FlowFacet.FINGERPRINT),
            null);
    FlowFacets facets = search.find(query).facets();
    assertThat(facets).isNotNull();
    assertThat(facets.step()).isEqualTo(Map.of("pay", 2L, "create", 2L, "ship", 1L, "assign", 1L));
    assertThat(facets.fingerprint())
        .hasSize(2)
        .contains(new GroupCount(fingerprintOf("ord-4"), "no", 1));
    assertThat(facets.status()).isNull();
  }

  @Test
  void whatIsMissingIsSaid() {
    state = new FlowIndex.State(50_000, 49_000, 40_000, false, "It is behind.");
    FlowPage page = search.find(FlowQuery.of(FlowCriteria.NONE, 1));
    assertThat(page.complete()).isFalse();
    assertThat(page.note()).isEqualTo("It is behind.");
    assertThat(page.asOf()).isEqualTo(Instant.ofEpochMilli(50_000));
    assertThat(page.lagMs()).isEqualTo(49_000);
    assertThat(page.reachesBackTo()).isEqualTo(Instant.ofEpochMilli(40_000));
    assertThat(page.nextCursor()).isNotNull();
  }

  /** The rows are cleared while all flows are read anew: a scan then sees few of them. */
  @Test
  void anAnswerFromRowsThatWereClearedMeanwhileIsNotCalledComplete() {
    FlowIndex.State complete = state;
    FlowIndex.State anew = new FlowIndex.State(99_000, 1_000, 0, false, "It is still loading.");
    Iterator<FlowIndex.State> looks = List.of(complete, anew, complete, anew).iterator();
    FlowSearch interrupted =
        new FlowSearch(
            columns, minutes, looks::next, new FlowViews(lookup), lookup, this::flowsOfJob);

    FlowPage page = interrupted.find(FlowQuery.of(FlowCriteria.NONE, 50));
    assertThat(page.complete()).isFalse();
    assertThat(page.note()).isEqualTo("It is still loading.");
    assertThat(interrupted.select(FlowQuery.of(FlowCriteria.NONE, 50), 10).complete())
        .as("a job for all that match")
        .isFalse();
  }

  @Test
  void allThatMatchAreHandedOverWithTheirTransitions() {
    FlowCriteria completed = FlowCriteria.in(Set.of(FlowStatus.COMPLETED));
    FlowSelection selection = search.select(FlowQuery.of(completed, 1), 10);
    assertThat(selection.flows())
        .containsExactly(new SelectedFlow("ord-3", 3, "order", FlowStatus.COMPLETED));
    assertThat(selection.overLimit()).isFalse();
    FlowSelection few = search.select(FlowQuery.of(FlowCriteria.NONE, 1), 2);
    assertThat(few.flows()).hasSize(2);
    assertThat(few.overLimit()).isTrue();
    FlowSelection all = search.select(FlowQuery.of(FlowCriteria.NONE, 1), 6);
    assertThat(all.flows()).extracting(SelectedFlow::flowId).startsWith("realm-2").hasSize(6);
    assertThat(all.overLimit()).isFalse();
  }

  @Test
  void anOrchestrationIsCountedStepByStepAndVersionByVersion() {
    OrchestrationStats stats = search.orchestration("order", 0);
    assertThat(stats.steps()).extracting(StepFigures::step).containsExactly("pay", "ship");
    StepFigures pay = stats.steps().get(0);
    assertThat(pay.forward()).isEqualTo(new Work(4, 511L, 511L, 511L, 0, 0, 0));
    assertThat(stats.steps().get(1).forward().count()).isEqualTo(2);
    assertThat(stats.versions())
        .containsExactly(new VersionFlows(1, 2, 0, Instant.ofEpochMilli(1_000)));
    assertThat(stats.complete()).isTrue();

    OrchestrationStats realm = search.orchestration("realm", 0);
    assertThat(realm.versions())
        .containsExactly(new VersionFlows(1, 2, 1, Instant.ofEpochMilli(5_000)));
    assertThat(realm.steps().get(0).undo()).isEqualTo(new Work(1, null, null, null, 0, 0, 0));
    assertThat(search.orchestration("order", 4_000).steps().get(0).forward().count())
        .as("what was done before the window does not count")
        .isEqualTo(1);
    assertThat(search.orchestration("nobody", 0).steps()).isEmpty();
  }

  @Test
  void figuresForGaugesAreThoseOfTheOwnPartitions() {
    ScannedFigures figures = new ScannedFigures(columns, () -> state, lookup);
    FlowFigures.Figures own = figures.of(partition -> partition == 0, 65_000);
    assertThat(own.live())
        .contains(
            new FlowFigures.Count("order", FlowStatus.IN_PROGRESS, 2),
            new FlowFigures.Count("realm", FlowStatus.IN_PROGRESS, 1));
    assertThat(own.unanswered())
        .contains(
            new FlowFigures.Unanswered("order", "pay", CommandAction.DO, 1_000),
            new FlowFigures.Unanswered("order", "ship", CommandAction.DO, 2_500));
    assertThat(figures.of(partition -> partition == 1, 65_000).live()).isEmpty();
  }

  @Test
  void errorsAreIncidentsUntilTheirFlowsEndedLongAgo() {
    IncidentSearch.Incidents found =
        search.incidents().find(Duration.ofSeconds(10), null, null, 10, 6_500);
    assertThat(found.incidents())
        .extracting(Incident::step, Incident::action, Incident::open, Incident::flows)
        .containsExactlyInAnyOrder(tuple("create", "UNDO", 1L, 1L), tuple("pay", "DO", 0L, 1L));
    assertThat(found.lastIncidentAt()).isEqualTo(Instant.ofEpochMilli(5_800));
    assertThat(found.incidents().get(0).step()).isEqualTo("create");
    IncidentSearch.Incidents later =
        search.incidents().find(Duration.ofSeconds(10), null, null, 10, 50_000);
    assertThat(later.incidents()).extracting(Incident::sample).containsExactly("realm-1");
    assertThat(later.incidents().get(0).trend()).isEqualTo(Incident.Trend.QUIET);
  }

  @Test
  void oneIncidentHasItsFlows() {
    IncidentSearch.IncidentDetail detail =
        search.incidents().one(fingerprintOf("ord-4"), Duration.ofSeconds(10), 6_500).orElseThrow();
    assertThat(detail.flows()).extracting(FlowSummary::flowId).containsExactly("ord-4");
    assertThat(detail.incident().workers()).containsExactly("worker-1");
    assertThat(detail.incident().spark().stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
    assertThat(search.incidents().one("v1:0000000000000000", Duration.ofDays(1), 6_500)).isEmpty();
  }

  @Test
  void anIncidentNamesTheVersionsOfTheWorkersThatFailed() {
    FlowFront front =
        FlowRecords.liveFront(FlowBytes.live(Flow.started(ORDER, "ord-9", 7_000).state()))
            .orElseThrow();
    StepFront failed =
        new StepFront(
            StepStatus.RETRY_EXHAUSTED,
            StepEffect.CLEAN,
            3,
            0,
            false,
            0,
            7_100,
            7_900,
            "out of stock",
            "inventory",
            "2.3.1",
            null);
    columns.putLive(new FlowFront(front.head(), null, List.of(failed, StepFront.PENDING)), 0, 0);
    assertThat(search.incidents().find(Duration.ofMinutes(1), null, "pay", 10, 8_000).incidents())
        .filteredOn(incident -> incident.template().equals("out of stock"))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.workers()).containsExactly("inventory");
              assertThat(incident.workerVersions()).containsExactly("2.3.1");
            });
    assertThat(found(with -> with.workerVersion("2.3.1"))).isEqualTo("ord-9");
    assertThat(found(with -> with.workerVersion("2.3.1").worker("inventory").step("pay")))
        .isEqualTo("ord-9");
    assertThat(found(with -> with.workerVersion("2.3.1").step("ship"))).isEmpty();
    assertThat(found(with -> with.workerVersion("2.3.1").stepStatus(StepStatus.DO_SUCCESS)))
        .isEmpty();
  }

  @Test
  void theNumbersAreThoseOfTheFlows() {
    minutes.add(Kind.COMPLETED, "order", 3_900, 6_500);
    minutes.add(Kind.UNDONE, "order", 4_500, 6_500);
    FlowStats stats = search.stats(1, null, 65_000);
    assertThat(stats.byStatus().get(FlowStatus.IN_PROGRESS)).isEqualTo(3);
    assertThat(stats.byStatus().get(FlowStatus.ABANDONED)).isZero();
    assertThat(stats.paused()).isEqualTo(1);
    assertThat(stats.slow())
        .extracting(FlowStats.SlowStep::step, FlowStats.SlowStep::waiting)
        .contains(tuple("ship", 1L), tuple("pay", 1L));
    assertThat(search.stats(60, "order", 6_500).undoRate()).isEqualTo(0.5);
    assertThat(search.stats(60, "realm", 6_500).undoRate()).isNull();
    assertThat(search.stats(60, "realm", 6_500).byStatus().get(FlowStatus.COMPLETED)).isZero();
  }

  @Test
  void partsHaveNumbersOfTheirOwn() {
    FlowStats before = search.stats(1, null, 65_000);
    put(Flow.begun(ORDER, "ord-2", 2_000), null);
    put(
        Flow.begun(ORDER, "ord-1", 2_000)
            .succeeded("pay", 2_500)
            .asked(ControlAction.PAUSE, null, 2_600),
        null);

    FlowStats stats = search.stats(1, null, 65_000);
    assertThat(stats.byStatus().get(FlowStatus.IN_PROGRESS))
        .as("the part that is paused is listed, the other one is not")
        .isEqualTo(before.byStatus().getOrDefault(FlowStatus.IN_PROGRESS, 0L) + 1);
    assertThat(stats.parts())
        .containsEntry(FlowStatus.IN_PROGRESS, 2L)
        .containsEntry(FlowStatus.COMPLETED, 0L);
    assertThat(before.parts().get(FlowStatus.IN_PROGRESS)).isZero();
    FlowFigures.Figures figures =
        new ScannedFigures(columns, () -> state, lookup).of(partition -> true, 65_000);
    assertThat(figures.parts()).containsExactly(Map.entry(FlowStatus.IN_PROGRESS, 2L));
    assertThat(figures.live()).contains(new FlowFigures.Count("order", FlowStatus.IN_PROGRESS, 3));
    assertThat(found(with -> with.withoutParts()))
        .doesNotContain("ord-2~items~0")
        .contains("ord-1~items~0");
  }

  @Test
  void partsAtAnyDepthThatWaitForAnOperatorAreFound() {
    put(Flow.begun(ORDER, "ord-2", 2_000).asked(ControlAction.PAUSE, null, 2_600), null);
    put(
        Flow.begun(ORDER, "ord-2~items~0", 2_100)
            .succeeded("pay", 2_500)
            .failed("ship", CommandAction.DO, 2_600)
            .turned(2_700)
            .failed("pay", CommandAction.UNDO, 2_800),
        null);
    put(Flow.begun(ORDER, "ord-2~other~0", 2_200), null);
    put(Flow.begun(ORDER, "ord-20", 2_300).asked(ControlAction.PAUSE, null, 2_600), null);

    assertThat(found(FlowCriteria.heldUpBelow("ord-2", true))).isEqualTo("ord-2~items~0~items~0");
    assertThat(found(FlowCriteria.heldUpBelow("ord-2", false))).isEqualTo("ord-2~items~0");
  }

  private static TimeRange range(long from, long to) {
    return new TimeRange(Instant.ofEpochMilli(from), Instant.ofEpochMilli(to));
  }
}
