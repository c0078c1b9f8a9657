package io.doundo.orchestrator.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class AwaitedOutcomesTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final AwaitedOutcomes<String> awaited = new AwaitedOutcomes<>();

  @Test
  void oneWhoGivesUpTakesTheOutcomeFromNobodyElse() {
    CompletableFuture<String> patient = awaited.next("a", LONG, () -> null);
    CompletableFuture<String> impatient = awaited.next("a", Duration.ofMillis(1), () -> null);

    assertThat(impatient)
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
    awaited.came("a", "done");

    assertThat(patient).isCompletedWithValue("done");
  }

  @Test
  void everyoneWhoWaitsForItGetsTheOutcome() {
    CompletableFuture<String> first = awaited.next("a", LONG, () -> null);
    CompletableFuture<String> second = awaited.next("a", LONG, () -> null);
    CompletableFuture<String> other = awaited.next("b", LONG, () -> null);

    awaited.came("a", "done");

    assertThat(first).isCompletedWithValue("done");
    assertThat(second).isCompletedWithValue("done");
    assertThat(other).isNotDone();
  }

  @Test
  void anOutcomeThatComesWhileTheWaitBeginsIsNotMissed() {
    CompletableFuture<String> waiting =
        awaited.next(
            "a",
            LONG,
            () -> {
              awaited.came("a", "came meanwhile");
              return null;
            });

    assertThat(waiting).isCompletedWithValue("came meanwhile");
  }

  @Test
  void nothingIsKeptOfAWaitThatIsOver() {
    CompletableFuture<String> known = awaited.next("a", LONG, () -> "known");
    CompletableFuture<String> late = awaited.next("b", Duration.ofMillis(1), () -> null);
    CompletableFuture<String> told = awaited.next("c", LONG, () -> null);
    awaited.came("c", "done");

    assertThat(known).isCompletedWithValue("known");
    assertThat(told).isCompletedWithValue("done");
    assertThat(late).failsWithin(10, TimeUnit.SECONDS);
    assertThat(awaited)
        .extracting("waiting", InstanceOfAssertFactories.MAP)
        .as("waits that are over")
        .isEmpty();
  }
}
