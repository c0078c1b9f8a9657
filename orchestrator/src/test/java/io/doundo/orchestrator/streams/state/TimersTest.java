package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.state.Timers.Timer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
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
  void aCrowdedMillisecondIsReadOnce() {
    int[] read = new int[1];
    Timers counting = new Timers(countingReads(read));
    for (int i = 0; i < 5_000; i++) {
      counting.set(new Timer(NOW, "flow-" + i));
    }
    for (int tick = 0; tick < 5; tick++) {
      List<Timer> due = counting.due(NOW + tick * 100L, 1_000);
      assertThat(due).hasSize(1_000);
      due.forEach(counting::clear);
    }
    assertThat(counting.due(NOW + 500, 1_000)).isEmpty();
    assertThat(read[0]).as("timers taken from the store").isEqualTo(5_000);
  }

  @Test
  void aStoreThatAnswersSlowlyKeepsNoTimerFromFiring() {
    long[] nanos = {17};
    Timers slow = new Timers(atEachRead(range -> nanos[0] += Duration.ofMinutes(1).toNanos()));
    for (int i = 0; i < 10; i++) {
      slow.set(new Timer(NOW + i, "flow-" + i));
    }

    List<Timer> fired = new ArrayList<>();
    slow.fire(NOW + 100, 8, 50, () -> nanos[0], fired::add);
    assertThat(fired).as("finding them takes no time of theirs").hasSize(8);
    assertThat(nanos[0]).isGreaterThan(Duration.ofMinutes(1).toNanos());
  }

  @Test
  void firingEndsWhenItsTimeIsUsedUpAndBeginsWithTheEarliestAgain() {
    long[] nanos = {17};
    for (int i = 0; i < 10; i++) {
      timers.set(new Timer(NOW + i, "flow-" + i));
    }

    List<String> fired = new ArrayList<>();
    for (int tick = 0; tick < 3; tick++) {
      timers.fire(
          NOW + 100,
          1_000,
          50,
          () -> nanos[0],
          timer -> {
            fired.add(timer.flowId());
            timers.clear(timer);
            nanos[0] += 20;
          });
    }
    assertThat(fired)
        .containsExactly(
            "flow-0", "flow-1", "flow-2", "flow-3", "flow-4", "flow-5", "flow-6", "flow-7",
            "flow-8");
  }

  @Test
  void aTimerThatTakesLongerThanAllMayStillFires() {
    long[] nanos = {17};
    timers.set(new Timer(NOW, "slow"));
    timers.set(new Timer(NOW, "slower"));

    List<String> fired = new ArrayList<>();
    timers.fire(NOW, 1_000, 0, () -> nanos[0]++, timer -> fired.add(timer.flowId()));
    assertThat(fired).containsExactly("slow");
  }

  private KeyValueStore<byte[], byte[]> countingReads(int[] read) {
    return atEachRead(range -> range.forEachRemaining(timer -> read[0]++));
  }

  /** The store, which hands over what is read before it is. */
  @SuppressWarnings("unchecked")
  private KeyValueStore<byte[], byte[]> atEachRead(
      Consumer<KeyValueIterator<byte[], byte[]>> reader) {
    return (KeyValueStore<byte[], byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KeyValueStore.class},
            (proxy, method, args) -> {
              if (method.getName().equals("range")) {
                try (KeyValueIterator<byte[], byte[]> range =
                    store.range((byte[]) args[0], (byte[]) args[1])) {
                  reader.accept(range);
                }
              }
              return method.invoke(store, args);
            });
  }

  @Test
  void timersThatAreSetAsideKeepNoOtherFromItsTurn() {
    for (int i = 0; i < 20; i++) {
      timers.set(new Timer(NOW, "broken-" + i));
    }
    timers.set(new Timer(NOW + 1, "sound"));
    for (int round = 0; round < 2; round++) {
      timers.due(NOW + 10, 10).forEach(timer -> timers.setAside(timer, NOW + 1_000));
    }
    assertThat(timers.setAside()).isEqualTo(20);
    assertThat(timers.due(NOW + 10, 10)).containsExactly(new Timer(NOW + 1, "sound"));
    timers.takeBack(NOW + 999);
    assertThat(timers.due(NOW + 999, 100)).hasSize(1);
    timers.takeBack(NOW + 1_000);
    assertThat(timers.due(NOW + 1_000, 100)).hasSize(21);
    assertThat(timers.setAside()).isZero();
  }

  @Test
  void aTimerClearedWhileItIsSetAsideIsGone() {
    Timer timer = new Timer(NOW, "a");
    timers.set(timer);
    timers.due(NOW, 10);
    timers.setAside(timer, NOW + 1);
    timers.clear(timer);
    timers.takeBack(NOW + 1);
    assertThat(timers.due(NOW + 1, 10)).isEmpty();
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
