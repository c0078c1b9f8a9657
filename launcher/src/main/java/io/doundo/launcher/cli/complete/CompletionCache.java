package io.doundo.launcher.cli.complete;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The values that a shell offers: the flows, steps and orchestrations that commands have shown
 * last, one a line. A shell reads these files itself, because a JVM takes longer to start than a
 * person waits for a completion. They only ever help: that they cannot be read or written is no
 * failure.
 */
public final class CompletionCache {

  /** The system property that names the directory, for tests. */
  public static final String DIRECTORY = "doundo.cache";

  private static final int MOST = 500;

  /** Others would have to be quoted; a shell splits the list at blanks. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+=:,./-]*");

  private static final Map<String, Set<String>> SEEN = new TreeMap<>();

  private CompletionCache() {}

  /** Remembers a value that is shown, until {@link #write}. */
  public static synchronized void seen(String kind, String value) {
    if (PLAIN.matcher(value).matches()) {
      SEEN.computeIfAbsent(kind, unused -> new LinkedHashSet<>()).add(value);
    }
  }

  /** Keeps what was seen since the last time, newest first. */
  public static synchronized void write() {
    SEEN.forEach(CompletionCache::write);
    SEEN.clear();
  }

  /** Keeps these values of a kind before those that are known. */
  private static void write(String kind, Collection<String> values) {
    Path file = directory().resolve(kind);
    try {
      Files.createDirectories(directory());
      Set<String> all = new LinkedHashSet<>(values);
      if (Files.exists(file)) {
        all.addAll(Files.readAllLines(file, UTF_8));
      }
      List<String> kept = new ArrayList<>(all).subList(0, Math.min(MOST, all.size()));
      Path fresh = Files.createTempFile(directory(), kind, ".new");
      Files.write(fresh, kept, UTF_8);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // The next completion offers less; the command itself has done what it was asked to do.
      return;
    }
  }

  /** Where the files are. */
  public static Path directory() {
    String said = System.getProperty(DIRECTORY);
    if (said != null) {
      return Path.of(said);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return base.resolve("doundo");
  }
}
