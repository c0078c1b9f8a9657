package io.doundo.worker.delivery;

import io.doundo.protocol.DeadLetter;
import io.doundo.protocol.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The record of a dead letter, cut to a size: the value is kept before the source's headers and its
 * key, and what cannot be kept is left out.
 */
final class DeadLetterRecord {

  /** Room for the headers that say why and whence; the longest is the reason. */
  private static final int HEADER_ROOM = 24 * 1024;

  /** A longer key is left out, so that the value can be kept. */
  private static final int LONGEST_KEY = 16 * 1024;

  private static final int HEADER_OVERHEAD = 10;

  private DeadLetterRecord() {}

  /**
   * Makes the record.
   *
   * @param maxBytes the largest record, key and headers included
   */
  static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> source, String reason, int maxBytes) {
    int longestKey = Math.min(LONGEST_KEY, maxBytes / 8);
    int maxValue = Math.max(0, maxBytes - HEADER_ROOM - longestKey);
    DeadLetter letter =
        DeadLetter.of(
            source.value(),
            new DeadLetter.Source(
                source.topic(), source.partition(), source.offset(), source.timestamp()),
            reason,
            maxValue);
    byte[] key = source.key();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.DEAD_LETTER,
            key == null || key.length > longestKey ? null : key,
            letter.value());
    if (letter.value().length + size(source.headers()) <= maxValue) {
      source.headers().forEach(header -> record.headers().add(header));
    }
    letter.headers().forEach((name, value) -> record.headers().add(name, value));
    return record;
  }

  private static int size(Headers headers) {
    int size = 0;
    for (Header header : headers) {
      byte[] value = header.value();
      size += HEADER_OVERHEAD + 3 * header.key().length() + (value == null ? 0 : value.length);
    }
    return size;
  }
}
