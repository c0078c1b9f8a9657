package io.doundo.orchestrator.streams.task.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.state.HeldStep;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one task lets through of a breaker that is closed again, wave by wave. */
class TaskBreakersTest {

  private final KeyValueStore<String, byte[]> flows = store("flows");
  private final KeyValueStore<String, byte[]> shared = store("breakers");
  private long now = 1_790_000_000_000L;

  @BeforeEach
  void open() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>(new Properties());
    flows.init(context.getStateStoreContext(), flows);
    shared.init(context.getStateStoreContext(), shared);
  }

  @AfterEach
  void close() {
    flows.close();
    shared.close();
  }

  private static KeyValueStore<String, byte[]> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withLoggingDisabled()
        .build();
  }

  private TaskBreakers task() {
    return new TaskBreakers(flows, new SharedBreakers(shared), 0, () -> now, (name, held) -> {});
  }

  private static HeldStep step(int flow) {
    return new HeldStep("bank", "flow-" + flow, "charge");
  }

  private List<HeldStep> letThrough(TaskBreakers task, long watermark) {
    List<HeldStep> due = task.due(watermark, 100);
    due.forEach(task::unhold);
    return due;
  }

  private TaskBreakers holding(int count) {
    TaskBreakers task = task();
    for (int i = 0; i < count; i++) {
      task.hold(step(i), false);
    }
    return task;
  }

  @Test
  void aWaveFollowsEachSecondAndIsTwiceAsLarge() {
    TaskBreakers task = holding(10);
    assertThat(letThrough(task, now)).containsExactly(step(0), step(1), step(2));
    now += 999;
    assertThat(letThrough(task, now)).isEmpty();
    now += 1;
    assertThat(letThrough(task, now)).hasSize(6);
  }

  @Test
  void aClockThatIsSetBackDoesNotStallTheWaves() {
    TaskBreakers task = holding(10);
    assertThat(letThrough(task, now)).hasSize(3);
    now -= Duration.ofHours(1).toMillis();

    assertThat(letThrough(task, now)).hasSize(6);
  }

  @Test
  void aClockThatIsSetBackDoesNotStallAWaveThatWaitsForAnswers() {
    TaskBreakers task = holding(10);
    assertThat(letThrough(task, now - 1)).isEmpty();
    now -= Duration.ofHours(1).toMillis();

    assertThat(letThrough(task, now)).hasSize(3);
  }

  @Test
  void aWaveWaitsUntilEverythingIsReadThatWasThereWhenItBegan() {
    TaskBreakers task = holding(10);
    long began = now;
    assertThat(letThrough(task, began - 2_000)).isEmpty();
    now += 3_000;
    assertThat(letThrough(task, began - 1)).isEmpty();
    assertThat(letThrough(task, began)).hasSize(3);
  }

  @Test
  void anotherStepTakesTheShareOfOneThatHasSentNothing() {
    TaskBreakers task = holding(4);
    List<HeldStep> first = letThrough(task, now);
    task.passOver(first.get(0));

    assertThat(letThrough(task, now)).containsExactly(step(3));
  }

  @Test
  void whatIsHeldIsFoundAgainByTheNextTaskOldestFirst() {
    TaskBreakers task = task();
    task.hold(step(2), false);
    now += 1;
    task.hold(step(1), false);
    now += 1;
    task.hold(step(0), true);

    assertThat(letThrough(task(), now)).containsExactly(step(2), step(1), step(0));
  }
}
