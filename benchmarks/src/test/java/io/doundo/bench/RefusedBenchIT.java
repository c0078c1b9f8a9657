package io.doundo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.ExitCodes;
import org.junit.jupiter.api.Test;

/** What the harness must refuse to report or to measure. */
class RefusedBenchIT extends SmallBench {

  @Test
  void aBaselineNeedsAComparison() {
    assertThat(bench("--baseline", "sequential")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--baseline names one scenario that A runs");
  }

  @Test
  void onlySdkWorkersHaveSettings() {
    assertThat(bench("--worker=--doundo.worker.max-pending=5", "--mode=engine,full"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("are settings of SDK workers: --mode full");
  }

  @Test
  void aBaselineOfWorkersNeedsAComparison() {
    assertThat(bench("--baseline-worker=--doundo.worker.max-pending=5", "--mode=full"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--baseline-worker belong to --compare");
  }

  @Test
  void onlyThroughputIsCompared() {
    assertThat(bench("--compare", "current", "current", "--scenario=recovery"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--compare measures throughput only");
  }

  @Test
  void refusesToReportARunThatHasLostAFlow() {
    int exitCode = bench("--mode=engine", "--flows=200", "--lose=7", "--patience=3");

    assertThat(exitCode).isEqualTo(ExitCodes.REFUSED);
    assertThat(err.toString()).contains("1 of 50 flows were lost");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refusesToMeasureBesideASlowLimit() {
    int exitCode = bench("--mode=engine", "--flows=200", "--least-limit=100000000");

    assertThat(exitCode).isEqualTo(ExitCodes.REFUSED);
    assertThat(err.toString()).contains("the limit is too slow");
    assertThat(out.toString()).isEmpty();
  }
}
