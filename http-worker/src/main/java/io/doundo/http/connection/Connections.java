package io.doundo.http.connection;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All connections of this worker. Immutable.
 *
 * @param byName those that are configured
 * @param direct for calls of absolute URLs
 */
public record Connections(Map<String, Connection> byName, Connection direct) {

  public Connections {
    byName = Map.copyOf(byName);
  }

  /** The connection of this name, or that for absolute URLs; null when it is not configured. */
  public @Nullable Connection of(@Nullable String name) {
    return name == null ? direct : byName.get(name);
  }
}
