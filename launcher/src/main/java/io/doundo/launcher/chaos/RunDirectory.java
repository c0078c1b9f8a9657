package io.doundo.launcher.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A separate directory for each run, so that histories are kept. */
final class RunDirectory {

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT);

  private RunDirectory() {}

  /** Creates one, named after the time. */
  static Path create(Path parent) throws IOException {
    return Files.createDirectories(
            parent
                .toAbsolutePath()
                .normalize()
                .resolve(NAME.format(LocalDateTime.now(ZoneId.systemDefault()))))
        .toAbsolutePath();
  }
}
