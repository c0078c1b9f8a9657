package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.worker.StepContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * The effects in the outside world, as an append-only file (O_APPEND, one write per line) shared by
 * several processes. A line is stored once {@link #write} returns, even if its process is killed
 * next. Thread-safe.
 */
final class StepLedger {

  /** The kind of a line. */
  enum Kind {
    /** A handler was called and has had no effect yet. */
    BEGAN,
    DO,
    UNDO
  }

  /**
   * A line.
   *
   * @param id unique, so that an effect that happened twice is visible as two
   * @param key the idempotency key that the handler was given
   * @param again whether the handler was told that an earlier run is possible
   */
  record Line(
      String id,
      String instance,
      Kind kind,
      String step,
      String flowId,
      int attempt,
      String key,
      boolean again) {

    private String text() {
      return String.join(
          "\t",
          id,
          instance,
          kind.name(),
          step,
          flowId,
          Integer.toString(attempt),
          key,
          Boolean.toString(again));
    }

    private static Line parse(String text) {
      String[] parts = text.split("\t", -1);
      return new Line(
          parts[0],
          parts[1],
          Kind.valueOf(parts[2]),
          parts[3],
          parts[4],
          Integer.parseInt(parts[5]),
          parts[6],
          Boolean.parseBoolean(parts[7]));
    }

    /** Describes the line as who did what. */
    String who() {
      return instance + ' ' + kind;
    }
  }

  private final Path file;

  StepLedger(Path file) {
    this.file = file;
  }

  void write(String instance, Kind kind, StepContext step) {
    Line line =
        new Line(
            UUID.randomUUID().toString(),
            instance,
            kind,
            step.step(),
            step.flowId(),
            step.attempt(),
            step.idempotencyKey(),
            step.again());
    // Not by a channel: to write on a thread that was interrupted would fail.
    try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write((line.text() + '\n').getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a flow, in the order of events. */
  List<Line> of(String flowId) {
    return lines().stream().filter(line -> line.flowId().equals(flowId)).toList();
  }

  /** The effects of a flow, as who did what. */
  List<String> effects(String flowId) {
    return of(flowId).stream().filter(line -> line.kind() != Kind.BEGAN).map(Line::who).toList();
  }

  boolean hasBegun(String flowId) {
    return of(flowId).stream().anyMatch(line -> line.kind() == Kind.BEGAN);
  }

  boolean hasDone(String flowId) {
    return of(flowId).stream().anyMatch(line -> line.kind() == Kind.DO);
  }

  private List<Line> lines() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      String text = Files.readString(file, UTF_8);
      // Another process may be writing a line.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Line::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
