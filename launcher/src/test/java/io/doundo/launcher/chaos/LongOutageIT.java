package io.doundo.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.History;
import io.doundo.launcher.chaos.ChaosPlan.PlannedFault;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A long outage at full length, while flows are started all the time. The broker is away for ten
 * minutes: longer than the producers' delivery timeouts, than a session, than the {@code
 * task.timeout.ms} and the {@code max.poll.interval.ms} of Kafka Streams. The workers are away for
 * six, longer than all attempts of a DO: a longer outage would change nothing more.
 */
@Tag("deep")
@Timeout(1_800)
class LongOutageIT {

  private static final Duration OF_THE_BROKER = Duration.ofMinutes(10);
  private static final Duration OF_THE_WORKERS = Duration.ofMinutes(6);

  /** The outage begins when flows are on their way, and flows are still started when it ends. */
  private static final Duration BEFORE_AND_AFTER = Duration.ofSeconds(20);

  private static final int LEAST_IN_FLIGHT = 3;
  private static final int WORKERS = 2;

  @ParameterizedTest(name = "{0}")
  @MethodSource("outages")
  void everyFlowEndsThoughAPartIsAwayForMinutes(
      String part,
      Duration outage,
      List<PlannedFault> faults,
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
      throws Exception {
    Duration length = outage.plus(BEFORE_AND_AFTER.multipliedBy(2));
    int flows = (int) length.toSeconds();
    ChaosSettings settings =
        new ChaosSettings(flows, length, Duration.ofSeconds(9), 77, 1, 1, WORKERS);
    List<PlannedStart> starts = new FlowMix(settings).starts();
    ChaosPlan plan = new ChaosPlan(settings, starts, faults, List.of(), List.of());
    History history;
    try (RunLog log = new RunLog(directory.resolve("run.log"));
        ChaosStack stack = new ChaosStack(settings, directory)) {
      stack.start();

      ChaosRun.RunResult outcome = new ChaosRun(plan, stack, log, LEAST_IN_FLIGHT).run();

      assertThat(outcome.notInjected()).isEmpty();
      assertThat(outcome.unsettled()).as(part).isEmpty();
      history =
          new HistoryCollector(stack.bootstrapServers())
              .collect(
                  WorkersLedger.read(stack.exampleStore()),
                  outcome.windows(),
                  outcome.faultsEndedAt());
    }
    assertThat(history.starts()).hasSizeGreaterThanOrEqualTo(flows);
    assertThat(history.ledger()).isNotEmpty();
    assertThat(HistoryCheck.of(history).violations()).as(part).isEmpty();
  }

  static Stream<Arguments> outages() {
    return Stream.of(
        Arguments.of(
            "broker", OF_THE_BROKER, List.of(outageOf(Fault.KILL_BROKER, 0, OF_THE_BROKER))),
        Arguments.of(
            "workers",
            OF_THE_WORKERS,
            IntStream.range(0, WORKERS)
                .mapToObj(worker -> outageOf(Fault.KILL_WORKER, worker, OF_THE_WORKERS))
                .toList()));
  }

  private static PlannedFault outageOf(Fault fault, int target, Duration outage) {
    return new PlannedFault(BEFORE_AND_AFTER.toMillis(), fault, target, outage.toMillis());
  }
}
