package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The CPU time of roles that several processes have. */
class CpuClockTest {

  @Test
  void aRoleHasTheSumOfItsProcessesAndAnEndedOneCountsAsNothing() throws Exception {
    Process idle = new ProcessBuilder("sleep", "60").start();
    Process ended = new ProcessBuilder("true").start();
    try {
      ended.waitFor();
      ProcessHandle here = ProcessHandle.current();
      CpuClock clock =
          CpuClock.startGroups(
              Map.of(
                  "both", List.of(here, idle.toHandle(), ended.toHandle()),
                  "here", List.of(here),
                  "ended", List.of(ended.toHandle())));
      burn();

      Map<String, Double> micros = clock.microsPerFlow(1);
      assertThat(micros).containsOnlyKeys("both", "here");
      assertThat(micros.get("here")).isPositive();
      assertThat(micros.get("both")).isGreaterThanOrEqualTo(micros.get("here"));
    } finally {
      idle.destroyForcibly();
    }
  }

  /** The kernel counts in hundredths of a second. */
  private static void burn() {
    long begin = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
    while (ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis()
        < begin + 50) {
      Thread.onSpinWait();
    }
  }
}
