package io.doundo.http.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A value that is never shown. A setting that begins with {@code file:} is read from that file at
 * each use, so that a mounted secret can be changed without a restart.
 */
public final class Secret {

  private static final String FILE = "file:";

  private final String setting;

  public Secret(String setting) {
    this.setting = setting;
  }

  /**
   * The value, without a line break at the end of its file.
   *
   * @throws UncheckedIOException when the file cannot be read
   */
  public String value() {
    if (!setting.startsWith(FILE)) {
      return setting;
    }
    try {
      return Files.readString(Path.of(setting.substring(FILE.length()))).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("a secret cannot be read from its file", e);
    }
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
