package io.doundo.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much memory processes occupy. Stateless. */
public final class ProcessMemory {

  private ProcessMemory() {}

  /** The resident set of each process, in MB, according to {@code ps}. */
  public static Map<String, Long> residentMegabytes(Map<String, ProcessHandle> processes)
      throws IOException {
    Map<String, Long> megabytes = new LinkedHashMap<>();
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      megabytes.put(process.getKey(), residentKilobytes(process.getValue().pid()) / 1024);
    }
    return megabytes;
  }

  private static long residentKilobytes(long pid) throws IOException {
    Process ps =
        new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    String output =
        new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    try {
      return Long.parseLong(output);
    } catch (NumberFormatException e) {
      throw new IOException("ps says of process " + pid + ": " + output, e);
    }
  }
}
