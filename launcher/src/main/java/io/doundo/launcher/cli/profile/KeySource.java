package io.doundo.launcher.cli.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gets the key of a profile from where the profile says it is. Stateless. */
public final class KeySource {

  private static final long COMMAND_SECONDS = 30;

  private KeySource() {}

  /** The key; null when the profile has none. */
  public static @Nullable String keyOf(Profile profile) {
    return keyOf(profile, System.getenv());
  }

  static @Nullable String keyOf(Profile profile, Map<String, String> environment) {
    if (profile.keyEnv() != null) {
      String key = environment.get(profile.keyEnv());
      if (key == null || key.isBlank()) {
        throw failure(
            profile, "the environment variable %s is not set".formatted(profile.keyEnv()));
      }
      return key;
    }
    if (profile.keyFile() != null) {
      return file(profile, profile.keyFile());
    }
    return profile.keyCommand() == null ? null : command(profile, profile.keyCommand());
  }

  private static String file(Profile profile, String name) {
    Path file =
        name.startsWith("~/")
            ? Path.of(System.getProperty("user.home"), name.substring(2))
            : Path.of(name);
    try {
      if (isReadableByOthers(file)) {
        throw failure(profile, "others can read %s; run chmod 600 %s".formatted(file, file));
      }
      return required(profile, Profiles.firstLine(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ProfileException(
          "The key of the context \"%s\" cannot be read from %s: %s"
              .formatted(profile.name(), file, e),
          e);
    }
  }

  private static boolean isReadableByOthers(Path file) throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  private static String command(Profile profile, String command) {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", command)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .start();
      // A key fits into the pipe, so it is read once the command has ended, which it may not.
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw failure(profile, "its key-command took longer than " + COMMAND_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw failure(profile, "its key-command ended with " + process.exitValue());
      }
      return required(profile, Profiles.firstLine(process.getInputStream().readAllBytes()));
    } catch (IOException e) {
      throw new ProfileException(
          "The key-command of the context \"%s\" cannot be run: %s"
              .formatted(profile.name(), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(profile, "its key-command was interrupted");
    }
  }

  private static String required(Profile profile, String key) {
    if (key.isEmpty()) {
      throw failure(profile, "its first line is empty");
    }
    return key;
  }

  private static ProfileException failure(Profile profile, String reason) {
    return new ProfileException(
        "The key of the context \"%s\" cannot be used: %s.".formatted(profile.name(), reason),
        null);
  }
}
