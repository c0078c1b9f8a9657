package io.doundo.launcher.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds out which process listens on a port: from {@code /proc} on Linux, else by {@code lsof}.
 * Returns nothing when the process belongs to another user, or neither exists.
 */
public final class PortOwner {

  private static final String LISTENING = "0A";
  private static final Pattern LSOF_PID = Pattern.compile("^p(\\d+)$", Pattern.MULTILINE);
  private static final int SHOWN_CHARS = 100;

  private PortOwner() {}

  /** For example {@code process 4711 (/usr/bin/java -jar broker.jar)}. */
  public static Optional<String> of(int port) {
    Path proc = Path.of("/proc");
    Optional<Long> pid = Files.exists(proc.resolve("net/tcp")) ? inProc(proc, port) : byLsof(port);
    return pid.flatMap(ProcessHandle::of).map(PortOwner::describe);
  }

  private static String describe(ProcessHandle process) {
    ProcessHandle.Info about = process.info();
    String command = about.commandLine().or(about::command).orElse("");
    if (command.length() > SHOWN_CHARS) {
      command = command.substring(0, SHOWN_CHARS) + "…";
    }
    return "process " + process.pid() + (command.isEmpty() ? "" : " (" + command + ')');
  }

  private static Optional<Long> inProc(Path proc, int port) {
    return Stream.of("net/tcp", "net/tcp6")
        .map(table -> inode(proc.resolve(table), port))
        .flatMap(Optional::stream)
        .map(inode -> processWithSocket(proc, inode))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The inode of the listening socket; columns as in proc(5). */
  private static Optional<String> inode(Path table, int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    try (Stream<String> lines = Files.lines(table, StandardCharsets.ISO_8859_1)) {
      return lines
          .skip(1)
          .map(line -> line.trim().split("\\s+"))
          .filter(columns -> columns.length > 9)
          .filter(columns -> columns[1].endsWith(suffix) && columns[3].equals(LISTENING))
          .map(columns -> columns[9])
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> processWithSocket(Path proc, String inode) {
    String link = "socket:[" + inode + ']';
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> hasOpen(proc.resolve(pid + "/fd"), link))
        .findFirst();
  }

  private static boolean hasOpen(Path descriptors, String link) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
      for (Path entry : entries) {
        if (target(entry).equals(link)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static Optional<Long> byLsof(int port) {
    try {
      Process lsof =
          new ProcessBuilder("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-Fp")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(lsof.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      lsof.waitFor(2, TimeUnit.SECONDS);
      Matcher pid = LSOF_PID.matcher(output);
      return pid.find() ? Optional.of(Long.valueOf(pid.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
