package io.doundo.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.History;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code doundo chaos --flows 1000 --minutes 3}, once for each seed. {@code
 * -Ddoundo.chaos.seeds=7,8,9} chooses others.
 */
@Tag("deep")
@Timeout(900)
class LongChaosIT {

  @ParameterizedTest
  @MethodSource("seeds")
  void aThousandFlowsEndAsPromised(
      long seed, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
    ChaosSettings settings = ChaosSettings.usual(1_000, Duration.ofMinutes(3), seed, 1);
    History history;
    try (RunLog log = new RunLog(directory.resolve("run.log"));
        ChaosStack stack = new ChaosStack(settings, directory)) {
      stack.start();

      ChaosRun.RunResult outcome = new ChaosRun(ChaosPlan.of(settings), stack, log).run();

      assertThat(outcome.unsettled()).as(settings.text()).isEmpty();
      assertThat(injected(outcome.injected())).as(settings.text()).isGreaterThan(10);
      history =
          new HistoryCollector(stack.bootstrapServers())
              .collect(
                  WorkersLedger.read(stack.exampleStore()),
                  outcome.windows(),
                  outcome.faultsEndedAt());
    }
    assertThat(history.ledger()).isNotEmpty();
    assertThat(HistoryCheck.of(history).violations()).as(settings.text()).isEmpty();
  }

  private static int injected(Map<Fault, Integer> faults) {
    return faults.values().stream().mapToInt(Integer::intValue).sum();
  }

  static LongStream seeds() {
    return Stream.of(System.getProperty("doundo.chaos.seeds", "4711,31").split(",", -1))
        .mapToLong(seed -> Long.parseLong(seed.strip()));
  }
}
