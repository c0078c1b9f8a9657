package io.doundo.orchestrator.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How old a list says that it is, by what its reader has read. */
class TopicProgressTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name()) {
        @Override
        public synchronized OptionalLong currentLag(TopicPartition partition) {
          return lag;
        }
      };
  private final TopicProgress progress = new TopicProgress("jobs");
  private OptionalLong lag = OptionalLong.empty();

  @BeforeEach
  void assign() {
    consumer.assign(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.addRecord(new ConsumerRecord<>("t", 0, 0, null, "a".getBytes(StandardCharsets.UTF_8)));
    progress.begin(consumer);
  }

  @AfterEach
  void close() {
    consumer.close();
  }

  private void poll(long begun) {
    consumer.poll(Duration.ZERO);
    progress.polled(consumer, begun);
  }

  @Test
  void whatIsStillBeingReadIsNotComplete() {
    TopicProgress.ListAge age = progress.age(false, NOW);

    assertThat(age.complete()).isFalse();
    assertThat(age.note())
        .isEqualTo("The jobs are still being read after the start; some may be missing.");
  }

  @Test
  void aListIsAsOldAsTheLastPollThatLeftNothingUnread() {
    lag = OptionalLong.of(0);
    poll(NOW);
    lag = OptionalLong.of(7);
    poll(NOW + 3_000);

    TopicProgress.ListAge age = progress.age(true, NOW + 4_000);
    assertThat(age.asOf()).isEqualTo(Instant.ofEpochMilli(NOW));
    assertThat(age.lagMs()).isEqualTo(4_000);
    assertThat(age.complete()).isTrue();

    TopicProgress.ListAge old = progress.age(true, NOW + 61_000);
    assertThat(old.complete()).isFalse();
    assertThat(old.note()).contains("61 s behind");

    lag = OptionalLong.of(0);
    poll(NOW + 62_000);
    assertThat(progress.age(true, NOW + 62_000).complete()).isTrue();
  }

  @Test
  void anAnswerForOneIsAsOldAsTheList() {
    lag = OptionalLong.of(0);
    poll(NOW);

    assertThat(progress.age(true, NOW + 4_000).ofOne())
        .isEqualTo(new TopicProgress.EntryAge(Instant.ofEpochMilli(NOW), 4_000, true));
    assertThat(progress.age(true, NOW + 61_000).ofOne().complete()).isFalse();
    assertThat(progress.age(false, NOW).ofOne().complete()).isFalse();
  }

  @Test
  void aLagThatIsNotKnownYetProvesNothing() {
    poll(NOW);

    assertThat(progress.age(true, NOW + 90_000).lagMs()).as("nothing was noted").isZero();
  }
}
