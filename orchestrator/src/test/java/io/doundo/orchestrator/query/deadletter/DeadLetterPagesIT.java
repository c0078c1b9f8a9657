package io.doundo.orchestrator.query.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReaderPool;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * More than half a gigabyte of dead letters, read by a JVM with a small fraction of that memory.
 */
@Tag("deep")
@Timeout(300)
class DeadLetterPagesIT {

  private static final int LETTERS = 600;
  private static final int LETTER_BYTES = 950_000;
  private static final int PARTITIONS = 3;

  /** A Kafka client and the reader's classes use half of it. */
  private static final String HEAP = "-Xmx64m";

  @Test
  void manyLargeDeadLettersArePagedInConstantMemory() throws Exception {
    try (TestBroker broker = new TestBroker()) {
      broker.create(new NewTopic(Topics.DEAD_LETTER, PARTITIONS, (short) 1));
      fill(broker.bootstrap());

      Process pages =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  HEAP,
                  "-XX:+ExitOnOutOfMemoryError",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Pages.class.getName(),
                  broker.bootstrap())
              .redirectErrorStream(true)
              .start();
      String output = new String(pages.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(pages.waitFor(1, TimeUnit.MINUTES)).isTrue();

      assertThat(pages.exitValue()).as(output).isZero();
      assertThat(output).contains(Pages.total(LETTERS, LETTERS));
    }
  }

  private static void fill(String bootstrap) throws Exception {
    byte[] value = new byte[LETTER_BYTES];
    Arrays.fill(value, (byte) 'x');
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sends = new ArrayList<>();
      for (int i = 0; i < LETTERS; i++) {
        sends.add(
            producer.send(new ProducerRecord<>(Topics.DEAD_LETTER, i % PARTITIONS, null, value)));
      }
      for (Future<RecordMetadata> send : sends) {
        send.get();
      }
    }
  }

  /** Reads page after page, first of the default size and then of the largest. */
  static final class Pages {

    private static final int DEFAULT_LIMIT = 50;

    private Pages() {}

    public static void main(String[] arguments) {
      try (ReaderPool pool =
          new ReaderPool(new ReadConsumers(arguments[0], Map.of()), "dead-letter-pages")) {
        DeadLetterReader reader = new DeadLetterReader(pool, new SeenMarks());
        System.out.println(
            total(count(reader, DEFAULT_LIMIT), count(reader, DeadLetterReader.MAX_LIMIT)));
      }
    }

    static String total(int byDefault, int largest) {
      return "in pages of the default size: %d, in the largest: %d".formatted(byDefault, largest);
    }

    private static int count(DeadLetterReader reader, int limit) {
      int count = 0;
      DeadLetterCursor cursor = null;
      do {
        DeadLetterPage page = reader.page(DeadLetterFilter.ALL, limit, cursor);
        if (!page.complete()) {
          throw new IllegalStateException("a page could not be read in time");
        }
        count += page.deadLetters().size();
        String next = page.nextCursor();
        cursor = next == null ? null : DeadLetterCursor.decode(next).orElseThrow();
      } while (cursor != null);
      return count;
    }
  }
}
