package io.doundo.orchestrator.streams.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The name under which an instance is known to its consumer group. It is kept in the state
 * directory, beside the stores that the instance takes up again under it.
 */
final class InstanceId {

  private static final String FILE = "instance-id";

  private InstanceId() {}

  /** Reads the id, or makes one on the first start. */
  static String in(Path stateDir) {
    Path file = stateDir.resolve(FILE);
    try {
      Files.createDirectories(stateDir);
      if (Files.exists(file)) {
        String id = Files.readString(file).strip();
        if (!id.isEmpty()) {
          return id;
        }
      }
      String id = UUID.randomUUID().toString();
      Files.writeString(file, id);
      return id;
    } catch (IOException e) {
      throw new UncheckedIOException("the state directory " + stateDir + " cannot be used", e);
    }
  }
}
