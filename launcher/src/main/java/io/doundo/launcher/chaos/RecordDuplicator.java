package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.TopicScanner.Isolation;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Delivers records a second time: reads the recently committed ones and sends them again byte for
 * byte, marked for the history checker.
 */
final class RecordDuplicator {

  /** On every record that was sent again. */
  static final String MARK = "chaos-repeat";

  private final String bootstrapServers;
  private final LoadGenerator load;

  RecordDuplicator(String bootstrapServers, LoadGenerator load) {
    this.bootstrapServers = bootstrapServers;
    this.load = load;
  }

  /**
   * Sends the commands of the last moments again.
   *
   * @return how many
   */
  int commands(Duration back) {
    return again(ChaosTopics::isCommands, back);
  }

  /** Sends the answers of the last moments again. */
  int answers(Duration back) {
    return again(Topics.RESPONSE::equals, back);
  }

  /** Sends the starts of the last moments again. */
  int starts(Duration back) {
    return again(Topics.EXECUTION_START::equals, back);
  }

  private int again(Predicate<String> topics, Duration back) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (TopicScanner reader = new TopicScanner(bootstrapServers, Isolation.COMMITTED)) {
      reader.readLast(topics, back, found::add);
    }
    found.removeIf(record -> record.headers().lastHeader(MARK) != null);
    for (ConsumerRecord<byte[], byte[]> record : found) {
      Headers headers = new RecordHeaders(record.headers().toArray());
      headers.add(MARK, new byte[] {'1'});
      load.send(
          new ProducerRecord<>(
              record.topic(), record.partition(), null, record.key(), record.value(), headers),
          "repeat of " + record.topic());
    }
    return found.size();
  }
}
