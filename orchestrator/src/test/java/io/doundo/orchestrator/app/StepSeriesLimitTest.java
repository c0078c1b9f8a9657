package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class StepSeriesLimitTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  StepSeriesLimitTest() {
    meters.config().meterFilter(new StepSeriesLimit());
  }

  @Test
  void stepsBeyondTheLimitShareOneSeries() {
    for (int i = 0; i < 5_000; i++) {
      meters.counter("doundo.any", "orchestration", "order" + i, "step", "pay").increment();
    }

    assertThat(meters.find("doundo.any").counters()).hasSize(StepSeriesLimit.MOST + 1);
    assertThat(
            meters
                .get("doundo.any")
                .tags("orchestration", StepSeriesLimit.OTHER, "step", StepSeriesLimit.OTHER)
                .counter()
                .count())
        .isEqualTo(5_000 - StepSeriesLimit.MOST);
  }

  @Test
  void orchestrationsHaveALimitOfTheirOwn() {
    for (int i = 0; i < 5_000; i++) {
      meters.counter("doundo.any", "orchestration", "order" + i, "step", "pay").increment();
      meters.counter("doundo.flow", "orchestration", "order" + i).increment();
    }

    assertThat(meters.find("doundo.flow").counters()).hasSize(StepSeriesLimit.MOST + 1);
  }

  @Test
  void metersOfOthersAreLeftAlone() {
    for (int i = 0; i < 1_500; i++) {
      meters.counter("mine", "orchestration", "order" + i).increment();
    }

    assertThat(meters.find("mine").counters()).hasSize(1_500);
  }
}
