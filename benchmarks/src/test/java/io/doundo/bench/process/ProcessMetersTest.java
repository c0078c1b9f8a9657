package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessMetersTest {

  @Test
  void aThreadIsKnownByTheBeginningOfItsName() {
    assertThat(ThreadKind.of("C2 CompilerThre")).isEqualTo(ThreadKind.COMPILER);
    assertThat(ThreadKind.of("C1 CompilerThre")).isEqualTo(ThreadKind.COMPILER);
    assertThat(ThreadKind.of("GC Thread#1")).isEqualTo(ThreadKind.COLLECTOR);
    assertThat(ThreadKind.of("G1 Conc#0")).isEqualTo(ThreadKind.COLLECTOR);
    assertThat(ThreadKind.of("VM Thread")).isEqualTo(ThreadKind.OTHER);
    assertThat(ThreadKind.of("a C2 CompilerTh")).isEqualTo(ThreadKind.OTHER);
  }

  @Test
  void aNameMayContainParentheses() {
    assertThat(
            ProcStat.parsed(
                "19 (a (C2 Compi) x) S 1 17 17 0 -1 4194368 5 0 6 0 12 3 0 0 20 0 33 0 77 900 1\n"))
        .isEqualTo(new ProcStat("a (C2 Compi) x", 5, 6, 15, 77));
  }

  @Test
  void thePartsOfARealProcessAddUpToIt() throws Exception {
    try (ProcessMeters meters =
        ProcessMeters.start(Map.of("driver", ProcessHandle.current()), false)) {
      ProcessMeters.Readings readings = meters.stop(1);

      assertThat(readings.cpu()).containsOnlyKeys("driver");
      if (Files.isDirectory(Path.of("/proc/self/task"))) {
        assertThat(readings.parts()).containsOnlyKeys("driver");
        assertThat(Objects.requireNonNull(readings.parts().get("driver")).all())
            .isGreaterThanOrEqualTo(readings.cpu().get("driver"));
        assertThat(readings.uses()).containsOnlyKeys("driver");
      } else {
        assertThat(readings.parts()).isEmpty();
        assertThat(readings.uses()).isEmpty();
      }
    }
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
