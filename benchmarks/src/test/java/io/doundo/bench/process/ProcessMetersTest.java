package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessMetersTest {

  @Test
  void onlyCompilersCountAsCompilers() {
    String numbers = "S 1 17 17 0 -1 4194368 0 0 0 0 12 3 0 0 20 0 33 0";

    assertThat(CompilerClock.ofCompiler("17 (C2 CompilerThre) " + numbers)).isEqualTo(15);
    assertThat(CompilerClock.ofCompiler("18 (C1 CompilerThre) " + numbers)).isEqualTo(15);
    assertThat(CompilerClock.ofCompiler("19 (a (C2 CompilerT) x) " + numbers)).isZero();
  }

  @Test
  void itIsKnownWhetherInstructionsCanBeCounted() throws Exception {
    assertThat(InstructionCounter.obstacle("perf-that-does-not-exist", "instructions"))
        .contains("perf is not installed");
    Optional<String> obstacle = InstructionCounter.obstacle();
    if (obstacle.isPresent()) {
      assertThat(obstacle.get()).startsWith("perf ");
    } else {
      assertThat(counted("instructions")).isPositive();
    }
  }

  /** Counts an event that perf, if it is installed, also counts on virtual machines. */
  @Test
  void perfReportsItsCountsWhenItIsStopped() throws Exception {
    if (InstructionCounter.obstacle("perf", "task-clock").isEmpty()) {
      assertThat(counted("task-clock")).isPositive();
    } else {
      assertThat(InstructionCounter.obstacle("perf", "instructions")).isPresent();
    }
  }

  private static double counted(String event) throws Exception {
    try (InstructionCounter instructions =
        InstructionCounter.start(Map.of("driver", ProcessHandle.current()), event)) {
      long end = System.nanoTime() + 300_000_000;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      return instructions.thousandsPerFlow(1).getOrDefault("driver", 0.0);
    }
  }
}
