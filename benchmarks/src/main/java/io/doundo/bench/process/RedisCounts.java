package io.doundo.bench.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a Redis has counted since it was started.
 *
 * @param scripts that were run
 * @param childMicros CPU time of its children that have ended, which rewrite the append-only file
 */
public record RedisCounts(double scripts, double childMicros) {

  private static final int TIMEOUT_MS = 5_000;
  private static final Set<String> SCRIPTS =
      Set.of("cmdstat_eval", "cmdstat_evalsha", "cmdstat_fcall");
  private static final Set<String> CHILDREN =
      Set.of("used_cpu_sys_children", "used_cpu_user_children");
  private static final String CALLS = "calls=";

  /** Asks the Redis on a port of the loopback interface. */
  public static RedisCounts read(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MS);
      OutputStream out = socket.getOutputStream();
      out.write("INFO all\r\n".getBytes(US_ASCII));
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      // The reply is one text, and its length in bytes before it: "$4711", and a line end.
      if (in.readByte() != '$') {
        throw new IOException("Redis does not answer INFO with a text");
      }
      int length = 0;
      for (byte digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
        length = length * 10 + Character.digit(digit, 10);
      }
      in.skipNBytes(1);
      byte[] info = new byte[length];
      in.readFully(info);
      return parsed(new String(info, US_ASCII));
    }
  }

  /** Reads what {@code INFO all} says. */
  static RedisCounts parsed(String info) {
    Map<String, String> values =
        info.lines()
            .filter(line -> line.indexOf(':') > 0)
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf(':')),
                    line -> line.substring(line.indexOf(':') + 1).strip(),
                    (first, again) -> first));
    double scripts =
        SCRIPTS.stream().filter(values::containsKey).mapToDouble(key -> calls(values, key)).sum();
    double seconds =
        CHILDREN.stream()
            .mapToDouble(key -> Double.parseDouble(values.getOrDefault(key, "0")))
            .sum();
    return new RedisCounts(scripts, seconds * 1e6);
  }

  /** Of a value such as {@code calls=17,usec=230,usec_per_call=13.53}. */
  private static double calls(Map<String, String> values, String key) {
    String value = values.getOrDefault(key, "");
    int begin = value.indexOf(CALLS) + CALLS.length();
    int end = value.indexOf(',', begin);
    return Double.parseDouble(value.substring(begin, end < 0 ? value.length() : end));
  }

  /** What has come since an earlier reading. */
  public RedisCounts since(RedisCounts before) {
    return new RedisCounts(scripts - before.scripts, childMicros - before.childMicros);
  }
}
