package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.RecordHeaders;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** A dead letter keeps as much as fits, the value first. */
class DeadLetterRecordTest {

  private static final int MAX = 1_000_000;

  private final Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();

  private ConsumerRecord<byte[], byte[]> source(int key, int value) {
    return new ConsumerRecord<>(
        "orchestrator.order.pay.do",
        3,
        17,
        0,
        TimestampType.LOG_APPEND_TIME,
        key,
        value,
        new byte[key],
        new byte[value],
        headers,
        Optional.empty());
  }

  private static int size(ProducerRecord<byte[], byte[]> record) {
    int size = record.value().length + (record.key() == null ? 0 : record.key().length);
    for (Header header : record.headers()) {
      size += 10 + 3 * header.key().length() + header.value().length;
    }
    return size;
  }

  @Test
  void theHeadersOfTheSourceAreKeptWithItsKeyAndValue() {
    headers.add("tenant", "acme".getBytes(UTF_8));

    ProducerRecord<byte[], byte[]> letter = DeadLetterRecord.of(source(7, 9), "why", MAX);

    assertThat(letter.key()).hasSize(7);
    assertThat(letter.value()).hasSize(9);
    assertThat(letter.headers().lastHeader("tenant").value()).isEqualTo("acme".getBytes(UTF_8));
    assertThat(letter.headers().lastHeader(RecordHeaders.DEAD_LETTER_REASON).value())
        .isEqualTo("why".getBytes(UTF_8));
    assertThat(letter.headers().lastHeader(RecordHeaders.DEAD_LETTER_OFFSET).value())
        .isEqualTo("17".getBytes(UTF_8));
  }

  @Test
  void aLargeValueUnderALargeKeyIsCutToFit() {
    headers.add("large", new byte[200_000]);

    ProducerRecord<byte[], byte[]> letter =
        DeadLetterRecord.of(source(57_000, 990_000), "x".repeat(10_000), MAX);

    assertThat(size(letter)).isLessThan(MAX);
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).hasSizeGreaterThan(950_000);
    assertThat(letter.headers().lastHeader("large")).isNull();
    assertThat(letter.headers().lastHeader(RecordHeaders.DEAD_LETTER_LENGTH).value())
        .isEqualTo("990000".getBytes(UTF_8));
  }

  @Test
  void aBrokerWithSmallLimitsGetsSmallRecords() {
    ProducerRecord<byte[], byte[]> letter =
        DeadLetterRecord.of(source(100, 990_000), "why", 50_000);

    assertThat(size(letter)).isLessThan(50_000);
    assertThat(letter.key()).hasSize(100);
  }
}
