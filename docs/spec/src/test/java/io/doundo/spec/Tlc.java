package io.doundo.spec;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tlc2.TLC;

/** Runs TLC in its own JVM, because TLC keeps its state in statics and exits the process. */
final class Tlc {

  private static final Path WORK = Path.of("target", "tlc").toAbsolutePath();
  private static final long MINUTES = 30;

  private Tlc() {}

  /**
   * @param module file of the root module
   * @param config file of its configuration
   */
  static ModelCheckResult check(Path module, Path config)
      throws IOException, InterruptedException, URISyntaxException {
    String name = config.getFileName().toString().replace(".cfg", "");
    Path scratch = Files.createTempDirectory(Files.createDirectories(WORK), name);
    Path output = WORK.resolve(name + ".out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseParallelGC", "-Djava.io.tmpdir=" + scratch));
    command.add("-DTLA-Library=" + Path.of("").toAbsolutePath());
    command.addAll(List.of("-cp", jar().toString(), TLC.class.getName()));
    command.addAll(
        List.of("-workers", "2", "-lncheck", "final", "-cleanup", "-metadir", scratch.toString()));
    command.addAll(List.of("-config", config.toAbsolutePath().toString()));
    command.add(module.toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(command)
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException(name + " takes too long; see " + output);
      }
      return new ModelCheckResult(
          process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      process.destroyForcibly().waitFor();
      remove(scratch);
    }
  }

  /** Deletes the states, which TLC keeps after a liveness violation whatever its options say. */
  private static void remove(Path scratch) throws IOException {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path jar() throws URISyntaxException {
    return Path.of(TLC.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
