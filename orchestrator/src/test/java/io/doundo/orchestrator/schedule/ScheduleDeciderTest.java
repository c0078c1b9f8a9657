package io.doundo.orchestrator.schedule;

import static io.doundo.orchestrator.schedule.ScheduleRuns.schedule;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.schedule.ScheduleEvent.RunMoved;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.protocol.ScheduleVerb;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScheduleDeciderTest {

  private static final Instant NOON = Instant.parse("2027-05-03T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Schedule.Cron NIGHTLY = new Schedule.Cron("0 2 * * *", ZoneOffset.UTC);
  private static final Schedule.Every HOURLY = new Schedule.Every(HOUR);

  private final ScheduleRuns runs = new ScheduleRuns(NOON);

  @Test
  void aRunStartsAtItsTimeAndItsFlowIdSaysWhich() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP)).until(Instant.parse("2027-05-04T02:00:00Z"));

    assertThat(runs.effects())
        .containsExactly(
            "SCHEDULE_DECLARED",
            "start report.nightly.2027-05-04T02:00:00Z",
            "RUN_STARTED 2027-05-04T02:00:00Z");
    assertThat(runs.state().next()).isEqualTo("2027-05-05T02:00:00Z");
  }

  @Test
  void anIntervalIsCountedFromTheEpochAndNotFromTheRegistration() {
    ScheduleRuns later = new ScheduleRuns(NOON.plusSeconds(1_234));

    later.declare(schedule(HOURLY, Overlap.SKIP));

    assertThat(later.state().next()).isEqualTo("2027-05-03T13:00:00Z");
  }

  @Test
  void aSingleTimeComesOnce() {
    runs.declare(schedule(new Schedule.At(NOON.plusSeconds(60)), Overlap.SKIP)).pass(HOUR);

    assertThat(runs.effects())
        .containsExactly(
            "SCHEDULE_DECLARED",
            "start report.nightly.2027-05-03T12:01:00Z",
            "RUN_STARTED 2027-05-03T12:01:00Z");
    assertThat(runs.state().next()).isNull();
  }

  @Test
  void aSingleTimeThatHasPassedNeverComes() {
    runs.declare(schedule(new Schedule.At(NOON), Overlap.SKIP)).pass(HOUR);

    assertThat(runs.effects()).containsExactly("SCHEDULE_DECLARED");
  }

  @Test
  void aPauseIsCountedFromTheEndOfTheRunBefore() {
    runs.declare(schedule(new Schedule.After(Duration.ofMinutes(5)), Overlap.SKIP))
        .pass(Duration.ofMinutes(5));
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T12:05:00Z");

    runs.pass(Duration.ofMinutes(30));
    assertThat(runs.effects()).as("nothing is due while it runs").isEmpty();

    runs.ends(0, "COMPLETED").pass(Duration.ofMinutes(5));
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T12:40:00Z");
  }

  @Test
  void aPauseAlsoFollowsARunThatWasUndone() {
    runs.declare(schedule(new Schedule.After(HOUR), Overlap.SKIP)).pass(HOUR).ends(0, "UNDONE");

    assertThat(runs.state().next()).isEqualTo(NOON.plus(HOUR).plus(HOUR));
  }

  @Test
  void repeatingADeclarationChangesNothing() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(Duration.ofMinutes(90)).effects();
    ScheduleState before = runs.state();

    runs.declare(schedule(HOURLY, Overlap.SKIP));

    assertThat(runs.state()).isSameAs(before);
    assertThat(runs.effects()).isEmpty();
  }

  @Test
  void aTimerThatFiresEarlyOrTwiceStartsNothing() {
    runs.declare(schedule(HOURLY, Overlap.ALLOW)).pass(HOUR).effects();

    runs.away(Duration.ZERO).away(Duration.ofMinutes(59));

    assertThat(runs.effects()).isEmpty();
  }

  @Test
  void skipLeavesOutWhatComesDueWhileARunGoesOn() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR).effects();

    runs.pass(HOUR);
    assertThat(runs.effects()).containsExactly("RUN_SKIPPED 2027-05-03T14:00:00Z");

    runs.ends(0, "COMPLETED").pass(HOUR);
    assertThat(runs.effects())
        .containsExactly(
            "RUN_ENDED 2027-05-03T13:00:00Z",
            "start report.nightly.2027-05-03T15:00:00Z",
            "RUN_STARTED 2027-05-03T15:00:00Z");
  }

  @Test
  void allowStartsBesideTheEarlierAndRecordsIt() {
    runs.declare(schedule(HOURLY, Overlap.ALLOW)).pass(HOUR).effects();

    runs.pass(HOUR);

    assertThat(runs.effects())
        .containsExactly(
            "RUN_OVERLAPPED 2027-05-03T14:00:00Z",
            "start report.nightly.2027-05-03T14:00:00Z",
            "RUN_STARTED 2027-05-03T14:00:00Z");
    assertThat(runs.state().runs()).hasSize(2);
  }

  @Test
  void allowHasALimit() {
    runs.declare(schedule(HOURLY, Overlap.ALLOW))
        .pass(HOUR.multipliedBy(ScheduleState.MOST_RUNS))
        .effects();

    runs.pass(HOUR);

    assertThat(runs.effects()).singleElement().asString().startsWith("RUN_SKIPPED");
    assertThat(runs.state().runs()).hasSize(ScheduleState.MOST_RUNS);
  }

  @Test
  void cancelUndoesTheEarlierAndOnlyThenStarts() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR).effects();

    runs.pass(HOUR);
    assertThat(runs.effects())
        .containsExactly(
            "cancel report.nightly.2027-05-03T13:00:00Z", "RUN_OVERLAPPED 2027-05-03T14:00:00Z");

    runs.pass(Duration.ofMinutes(1)).moves(0, Standing.MOVES, "UNDOING").ends(0, "UNDONE");
    assertThat(runs.effects())
        .containsExactly(
            "RUN_ENDED 2027-05-03T13:00:00Z",
            "start report.nightly.2027-05-03T14:00:00Z",
            "RUN_STARTED 2027-05-03T14:00:00Z");
  }

  @Test
  void cancelStartsTheNewestOfThoseThatWaited() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(3)).effects();

    runs.ends(0, "UNDONE");

    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T15:00:00Z");
  }

  @Test
  void aRunThatCompletesWhileItIsCancelledMakesRoomAsWell() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(2)).effects();

    runs.ends(0, "COMPLETED");

    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T14:00:00Z");
  }

  @Test
  void aRunThatRefusesToGoBackBlocksTheNext() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(2)).effects();

    runs.moves(0, Standing.STUCK, "IN_PROGRESS");
    assertThat(runs.effects())
        .containsExactly("RUN_STUCK 2027-05-03T13:00:00Z", "RUN_BLOCKED 2027-05-03T14:00:00Z");

    runs.pass(HOUR);
    assertThat(runs.effects()).containsExactly("RUN_BLOCKED 2027-05-03T15:00:00Z");
    assertThat(runs.state().blocked()).isEqualTo(2);
  }

  @Test
  void aParkedRunBlocksUntilAnOperatorHasSettledIt() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR);
    runs.moves(0, Standing.STUCK, "PARKED").effects();

    runs.pass(HOUR).pass(HOUR);
    assertThat(runs.effects())
        .containsExactly("RUN_BLOCKED 2027-05-03T14:00:00Z", "RUN_BLOCKED 2027-05-03T15:00:00Z");
    assertThat(runs.state().blocked()).isEqualTo(2);

    runs.moves(0, Standing.MOVES, "UNDOING").ends(0, "UNDONE").pass(HOUR);
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T16:00:00Z");
    assertThat(runs.state().blocked()).isZero();
  }

  @Test
  void whatIsOlderThanWhatIsKnownChangesNothing() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR);
    ScheduleRun run = runs.state().runs().get(0);
    runs.decide(new ScheduleEvent.RunMoved(NOON, run.flowId(), 7, Standing.STUCK, "PARKED", null));
    ScheduleState before = runs.state();

    runs.decide(
        new ScheduleEvent.RunMoved(NOON, run.flowId(), 6, Standing.MOVES, "IN_PROGRESS", null));
    runs.decide(new ScheduleEvent.RunMoved(NOON, "another", 9, Standing.ENDED, "COMPLETED", null));

    assertThat(runs.state()).isSameAs(before);
  }

  @Test
  void aRunThatIsRejectedIsNoRun() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR).effects();

    runs.ends(0, "REJECTED");

    assertThat(runs.effects()).containsExactly("RUN_FAILED_TO_START 2027-05-03T13:00:00Z");
    assertThat(runs.state().runs()).isEmpty();
  }

  @Test
  void timesThatPassWhilePausedAreNeitherMissedNorCaughtUp() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).ask("1", ScheduleVerb.PAUSE).effects();

    runs.pass(HOUR.multipliedBy(5)).ask("2", ScheduleVerb.RESUME);

    assertThat(runs.effects()).containsExactly("SCHEDULE_RESUMED");
    assertThat(runs.state().next()).isEqualTo("2027-05-03T18:00:00Z");
  }

  @Test
  void aPausedScheduleStaysPausedWhenItIsRegisteredAgain() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).ask("1", ScheduleVerb.PAUSE);

    runs.declare(schedule(NIGHTLY, Overlap.SKIP));

    assertThat(runs.state().paused()).isNotNull();
    assertThat(runs.state().next()).isNull();
  }

  @Test
  void aScheduleStandsStillWhileItsOrchestrationAcceptsNoStarts() {
    runs.declare(schedule(HOURLY, Overlap.SKIP), "orchestration report is paused").effects();

    runs.pass(HOUR.multipliedBy(3)).ask("1", ScheduleVerb.TRIGGER);
    assertThat(runs.effects()).containsExactly("REQUEST_REFUSED");

    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR);
    assertThat(runs.effects())
        .containsExactly(
            "SCHEDULE_STARTED",
            "start report.nightly.2027-05-03T16:00:00Z",
            "RUN_STARTED 2027-05-03T16:00:00Z");
  }

  @Test
  void aRequestStartsARunAlsoWhilePaused() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP)).ask("1", ScheduleVerb.PAUSE).effects();

    runs.ask("2", ScheduleVerb.TRIGGER);

    assertThat(runs.effects())
        .containsExactly(
            "start report.nightly.2027-05-03T12:00:00.001Z",
            "RUN_REQUESTED 2027-05-03T12:00:00.001Z");
    assertThat(runs.state().next()).isNull();
  }

  @Test
  void aRepeatedRequestIsCarriedOutOnce() {
    runs.declare(schedule(NIGHTLY, Overlap.ALLOW)).ask("1", ScheduleVerb.TRIGGER).effects();

    runs.ask("1", ScheduleVerb.TRIGGER);

    assertThat(runs.effects()).isEmpty();
    assertThat(runs.state().runs()).hasSize(1);
  }

  @Test
  void aRequestObeysTheRuleOfOverlap() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP)).ask("1", ScheduleVerb.TRIGGER).effects();

    runs.ask("2", ScheduleVerb.TRIGGER);

    assertThat(runs.effects()).containsExactly("REQUEST_REFUSED");
    assertThat(Objects.requireNonNull(runs.state().outcomeOf("2")).refusal())
        .isEqualTo("the run report.nightly.2027-05-03T12:00:00.001Z has not ended");
  }

  @Test
  void aRunWhoseEndGotLostIsAskedAtTheNextTime() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR);
    assertThat(runs.asked).isEmpty();
    runs.pass(HOUR);
    assertThat(runs.asked).containsExactly("report.nightly.2027-05-03T13:00:00Z");

    runs.effects();
    runs.ends(0, "COMPLETED").pass(HOUR);

    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T15:00:00Z");
  }

  @Test
  void aRunThatHasNotHeardThatItIsToGoBackIsCancelledAgain() {
    String first = "report.nightly.2027-05-03T13:00:00Z";
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(2));
    assertThat(runs.effects()).contains("cancel " + first);
    assertThat(runs.asked).containsExactly(first);

    runs.moves(0, Standing.MOVES, "IN_PROGRESS");
    assertThat(runs.effects()).containsExactly("cancel " + first);

    runs.pass(HOUR);
    assertThat(runs.effects()).doesNotContain("cancel " + first);
    runs.decide(
        new RunMoved(
            runs.now(),
            first,
            runs.state().runs().get(0).transition(),
            Standing.MOVES,
            "IN_PROGRESS",
            null));
    assertThat(runs.effects()).as("nothing has happened to it").containsExactly("cancel " + first);

    runs.moves(0, Standing.MOVES, "UNDOING");
    assertThat(runs.effects()).isEmpty();
    runs.ends(0, "UNDONE");
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T15:00:00Z");
  }

  @Test
  void aRunAfterWhichTheNextOneComesIsAskedNowAndThen() {
    runs.declare(schedule(new Schedule.After(Duration.ofMinutes(5)), Overlap.SKIP))
        .pass(Duration.ofMinutes(5));
    assertThat(runs.asked).isEmpty();
    assertThat(runs.state().next()).as("nothing is due").isNull();

    runs.pass(Duration.ofMinutes(14));

    assertThat(runs.asked)
        .containsExactly(
            "report.nightly.2027-05-03T12:05:00Z", "report.nightly.2027-05-03T12:05:00Z");
    runs.ends(0, "UNKNOWN").pass(Duration.ofMinutes(5));
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T12:24:00Z");
    assertThat(runs.asked).hasSize(2);
  }

  @Test
  void aRunIsAskedOnceAMinuteAtMostAndOnceAnHourAtLeast() {
    runs.declare(schedule(new Schedule.After(Duration.ofSeconds(1)), Overlap.SKIP))
        .pass(Duration.ofMinutes(10));
    assertThat(runs.asked).hasSize(9);

    ScheduleRuns rare = new ScheduleRuns(NOON);
    rare.declare(schedule(new Schedule.After(Duration.ofDays(2)), Overlap.SKIP))
        .pass(Duration.ofDays(3));
    assertThat(rare.asked).hasSize(24);
  }

  @Test
  void theRunOfAScheduleThatIsPausedOrHasNoFurtherTimeIsAskedAsWell() {
    runs.declare(schedule(new Schedule.After(HOUR), Overlap.SKIP))
        .pass(HOUR)
        .ask("1", ScheduleVerb.PAUSE)
        .pass(HOUR);
    assertThat(runs.asked).hasSize(1);

    ScheduleRuns once = new ScheduleRuns(NOON);
    once.declare(schedule(new Schedule.At(NOON.plusSeconds(60)), Overlap.SKIP))
        .pass(HOUR.multipliedBy(2));
    assertThat(once.asked).hasSize(1);

    ScheduleRuns gone = new ScheduleRuns(NOON);
    gone.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR).declare(null).pass(HOUR);
    assertThat(gone.asked).hasSize(1);
    gone.ends(0, "UNKNOWN");
    assertThat(gone.state().isGone()).isTrue();
  }

  /** Otherwise runs whose end got lost would count as going on until there are a hundred. */
  @Test
  void runsThatMayStandBesideEachOtherAreAskedAtTheFirstTimeAfterAnHour() {
    runs.declare(schedule(new Schedule.Every(Duration.ofMinutes(10)), Overlap.ALLOW))
        .pass(Duration.ofMinutes(69));
    assertThat(runs.state().runs()).hasSize(6);
    assertThat(runs.asked).isEmpty();

    runs.pass(Duration.ofMinutes(1));

    assertThat(runs.asked)
        .hasSize(6)
        .startsWith("report.nightly.2027-05-03T12:10:00Z")
        .doesNotContain("report.nightly.2027-05-03T13:10:00Z");
    runs.ends(0, "UNKNOWN");
    assertThat(runs.state().runs()).hasSize(6);
    runs.pass(Duration.ofMinutes(59));
    assertThat(runs.asked).hasSize(6);
  }

  @Test
  void aRunThatIsAskedToGoBackIsAskedAgainAtTheNextTime() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(3));

    assertThat(runs.asked)
        .containsExactly(
            "report.nightly.2027-05-03T13:00:00Z", "report.nightly.2027-05-03T13:00:00Z");
  }

  @Test
  void aRequestThatIsRefusedForARunAsksTheRun() {
    runs.declare(schedule(new Schedule.After(HOUR), Overlap.SKIP)).pass(HOUR);
    runs.ask("1", ScheduleVerb.TRIGGER);

    assertThat(runs.asked).hasSize(1);
    assertThat(Objects.requireNonNull(runs.state().outcomeOf("1")).refusal())
        .contains("has not ended");
  }

  @Test
  void aWithdrawnScheduleKeepsItsPause() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).ask("1", ScheduleVerb.PAUSE).declare(null);
    assertThat(runs.state().isGone()).isFalse();
    assertThat(runs.state().isShown()).isFalse();
    runs.effects();

    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR.multipliedBy(2));

    assertThat(runs.effects()).containsExactly("SCHEDULE_DECLARED");
    runs.ask("2", ScheduleVerb.RESUME).pass(HOUR);
    assertThat(runs.effects()).contains("start report.nightly.2027-05-03T15:00:00Z");
  }

  @Test
  void aScheduleIsBlockedUntilItsRunIsSettled() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR).moves(0, Standing.STUCK, "PARKED");
    assertThat(runs.state().isBlocked()).isFalse();
    runs.pass(HOUR.multipliedBy(12));
    assertThat(runs.state().isBlocked()).isTrue();

    runs.ends(0, "UNDONE");

    assertThat(runs.state().isBlocked()).isFalse();
  }

  @Test
  void aWithdrawnScheduleIsGoneOnceItsRunsHaveEnded() {
    runs.declare(schedule(HOURLY, Overlap.SKIP)).pass(HOUR).declare(null);
    assertThat(runs.state().isGone()).isFalse();

    runs.pass(HOUR).ends(0, "COMPLETED");

    assertThat(runs.state().isGone()).isTrue();
    assertThat(runs.state().next()).isNull();
  }

  @Test
  void aRunThatWaitsDoesNotStartOnceTheScheduleIsPaused() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(2)).effects();

    runs.ask("1", ScheduleVerb.PAUSE).ends(0, "UNDONE");

    assertThat(runs.effects())
        .containsExactly(
            "SCHEDULE_PAUSED",
            "RUN_SKIPPED 2027-05-03T14:00:00Z",
            "RUN_ENDED 2027-05-03T13:00:00Z");
  }

  @Test
  void aDayAwayWithoutCatchingUpMissesAllAndSaysHowMany() {
    runs.declare(schedule(HOURLY, Overlap.SKIP, CatchUp.NONE, HOUR)).effects();

    runs.away(Duration.ofHours(24).plusMinutes(30));

    assertThat(runs.effects())
        .containsExactly(
            "RUNS_MISSED x23 2027-05-03T13:00:00Z", "RUNS_MISSED 2027-05-04T12:00:00Z");
    assertThat(runs.state().next()).isEqualTo("2027-05-04T13:00:00Z");
  }

  @Test
  void aDayAwayWithTheLatestCatchesUpOne() {
    runs.declare(schedule(HOURLY, Overlap.SKIP, CatchUp.LATEST, HOUR)).effects();

    runs.away(Duration.ofHours(24).plusMinutes(30));

    assertThat(runs.effects())
        .containsExactly(
            "RUNS_MISSED x23 2027-05-03T13:00:00Z",
            "start report.nightly.2027-05-04T12:00:00Z",
            "RUN_CAUGHT_UP 2027-05-04T12:00:00Z");
  }

  @Test
  void aDayAwayBeyondTheWindowCatchesUpNone() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP, CatchUp.LATEST, HOUR)).effects();

    runs.away(Duration.ofHours(24));

    assertThat(runs.effects()).containsExactly("RUNS_MISSED 2027-05-04T02:00:00Z");
    assertThat(runs.state().next()).isEqualTo("2027-05-05T02:00:00Z");
  }

  @Test
  void aDayAwayWithinTheWindowCatchesUpTheNight() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP, CatchUp.LATEST, Duration.ofHours(24))).effects();

    runs.away(Duration.ofHours(24));

    assertThat(runs.effects())
        .containsExactly(
            "start report.nightly.2027-05-04T02:00:00Z", "RUN_CAUGHT_UP 2027-05-04T02:00:00Z");
  }

  @Test
  void afterALongAbsenceOnlySoManyAreCountedAndTheLatestIsFound() {
    Schedule.Cron eachMinute = new Schedule.Cron("* * * * *", ZoneOffset.UTC);
    runs.declare(schedule(eachMinute, Overlap.SKIP, CatchUp.LATEST, HOUR)).effects();

    runs.away(Duration.ofDays(30).plusSeconds(70));

    assertThat(runs.effects())
        .containsExactly(
            "RUNS_MISSED x1000 2027-05-03T12:01:00Z",
            "start report.nightly.2027-06-02T12:01:00Z",
            "RUN_STARTED 2027-06-02T12:01:00Z");
  }

  @Test
  void aTimerThatIsAFewSecondsLateIsInTimeEvenWithoutCatchingUp() {
    runs.declare(schedule(NIGHTLY, Overlap.SKIP, CatchUp.NONE, HOUR)).effects();

    runs.away(Duration.ofHours(14).plusSeconds(60));

    assertThat(runs.effects()).contains("RUN_STARTED 2027-05-04T02:00:00Z");
  }

  @Test
  void aRequestWhilePausedCancelsTheEarlierRunAndStartsWhenItIsUndone() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR).ask("1", ScheduleVerb.PAUSE);
    runs.pass(Duration.ofMinutes(1)).effects();

    runs.ask("2", ScheduleVerb.TRIGGER).ends(0, "UNDONE");

    assertThat(runs.effects())
        .containsExactly(
            "cancel report.nightly.2027-05-03T13:00:00Z",
            "RUN_OVERLAPPED 2027-05-03T13:01:00.001Z",
            "RUN_ENDED 2027-05-03T13:00:00Z",
            "start report.nightly.2027-05-03T13:01:00.001Z",
            "RUN_REQUESTED 2027-05-03T13:01:00.001Z");
    assertThat(runs.state().recent())
        .last()
        .satisfies(entry -> assertThat(entry.by()).isEqualTo("ann"));
    assertThat(runs.state().waiting()).isNull();
  }

  @Test
  void aRunThatWaitsIsDroppedWithAnEntryWhenTheScheduleChanges() {
    runs.declare(schedule(HOURLY, Overlap.CANCEL)).pass(HOUR.multipliedBy(2)).effects();

    runs.declare(schedule(NIGHTLY, Overlap.CANCEL)).ends(0, "UNDONE");

    assertThat(runs.effects())
        .containsExactly(
            "RUN_SKIPPED 2027-05-03T14:00:00Z",
            "SCHEDULE_DECLARED",
            "RUN_ENDED 2027-05-03T13:00:00Z");
  }

  @Test
  void whatCameDueIsDecidedBeforeAChangeOrAPause() {
    runs.declare(schedule(new Schedule.At(NOON.plus(HOUR)), Overlap.SKIP)).effects();
    runs.leave(Duration.ofMinutes(75)).declare(schedule(NIGHTLY, Overlap.SKIP));
    assertThat(runs.effects())
        .containsExactly(
            "start report.nightly.2027-05-03T13:00:00Z",
            "RUN_CAUGHT_UP 2027-05-03T13:00:00Z",
            "SCHEDULE_DECLARED");

    ScheduleRuns paused = new ScheduleRuns(NOON);
    paused.declare(schedule(HOURLY, Overlap.SKIP, CatchUp.NONE, HOUR)).effects();
    paused.leave(Duration.ofMinutes(150)).ask("1", ScheduleVerb.PAUSE);
    assertThat(paused.effects())
        .containsExactly(
            "RUNS_MISSED 2027-05-03T13:00:00Z",
            "RUNS_MISSED 2027-05-03T14:00:00Z",
            "SCHEDULE_PAUSED");
  }
}
