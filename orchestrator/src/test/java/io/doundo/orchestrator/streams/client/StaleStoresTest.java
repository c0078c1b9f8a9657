package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which stores are too old to be read on. */
class StaleStoresTest {

  @TempDir private Path directory;

  /** A task's directory with a store in it, all of it written last at this time. */
  private Path task(String name, long at) throws IOException {
    Path task = directory.resolve(name);
    Path store = Files.createDirectories(task.resolve("rocksdb").resolve("flows"));
    List<Path> written =
        List.of(
            Files.createFile(store.resolve("CURRENT")),
            Files.createFile(task.resolve(".checkpoint")),
            store,
            store.getParent(),
            task);
    for (Path path : written) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(at));
    }
    return task;
  }

  @Test
  void onlyWhatWasLeftAloneForTooLongIsDeleted() throws IOException {
    Path stale = task("0_0", 99_000);
    Path current = task("0_1", 100_000);
    StaleStores.deleteOlder(List.of(stale, current), 100_000);
    assertThat(stale).doesNotExist();
    assertThat(current.resolve("rocksdb/flows/CURRENT")).exists();
  }

  @Test
  void oneWrittenFileKeepsTheStores() throws IOException {
    Path task = task("0_0", 99_000);
    Path file = task.resolve("rocksdb/flows/000007.sst");
    Files.createFile(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(100_500));
    Files.setLastModifiedTime(file.getParent(), FileTime.fromMillis(99_000));
    StaleStores.deleteOlder(List.of(task), 100_000);
    assertThat(file).exists();
  }
}
