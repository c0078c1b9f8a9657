package io.doundo.launcher.doctor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether Redis answers, whether it accepts and keeps what workers rely on, and whether its clock
 * is right.
 */
public final class RedisCheck {

  private static final String WHAT = "Redis";
  private static final String CLOCK = "Clock of Redis";
  private static final String ROOM =
      "make room on its disk, if that is full; its log has the error";
  private static final int MOST_INFO = 1_000_000;
  private static final int PATIENCE_MILLIS = 3_000;

  private RedisCheck() {}

  /** Looks at the Redis at this address. */
  public static List<Finding> of(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      Instant before = Instant.now();
      socket
          .getOutputStream()
          .write("CONFIG GET maxmemory-policy\r\nINFO persistence\r\nTIME\r\n".getBytes(US_ASCII));
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      return List.of(
          judge(host + ':' + port, array(reader), persistence(reader)),
          clock(array(reader), before, Instant.now()));
    } catch (IOException e) {
      return List.of(
          Finding.skipped(
              WHAT,
              "nothing answers at %s:%d (%s)".formatted(host, port, e.getMessage()),
              "give the address that the workers use: --redis HOST:PORT"));
    } catch (NumberFormatException e) {
      return List.of(
          Finding.skipped(
              WHAT,
              "what answers at %s:%d is not Redis".formatted(host, port),
              "give the address that the workers use: --redis HOST:PORT"));
    }
  }

  /** The first line of an answer, and the texts of its array; of an error, its line. */
  private static List<String> array(BufferedReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    String first = line(reader);
    lines.add(first);
    if (first.startsWith("*")) {
      int texts = Integer.parseInt(first.substring(1));
      for (int i = 0; i < texts; i++) {
        line(reader);
        lines.add(line(reader));
      }
    }
    return lines;
  }

  /** The lines of the answer to INFO; none of an error. */
  private static List<String> persistence(BufferedReader reader) throws IOException {
    String first = line(reader);
    if (!first.startsWith("$")) {
      return List.of();
    }
    int length = Integer.parseInt(first.substring(1));
    if (length < 0 || length > MOST_INFO) {
      throw new NumberFormatException("INFO of " + length + " characters");
    }
    char[] text = new char[length];
    int read = 0;
    while (read < length) {
      int more = reader.read(text, read, length - read);
      if (more < 0) {
        throw new IOException("it closed the connection");
      }
      read += more;
    }
    line(reader);
    return new String(text).lines().toList();
  }

  private static String line(BufferedReader reader) throws IOException {
    String line = reader.readLine();
    if (line == null) {
      throw new IOException("it closed the connection");
    }
    return line;
  }

  /**
   * Judges the answers.
   *
   * @param config the first line of the answer, and the texts of its array
   * @param persistence the lines of INFO
   */
  static Finding judge(String address, List<String> config, List<String> persistence) {
    if (config.get(0).startsWith("-")) {
      return Finding.skipped(
          WHAT,
          "%s answers \"%s\"".formatted(address, config.get(0).substring(1)),
          "check by hand: CONFIG GET maxmemory-policy must be noeviction");
    }
    String policy = config.size() > 2 ? config.get(2) : "?";
    if (!policy.equals("noeviction")) {
      return Finding.wrong(
          WHAT,
          "%s has maxmemory-policy %s: it may forget what a step has done"
              .formatted(address, policy),
          "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf");
    }
    if (persistence.contains("aof_last_write_status:err")) {
      return Finding.wrong(
          WHAT, address + " cannot write its append-only file, and refuses every write", ROOM);
    }
    if (persistence.contains("rdb_last_bgsave_status:err")) {
      return Finding.doubtful(
          WHAT,
          address + " could not save its last snapshot; with save points it refuses every write",
          ROOM);
    }
    return persistence.contains("aof_enabled:0")
        ? Finding.doubtful(
            WHAT,
            address + " keeps nothing across a restart (appendonly no)",
            "CONFIG SET appendonly yes; without it, steps in flight are in doubt after a restart")
        : Finding.good(WHAT, address + " forgets nothing: noeviction, append-only");
  }

  /**
   * Compares its clock with that of this machine.
   *
   * @param time the first line of the answer to TIME, and the texts of its array: seconds and
   *     microseconds
   */
  static Finding clock(List<String> time, Instant before, Instant after) {
    if (time.size() < 3) {
      return Finding.skipped(
          CLOCK, "Redis does not tell the time: " + time.get(0).replaceFirst("^-", ""), "");
    }
    Instant there =
        Instant.ofEpochSecond(Long.parseLong(time.get(1)), Long.parseLong(time.get(2)) * 1_000);
    return ServiceChecks.compared(CLOCK, "Redis", there, before, after);
  }
}
