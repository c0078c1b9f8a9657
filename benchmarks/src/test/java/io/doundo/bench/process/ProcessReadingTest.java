package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readings of a process in a directory that looks like {@code /proc}. */
class ProcessReadingTest {

  private static final long PID = 100;

  @TempDir Path proc;

  @BeforeEach
  void theProcess() throws IOException {
    stat(directory(), "java", 40, 2, 0, 7);
    thread(101, "C2 CompilerThre", 100, 5, 10, 20);
    thread(102, "C1 CompilerThre", 50, 5, 1, 2);
    thread(103, "GC Thread#0", 20, 5, 3, 4);
    thread(104, "VM Thread", 7, 5, 5, 6);
    thread(105, "stream (GC) 1", 200, 5, 1_000, 30);
  }

  @Test
  void eachThreadCountsForWhatItIsThereFor() throws IOException {
    ProcessReading before = read();
    thread(101, "C2 CompilerThre", 160, 5, 11, 22);
    thread(102, "C1 CompilerThre", 60, 5, 1, 2);
    thread(103, "GC Thread#0", 25, 5, 3, 4);
    thread(104, "VM Thread", 8, 5, 5, 6);
    thread(105, "stream (GC) 1", 300, 5, 1_500, 40);
    stat(directory(), "java", 140, 5, 0, 7);

    ProcessUse use = read().since(before);

    assertThat(use.compilerMicros()).isEqualTo(700_000);
    assertThat(use.collectorMicros()).isEqualTo(50_000);
    assertThat(use.otherMicros()).isEqualTo(1_010_000);
    assertThat(use.voluntarySwitches()).isEqualTo(501);
    assertThat(use.involuntarySwitches()).isEqualTo(12);
    assertThat(use.minorFaults()).isEqualTo(100);
    assertThat(use.majorFaults()).isEqualTo(3);
  }

  @Test
  void aThreadThatEndedIsNamedAndMakesNoOtherFigureWrong() throws IOException {
    ProcessReading before = read();
    delete(105);
    thread(101, "C2 CompilerThre", 160, 5, 10, 20);

    ProcessUse use = read().since(before);

    assertThat(use.otherMicros()).as("no time is taken back").isZero();
    assertThat(use.voluntarySwitches()).isZero();
    // The process took 1.5 s, 0.6 s of them in a thread that is still there.
    CpuParts parts = use.parts(1_500, 1_000);
    assertThat(parts).isEqualTo(new CpuParts(600, 0, 0, 900));
    assertThat(parts.all()).isEqualTo(1_500);
    assertThat(parts.withoutCompilers()).isEqualTo(900);
  }

  @Test
  void aThreadThatTakesTheNumberOfOneThatEndedBeginsAtNothing() throws IOException {
    ProcessReading before = read();
    thread(105, "stream (GC) 1", 30, 900, 4, 5);

    ProcessUse use = read().since(before);

    assertThat(use.otherMicros()).isEqualTo(300_000);
    assertThat(use.voluntarySwitches()).isEqualTo(4);
  }

  @Test
  void aThreadThatEndsWhileItIsReadIsLeftOut() throws IOException {
    Files.createDirectories(directory().resolve("task/106"));

    assertThat(read().threads()).hasSize(5);
  }

  @Test
  void thereIsNothingToReadWithoutProcOrWithoutTheProcess() throws IOException {
    assertThat(ProcessReading.read(proc.resolve("none"), PID)).isEmpty();
    assertThat(ProcessReading.read(proc, PID + 1)).isEmpty();
  }

  @Test
  void thePartsAddUpToTheProcessWhateverIsRounded() {
    CpuParts cut = CpuParts.of(100, 30, 10, 62.5);

    assertThat(cut).isEqualTo(new CpuParts(30, 10, 60, 0));
    assertThat(CpuParts.of(100, 30, 10, 55).all()).isCloseTo(100, within(1e-9));
  }

  private ProcessReading read() throws IOException {
    return ProcessReading.read(proc, PID).orElseThrow();
  }

  private Path directory() {
    return proc.resolve(Long.toString(PID));
  }

  private void thread(
      int number, String name, long ticks, long startedAt, long voluntary, long involuntary)
      throws IOException {
    Path thread = directory().resolve("task/" + number);
    Files.createDirectories(thread);
    stat(thread, name, 0, 0, ticks, startedAt);
    Files.writeString(
        thread.resolve("status"),
        """
        Name:\t%s
        Threads:\t5
        voluntary_ctxt_switches:\t%d
        nonvoluntary_ctxt_switches:\t%d
        """
            .formatted(name, voluntary, involuntary));
  }

  /** Half of the ticks in the kernel, as far as they are even. */
  private static void stat(
      Path directory, String name, long minor, long major, long ticks, long startedAt)
      throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("stat"),
        "7 (%s) S 1 17 17 0 -1 4194368 %d 9 %d 9 %d %d 9 9 20 0 33 0 %d 900000 700\n"
            .formatted(name, minor, major, ticks - ticks / 2, ticks / 2, startedAt));
  }

  private void delete(int number) throws IOException {
    Path thread = directory().resolve("task/" + number);
    Files.delete(thread.resolve("stat"));
    Files.delete(thread.resolve("status"));
    Files.delete(thread);
  }
}
