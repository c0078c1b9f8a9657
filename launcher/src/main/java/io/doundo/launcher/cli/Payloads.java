package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.Json;
import io.doundo.protocol.MalformedRecordException;
import io.doundo.protocol.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;

/** JSON and documents given on the command line, in a file or on standard input. */
final class Payloads {

  private Payloads() {}

  /**
   * Reads an option's value: JSON, {@code @file}, or {@code @-} for standard input. It is passed on
   * byte for byte.
   */
  static RawJson json(String option, String value) {
    byte[] bytes =
        value.startsWith("@") ? file(value.substring(1)) : value.getBytes(StandardCharsets.UTF_8);
    try {
      Json.MAPPER.readTree(bytes);
      return Json.value(bytes);
    } catch (JacksonException e) {
      throw notJson(option, e.getOriginalMessage(), e);
    } catch (MalformedRecordException e) {
      throw notJson(option, e.reason(), e);
    }
  }

  private static CommandFailure notJson(String option, String reason, Exception cause) {
    return new CommandFailure(ExitCodes.USAGE, option + " is not JSON: " + reason, null, cause);
  }

  /** Reads a file, or standard input for {@code -}. */
  static byte[] file(String name) {
    try {
      return name.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(name));
    } catch (IOException e) {
      throw new CommandFailure(ExitCodes.USAGE, "Cannot read " + name + ": " + reason(e), null, e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : String.valueOf(e.getMessage());
  }
}
