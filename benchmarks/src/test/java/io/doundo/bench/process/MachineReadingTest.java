package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.bench.process.MachineReading.MachineUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineReadingTest {

  @TempDir Path proc;

  @Test
  void theCoresAreBusyIdleOrStolen() throws IOException {
    stat("cpu  100 10 50 1000 20 1 2 30 40 0");
    MachineReading before = MachineReading.read(proc).orElseThrow();
    stat("cpu  300 20 100 1100 25 3 5 60 90 0");

    MachineUse use = MachineReading.read(proc).orElseThrow().since(before);

    assertThat(use)
        .isEqualTo(new MachineUse(2_650_000, 1_000_000, 50_000, 300_000, 4_000_000, Map.of()));
  }

  @Test
  void theTimeInWhichSomethingWaitedForADiskIsReadWhereItIsKept() throws IOException {
    stat("cpu  1 1 1 1 1 1 1 1 0 0");
    pressure("io", 4_000);
    MachineReading before = MachineReading.read(proc).orElseThrow();
    pressure("io", 9_000);
    pressure("memory", 70);

    MachineUse use = MachineReading.read(proc).orElseThrow().since(before);

    assertThat(use.stalledMicros()).isEqualTo(Map.of("io", 5_000.0));
  }

  @Test
  void withoutProcThereIsNothing() throws IOException {
    assertThat(MachineReading.read(proc.resolve("none"))).isEmpty();
  }

  private void stat(String line) throws IOException {
    Files.writeString(proc.resolve("stat"), line + "\ncpu0 1 1 1 1 1 1 1 1 1 1\nctxt 7\n");
  }

  private void pressure(String resource, long micros) throws IOException {
    Files.createDirectories(proc.resolve("pressure"));
    Files.writeString(
        proc.resolve("pressure").resolve(resource),
        """
        some avg10=0.00 avg60=0.00 avg300=0.00 total=%d
        full avg10=0.00 avg60=0.00 avg300=0.00 total=3
        """
            .formatted(micros));
  }
}
