package io.doundo.orchestrator.streams.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.state.FlowStub;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whether an ended flow's missing record is gone or still to be written. */
class ArchiveReaderTest {

  private static final long NOW = 1_790_000_000_000L;
  private static final long MINUTE_MS = 60_000;
  private static final String DIGEST = "0".repeat(64);

  private static FlowStub stub(long endedAt, long archivedAt) {
    return new FlowStub(FlowStatus.COMPLETED, DIGEST, DIGEST, 3, endedAt, 0, archivedAt);
  }

  private static boolean gone(FlowStub stub, boolean recall, long searchedSeconds) {
    return ArchiveSearch.hasArrived(
        stub, recall, NOW, Duration.ofSeconds(searchedSeconds).toNanos());
  }

  @Test
  void aFlowThatEndedLongAgoIsReportedAsGoneAtOnce() {
    FlowStub longAgo = stub(NOW - 61 * MINUTE_MS, NOW - 61 * MINUTE_MS);
    assertThat(gone(longAgo, false, 0)).isTrue();
  }

  @Test
  void whatAFlowWaitsForIsLookedForLongerWhateverTheClocksSay() {
    FlowStub longAgo = stub(NOW - 61 * MINUTE_MS, NOW - 61 * MINUTE_MS);
    assertThat(gone(longAgo, true, 0)).isFalse();
    assertThat(gone(longAgo, true, 16)).isTrue();
  }

  @Test
  void aFlowThatHasEndedNowMayBeArchivedUnderATimeLongPast() {
    FlowStub afterAnOutage = stub(NOW, NOW - 61 * MINUTE_MS);
    assertThat(gone(afterAnOutage, false, 0)).isFalse();
    assertThat(gone(afterAnOutage, false, 16)).isTrue();
  }

  @Test
  void aFlowThatEndedRecentlyMayStillBeOnItsWay() {
    assertThat(gone(stub(NOW - MINUTE_MS, NOW - MINUTE_MS), false, 60)).isFalse();
    assertThat(gone(stub(NOW - 3 * MINUTE_MS, NOW - 3 * MINUTE_MS), false, 14)).isFalse();
    assertThat(gone(stub(NOW - 3 * MINUTE_MS, NOW - 3 * MINUTE_MS), false, 16)).isTrue();
  }

  @Test
  void whatEndedJustNowIsLookedForAgainSoonAndWhatIsMissingLongerMoreSeldom() {
    assertThat(ArchiveReader.lookAgainMs(0)).isEqualTo(5);
    assertThat(ArchiveReader.lookAgainMs(20)).isEqualTo(20);
    assertThat(ArchiveReader.lookAgainMs(100)).isEqualTo(100);
    assertThat(ArchiveReader.lookAgainMs(60_000)).isEqualTo(100);
  }
}
