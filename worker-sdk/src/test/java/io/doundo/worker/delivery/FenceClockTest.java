package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.RecordHeaders;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.InMemoryFence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A fence whose clock differs from the orchestrator's and this machine's. */
class FenceClockTest extends ServedStepFixture {

  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private static InMemoryFence aheadBy(Duration difference) {
    return new InMemoryFence(() -> Instant.now().plus(difference), FenceSettings.DEFAULTS);
  }

  private FenceHealth health(AtomicLong nanos) {
    return new FenceHealth(fence, timer, nanos::get);
  }

  @Test
  void aFenceWhoseClockIsADayAhead_beginsNothing_andTheWorkerSaysWhy() {
    serve(aheadBy(Duration.ofDays(1)));
    send(0, "f-1");

    awaitAnswers(1);
    assertThat(handlers.calls).hasValue(0);
    assertThat(outcome()).isIn(Outcome.NO_EFFECT.name(), Outcome.UNKNOWN.name());
    assertThat(fenceHealth().clockProblem())
        .contains("the clock of the fence is more than", "ahead", "synchronise the clocks");
    assertThat(fenceHealth().clockAheadSeconds()).isBetween(1.0, 60.0);
    assertThat(fenceHealth().isUp()).isTrue();
  }

  private String outcome() {
    return new String(
        answers.history().get(0).headers().lastHeader(RecordHeaders.OUTCOME).value(),
        StandardCharsets.UTF_8);
  }

  @Test
  void aFenceWhoseClockIsALittleAhead_isNotReported() {
    serve(aheadBy(Duration.ofSeconds(9)));
    send(0, "f-1");

    awaitAnswers(1);
    assertThat(handlers.calls).hasValue(1);
    assertThat(fenceHealth().clockProblem()).isNull();
    assertThat(fenceHealth().clockAheadSeconds()).isZero();
  }

  @Test
  void aDoThatIsOverdueHereToo_saysNothingAboutTheClocks() {
    FenceHealth health = health(new AtomicLong());

    health.refusedAsOverdue(NOW.minusSeconds(1), NOW);
    health.refusedAsOverdue(NOW, NOW);
    health.refusedAsOverdue(null, NOW);

    assertThat(health.clockProblem()).isNull();
  }

  @Test
  void aClockThatIsAhead_isReportedForFiveMinutesAfterItWasNoticed() {
    AtomicLong nanos = new AtomicLong(17);
    FenceHealth health = health(nanos);

    health.refusedAsOverdue(NOW.plus(Duration.ofHours(3)), NOW);
    assertThat(health.clockProblem()).contains("more than 3 h ahead of this machine's");
    assertThat(health.clockAheadSeconds()).isEqualTo(10_800);
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(health.clockProblem()).isNotNull();
    nanos.incrementAndGet();
    assertThat(health.clockProblem()).isNull();
    assertThat(health.clockAheadSeconds()).isZero();
  }
}
