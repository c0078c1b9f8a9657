package io.doundo.launcher.cli.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * The named services of {@code config.toml}: a table {@code [context.NAME]} each, and {@code
 * current} names the one that is used when nothing else is said. Which one is current can also be
 * chosen by a command; that choice has a file of its own, so that the configuration file stays the
 * user's.
 */
public final class Profiles {

  /** The system property that names the directory, for tests. */
  public static final String DIRECTORY = "doundo.config";

  private static final String CURRENT = "current";
  private static final Set<String> TOP = Set.of(CURRENT, "context");
  private static final Set<String> FIELDS =
      Set.of("url", "key-env", "key-file", "key-command", "output");

  private final Path directory;
  private final Map<String, Profile> profiles;
  private final @Nullable String current;

  private Profiles(Path directory, Map<String, Profile> profiles, @Nullable String current) {
    this.directory = directory;
    this.profiles = profiles;
    this.current = current;
  }

  /** Those of the user who runs this process. */
  public static Profiles ofUser() {
    return in(directory(), System.getenv());
  }

  /** Those in a directory. */
  static Profiles in(Path directory, Map<String, String> environment) {
    Path file = directory.resolve("config.toml");
    if (!Files.exists(file)) {
      return new Profiles(directory, Map.of(), null);
    }
    JsonNode config = read(file);
    requireKnown(file, "", config, TOP);
    Map<String, Profile> profiles = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> context : config.path("context").properties()) {
      profiles.put(context.getKey(), profile(file, context.getKey(), context.getValue()));
    }
    return new Profiles(directory, profiles, chosen(directory, environment, config));
  }

  private static @Nullable String chosen(
      Path directory, Map<String, String> environment, JsonNode config) {
    String said = environment.get("DOUNDO_CONTEXT");
    if (said != null && !said.isBlank()) {
      return said;
    }
    Path choice = directory.resolve(CURRENT);
    try {
      if (Files.exists(choice)) {
        return Files.readString(choice).strip();
      }
    } catch (IOException e) {
      throw new ProfileException("Cannot read " + choice + ": " + e.getMessage(), e);
    }
    String inFile = config.path(CURRENT).asString("");
    return inFile.isEmpty() ? null : inFile;
  }

  private static Path directory() {
    String said = System.getProperty(DIRECTORY);
    if (said != null) {
      return Path.of(said);
    }
    String config = System.getenv("XDG_CONFIG_HOME");
    Path base =
        config == null || config.isBlank()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(config);
    return base.resolve("doundo");
  }

  private static JsonNode read(Path file) {
    try {
      return new TomlMapper().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ProfileException("Cannot read " + file + ": " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new ProfileException("%s is not TOML: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static Profile profile(Path file, String name, JsonNode fields) {
    requireKnown(file, "context." + name + '.', fields, FIELDS);
    String url = fields.path("url").asString("");
    if (url.isEmpty()) {
      throw new ProfileException("%s: context.%s has no url.".formatted(file, name), null);
    }
    Profile profile =
        new Profile(
            name,
            url,
            text(fields, "key-env"),
            text(fields, "key-file"),
            text(fields, "key-command"),
            text(fields, "output"));
    long keys = FIELDS.stream().filter(key -> key.startsWith("key-") && fields.has(key)).count();
    if (keys > 1) {
      throw new ProfileException(
          "%s: context.%s has %d places for its key; keep one of key-env, key-file and key-command."
              .formatted(file, name, keys),
          null);
    }
    return profile;
  }

  private static void requireKnown(Path file, String place, JsonNode fields, Set<String> known) {
    for (String field : fields.propertyNames()) {
      if (!known.contains(field)) {
        throw new ProfileException(
            "%s: %s%s is unknown; allowed are %s."
                .formatted(file, place, field, String.join(", ", new TreeSet<>(known))),
            null);
      }
    }
  }

  private static @Nullable String text(JsonNode fields, String name) {
    String text = fields.path(name).asString("");
    return text.isEmpty() ? null : text;
  }

  public Map<String, Profile> all() {
    return Map.copyOf(profiles);
  }

  /** The names in the order of the file. */
  public Iterable<String> names() {
    return profiles.keySet();
  }

  /**
   * The one to use.
   *
   * @param name the one that is asked for; null for the current one
   */
  public Optional<Profile> find(@Nullable String name) {
    String wanted = name == null ? current : name;
    if (wanted == null) {
      return Optional.empty();
    }
    Profile found = profiles.get(wanted);
    if (found == null) {
      throw new ProfileException(
          "There is no context \"%s\" in %s; it has %s."
              .formatted(
                  wanted,
                  directory.resolve("config.toml"),
                  profiles.isEmpty() ? "none" : String.join(", ", profiles.keySet())),
          null);
    }
    return Optional.of(found);
  }

  /** Makes one of them the current one of later commands. */
  public void choose(String name) {
    Profile unused = find(name).orElseThrow();
    Path choice = directory.resolve(CURRENT);
    try {
      Files.writeString(choice, unused.name() + System.lineSeparator());
    } catch (IOException e) {
      throw new ProfileException("Cannot write " + choice + ": " + e.getMessage(), e);
    }
  }

  /** Where the configuration is, whether it exists or not. */
  public Path file() {
    return directory.resolve("config.toml");
  }

  static String firstLine(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
  }
}
