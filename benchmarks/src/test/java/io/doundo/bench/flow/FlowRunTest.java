package io.doundo.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlowRunTest {

  private static final Duration WINDOW = Duration.ofMillis(100);

  @Test
  void eachPartHasTheRateAtWhichItsFlowsEnded() {
    FlowRun run = ended(100, 200, 300, 400, 450, 500, 550, 600);

    assertThat(run.ratesOfParts(2)).containsExactly(10.0, 20.0);
    assertThat(run.ratesOfParts(1)).containsExactly(run.flowsPerSecond());
  }

  @Test
  void endsInEveryWindowAreEven() {
    assertThat(ended(50, 150, 250, 350, 400).unevenness(WINDOW)).isZero();
  }

  @Test
  void endsInOneWindowOfTenAreUneven() {
    assertThat(ended(10, 20, 30, 40, 1_000).unevenness(WINDOW)).isCloseTo(3, within(1e-9));
  }

  @Test
  void oneWindowSaysNothing() {
    assertThat(ended(10, 20, 150).unevenness(WINDOW)).isZero();
  }

  /** Flows that all start at 0 and end after so many milliseconds. */
  private static FlowRun ended(long... millis) {
    FlowRun run = new FlowRun(millis.length);
    long begin = 1_000_000_000L;
    FlowMessage.Starts starts =
        new FlowMessage.Starts(Scenario.SEQUENTIAL, Mode.ENGINE, run.number());
    for (int i = 0; i < millis.length; i++) {
      run.started(i, begin);
      run.ended(starts.key(i), begin + Duration.ofMillis(millis[i]).toNanos());
    }
    return run;
  }
}
