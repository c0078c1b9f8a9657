package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/** JSON and documents given on the command line, in a file or on standard input. */
public final class JsonArguments {

  private JsonArguments() {}

  /**
   * Reads an option's value: JSON, {@code @file}, or {@code @-} for standard input. It is passed on
   * byte for byte; the service decides whether it is too deep or too long.
   */
  public static RawJson json(String option, String value) {
    byte[] bytes =
        value.startsWith("@") ? file(value.substring(1)) : value.getBytes(StandardCharsets.UTF_8);
    try {
      if (ServiceJson.MAPPER.readTree(bytes).isMissingNode()) {
        throw new CommandFailure(ExitCodes.USAGE, option + " is not JSON: it is empty");
      }
      return RawJson.trusted(
          new String(bytes, StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String place =
          at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
      throw new CommandFailure(
          ExitCodes.USAGE, option + " is not JSON: " + place + Json.wordingOf(e), null, e);
    }
  }

  /** Reads a file, or standard input for {@code -}. */
  public static byte[] file(String name) {
    try {
      return name.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(name));
    } catch (IOException | InvalidPathException e) {
      throw new CommandFailure(ExitCodes.USAGE, "Cannot read " + name + ": " + reason(e), null, e);
    }
  }

  private static String reason(Exception e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : String.valueOf(e.getMessage());
  }
}
