package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of directories hold. */
class DiskUsageTest {

  @TempDir Path directory;

  @Test
  void filesOfAllDirectoriesAreAddedUp() throws Exception {
    Path first = Files.createDirectories(directory.resolve("first/inner"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.write(first.resolve("file"), new byte[1_000]);
    Files.write(second.resolve("file"), new byte[30]);

    assertThat(DiskUsage.bytes(List.of(directory.resolve("first"), second))).isEqualTo(1_030);
  }

  @Test
  void theIndexesOfKafkaAreLeftOut() throws Exception {
    Files.write(directory.resolve("00000000000000000000.log"), new byte[7]);
    Files.write(directory.resolve("00000000000000000000.index"), new byte[100]);
    Files.write(directory.resolve("00000000000000000000.timeindex"), new byte[100]);

    assertThat(DiskUsage.bytes(List.of(directory))).isEqualTo(7);
  }

  @Test
  void aDirectoryThatDoesNotExistHasNone() throws Exception {
    assertThat(DiskUsage.bytes(List.of(directory.resolve("absent")))).isZero();
  }
}
