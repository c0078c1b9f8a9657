package io.doundo.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command with as little as possible to measure, in a directory of its own. */
abstract class SmallBench {

  @TempDir Path directory;

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  final int bench(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--repeat=1",
                "--warm-up=0",
                "--in-flight=100",
                "--data=" + directory.resolve("data"),
                "--results=" + directory.resolve("results")));
    all.addAll(List.of(arguments));
    return BenchCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }
}
