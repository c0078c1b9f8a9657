package io.doundo.orchestrator.app.trigger;

import io.doundo.orchestrator.api.hook.HookSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of webhooks in properties, environment variables and files. Names are compared
 * without their case, dashes and underscores, because environment variables cannot keep them. Of a
 * secret nothing is logged. Thread-safe.
 */
final class SettingsSecrets implements HookSecrets {

  private static final Logger LOG = LoggerFactory.getLogger(SettingsSecrets.class);
  private static final long LONGEST_FILE = 64 * 1024;

  private final Map<String, List<String>> secrets = new HashMap<>();
  private final @Nullable Path directory;

  SettingsSecrets(HookProperties properties) {
    properties
        .secrets()
        .forEach(
            (name, values) ->
                secrets.merge(
                    plain(name),
                    List.copyOf(values),
                    (one, other) -> {
                      throw new IllegalArgumentException(
                          "doundo.hooks.secrets has two names that differ only in case, dashes or"
                              + " underscores: "
                              + name);
                    }));
    this.directory = properties.secretsDir();
  }

  @Override
  public List<String> find(String name) {
    List<String> found = new ArrayList<>(secrets.getOrDefault(plain(name), List.of()));
    if (directory != null) {
      found.addAll(file(directory.resolve(name)));
    }
    return found;
  }

  private static List<String> file(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        LOG.error("The file of secrets {} is larger than {} bytes", file, LONGEST_FILE);
        return List.of();
      }
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.error("The file of secrets {} cannot be read: {}", file, e.getClass().getName());
      return List.of();
    }
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }
}
