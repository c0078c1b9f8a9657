package io.doundo.bench;

import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.measure.FreshnessTrial;
import io.doundo.bench.measure.SearchTrial;
import io.doundo.bench.measure.WaitTrial;
import io.doundo.bench.stack.BenchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of measurements that are made instead of the usual ones, without a limit. */
final class SingleTrials {

  @Option(
      names = "--search",
      paramLabel = "N",
      description =
          "Measure the search over this many flows instead, in this process and without a broker.")
  private @Nullable Integer searchedFlows;

  @Option(
      names = "--search-writes",
      paramLabel = "FLOWS/S",
      description =
          "With --search: the flows that start and end each second meanwhile (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "2000")
  private int searchWrites;

  @Option(
      names = "--freshness",
      paramLabel = "SECONDS",
      description =
          "Measure for so long instead how soon a flow that is committed is in the lists, while"
              + " others run.")
  private @Nullable Integer freshnessSeconds;

  @Option(
      names = "--freshness-rate",
      paramLabel = "FLOWS/S",
      description = "With --freshness: the rate of the other flows (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private double freshnessRate;

  @Option(
      names = "--waits",
      paramLabel = "SECONDS",
      description =
          "Measure for so long instead how long execute?wait takes, and what it waits for.")
  private @Nullable Integer waitsSeconds;

  @Option(
      names = "--waits-rate",
      paramLabel = "FLOWS/S",
      description = "With --waits: the rate of the requests (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private double waitsRate;

  /** Why the options cannot be used; empty when they can. */
  Optional<String> problem() {
    boolean possible =
        (searchedFlows == null || searchedFlows >= 1)
            && searchWrites >= 0
            && (freshnessSeconds == null || freshnessSeconds >= 1)
            && freshnessRate > 0
            && (waitsSeconds == null || waitsSeconds >= 1)
            && waitsRate > 0;
    return possible
        ? Optional.empty()
        : Optional.of(
            "--search, --freshness and --waits, and the rates of the latter two, must be positive,"
                + " --search-writes at least 0.");
  }

  /** Runs the measurement that was requested; whether there was one. */
  boolean run(BenchSettings settings, Path directory, Consumer<String> out)
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    if (searchedFlows != null) {
      new SearchTrial(searchedFlows, searchWrites, directory, out).run();
    } else if (freshnessSeconds != null) {
      new FreshnessTrial(settings, directory, freshnessSeconds, freshnessRate, out).run();
    } else if (waitsSeconds != null) {
      new WaitTrial(settings, directory, waitsSeconds, waitsRate, out).run();
    } else {
      return false;
    }
    return true;
  }
}
