package io.doundo.orchestrator.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.Timers.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimersTest {

  private static final long NOW = 1_790_000_000_000L;

  private final KeyValueStore<byte[], byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("timers"), Serdes.ByteArray(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  private final Timers timers = new Timers(store);

  @BeforeEach
  void open() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>(new Properties());
    store.init(context.getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void dueTimersComeInTheOrderOfTheirTimes() {
    timers.set(new Timer(NOW + 2, "b"));
    timers.set(new Timer(NOW + 1, "zzz"));
    timers.set(new Timer(NOW + 2, "a"));
    timers.set(new Timer(NOW + 3, "later"));
    assertThat(timers.due(NOW + 2, 10))
        .containsExactly(
            new Timer(NOW + 1, "zzz"), new Timer(NOW + 2, "a"), new Timer(NOW + 2, "b"));
  }

  @Test
  void aTimerIsDueAtItsVeryMillisecond() {
    timers.set(new Timer(NOW, "a"));
    assertThat(timers.due(NOW - 1, 10)).isEmpty();
    assertThat(timers.due(NOW, 10)).hasSize(1);
  }

  @Test
  void aClearedTimerIsGone() {
    timers.set(new Timer(NOW, "a"));
    timers.clear(new Timer(NOW, "a"));
    assertThat(timers.due(NOW, 10)).isEmpty();
  }

  @Test
  void whatIsLeftOverComesNextTime() {
    for (int i = 0; i < 25; i++) {
      timers.set(new Timer(NOW + i * 700L, "flow-" + i));
    }
    List<String> fired = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      List<Timer> due = timers.due(NOW + 100_000, 10);
      assertThat(due).hasSizeLessThanOrEqualTo(10);
      due.forEach(timer -> fired.add(timer.flowId()));
      due.forEach(timers::clear);
    }
    assertThat(fired).hasSize(25).doesNotHaveDuplicates().startsWith("flow-0").endsWith("flow-24");
  }

  @Test
  void aTimerThatIsNotClearedComesAgain() {
    timers.set(new Timer(NOW, "a"));
    assertThat(timers.due(NOW + 5_000, 10)).hasSize(1);
    assertThat(timers.due(NOW + 10_000, 10)).hasSize(1);
  }

  @Test
  void aTimerSetInThePastIsFoundAfterLaterOnesHaveFired() {
    timers.set(new Timer(NOW, "first"));
    timers.due(NOW + 60_000, 10).forEach(timers::clear);
    assertThat(timers.due(NOW + 60_000, 10)).isEmpty();
    timers.set(new Timer(NOW - 60_000, "late"));
    assertThat(timers.due(NOW + 60_000, 10)).containsExactly(new Timer(NOW - 60_000, "late"));
  }
}
