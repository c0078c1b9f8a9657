package io.doundo.launcher.doctor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Whether Redis answers, and whether it would throw away what workers rely on. */
public final class RedisCheck {

  private static final String WHAT = "Redis";
  private static final int PATIENCE_MILLIS = 3_000;

  private RedisCheck() {}

  /** Looks at the Redis at this address. */
  public static Finding of(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write("CONFIG GET maxmemory-policy\r\nINFO persistence\r\n".getBytes(US_ASCII));
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      return judge(host + ':' + port, config(reader), append(reader));
    } catch (IOException e) {
      return Finding.skipped(
          WHAT,
          "nothing answers at %s:%d (%s)".formatted(host, port, e.getMessage()),
          "give the address that the workers use: --redis HOST:PORT");
    } catch (NumberFormatException e) {
      return Finding.skipped(
          WHAT,
          "what answers at %s:%d is not Redis".formatted(host, port),
          "give the address that the workers use: --redis HOST:PORT");
    }
  }

  /** The lines of the answer to CONFIG GET: an array of two texts, or an error. */
  private static List<String> config(BufferedReader reader) throws IOException {
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

  private static List<String> append(BufferedReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    String first = line(reader);
    if (first.startsWith("$")) {
      int left = Integer.parseInt(first.substring(1));
      while (left > 0) {
        String text = line(reader);
        lines.add(text);
        left -= text.length() + 2;
      }
    }
    return lines;
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
    return persistence.contains("aof_enabled:0")
        ? Finding.doubtful(
            WHAT,
            address + " keeps nothing across a restart (appendonly no)",
            "CONFIG SET appendonly yes; without it, steps in flight are in doubt after a restart")
        : Finding.good(WHAT, address + " forgets nothing: noeviction, append-only");
  }
}
