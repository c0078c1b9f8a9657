package io.doundo.launcher.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The output of a child, line by line: written to a file, its end kept in memory, and passed to a
 * listener. The file is turned over at a fixed size, and one earlier file is kept. One thread reads
 * until the child closes its output.
 */
final class ChildLog {

  private static final long TURN_OVER_BYTES = 10L * 1024 * 1024;
  private static final int TAIL_LINES = 40;
  private static final Pattern STACK_FRAME = Pattern.compile("\\s+(?:at \\S+\\(|\\.\\.\\. \\d+ )");

  private final Path file;
  private final Consumer<String> listener;
  private final Deque<String> tail = new ArrayDeque<>();
  private final Thread reader;

  ChildLog(String name, InputStream output, Path file, Consumer<String> listener) {
    this.file = file;
    this.listener = listener;
    this.reader = new Thread(() -> copy(output), name + "-log");
    reader.setDaemon(true);
  }

  void start() {
    reader.start();
  }

  /** Waits a little for the last lines of a child that has ended. */
  void drain() throws InterruptedException {
    reader.join(2_000);
  }

  /** The last lines, without stack frames: those would push out the lines that say what failed. */
  List<String> tail() {
    synchronized (tail) {
      return List.copyOf(tail);
    }
  }

  private void copy(InputStream output) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(output, Charset.defaultCharset()))) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      String line = lines.readLine();
      while (line != null) {
        line = fill(lines, line);
      }
    } catch (IOException e) {
      System.err.println("Cannot write " + file + ": " + e.getMessage());
    }
  }

  /** Writes lines until the file is full; returns the first line of the next file. */
  private String fill(BufferedReader lines, String first) throws IOException {
    if (Files.exists(file) && Files.size(file) > TURN_OVER_BYTES) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    long written = Files.exists(file) ? Files.size(file) : 0;
    try (Writer writer =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      String line = first;
      while (line != null && written <= TURN_OVER_BYTES) {
        writer.write(line);
        writer.write('\n');
        if (!lines.ready()) {
          writer.flush();
        }
        written += line.length() + 1;
        note(line);
        line = lines.readLine();
      }
      return line;
    }
  }

  private void note(String line) {
    if (!STACK_FRAME.matcher(line).lookingAt()) {
      synchronized (tail) {
        if (tail.size() == TAIL_LINES) {
          tail.removeFirst();
        }
        tail.addLast(line);
      }
    }
    listener.accept(line);
  }
}
