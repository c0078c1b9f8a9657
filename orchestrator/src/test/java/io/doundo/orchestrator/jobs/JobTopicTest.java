package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.NOW;
import static io.doundo.orchestrator.jobs.SampleJobs.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an instance knows of the jobs by the records that it has read, without a broker. */
class JobTopicTest {

  private final ReadConsumers consumers = new ReadConsumers("localhost:1", Map.of());
  private final ReaderPool readers = new ReaderPool(consumers, "test");
  private final JobTopic topic =
      new JobTopic(
          consumers,
          readers,
          () -> {
            throw new IllegalStateException("nothing is written here");
          },
          new SeenMarks());
  private final Job draft = draft(3);
  private long offset;

  @AfterEach
  void close() {
    readers.close();
  }

  private void read(String key, byte @Nullable [] value) {
    topic.take(
        new ConsumerRecord<>(
            Topics.JOBS,
            0,
            offset++,
            NOW,
            TimestampType.LOG_APPEND_TIME,
            -1,
            -1,
            key.getBytes(StandardCharsets.UTF_8),
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aDraftThatNobodyStartsIsRemoved() {
    read("j-1", JobCodec.definition(draft.definition()));

    assertThat(topic.abandonedKeys(NOW)).as("it is young").isEmpty();
    assertThat(topic.abandonedKeys(NOW + 1)).containsExactly("j-1");
  }

  @Test
  void aJobThatANewerReleaseHasStartedIsNeitherRemovedNorTakenUp() {
    read("j-1", JobCodec.definition(draft.definition()));
    read("j-1/order", text("{\"wish\":\"RUN_AT_NIGHT\"}"));

    assertThat(topic.abandonedKeys(NOW + 1)).isEmpty();
    assertThat(topic.isReadable("j-1")).isFalse();

    read("j-1/progress", JobCodec.progress(JobProgress.NONE));
    assertThat(topic.isReadable("j-1")).as("the order still cannot be read").isFalse();

    read("j-1/order", JobCodec.order(draft.start("kim", -1, NOW)));
    assertThat(topic.isReadable("j-1")).isTrue();
    assertThat(topic.known()).singleElement().matches(job -> job.state() == JobState.RUNNING);
  }

  @Test
  void oneOfWhichOnlyTheDefinitionCannotBeReadIsKeptToo() {
    read("j-1", text("{\"jobId\":\"j-1\",\"verb\":\"RENAME\"}"));

    assertThat(topic.known()).isEmpty();
    assertThat(topic.abandonedKeys(NOW + 1)).isEmpty();
  }

  @Test
  void whoAskedLastIsKnownWithTheReason() {
    read("j-1", JobCodec.definition(draft.definition()));
    JobOrder started = draft.start("kim", -1, NOW);
    read("j-1/order", JobCodec.order(started));
    Job running = topic.known().get(0);
    read("j-1/order", JobCodec.order(running.pause("ann", NOW + 5, "it is down again")));

    Job paused = topic.known().get(0);
    assertThat(paused.state()).isEqualTo(JobState.PAUSED);
    assertThat(paused.order())
        .isEqualTo(started.with(JobOrder.Wish.PAUSE, "ann", NOW + 5, "it is down again", 3));
  }
}
