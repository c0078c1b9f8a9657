package io.doundo.launcher.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes what earlier runs have kept, and nothing else that is in the data directory. */
public final class DataCleaner {

  private static final List<String> KEPT = List.of("kafka", "redis", "streams", "examples", "logs");

  private DataCleaner() {}

  static void clean(DevPlan plan) throws IOException {
    for (String name : KEPT) {
      delete(plan.data().resolve(name));
    }
  }

  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(directory)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
