package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** How the clients of a worker are configured. */
class KafkaClientsTest {

  @Test
  void aConsumerCanBeMadeForEitherGroupProtocol() {
    for (String protocol : new String[] {"classic", "consumer", "CONSUMER"}) {
      assertThatCode(
              () ->
                  KafkaClients.consumer(
                          Map.of("bootstrap.servers", "127.0.0.1:1", "group.protocol", protocol),
                          "group")
                      .close())
          .as(protocol)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aPartitionThatIsResumedDoesNotWaitForLongBehindAFetchOfIdleOnes() {
    String wait = "fetch.max.wait.ms";

    assertThat(KafkaClients.consumerProperties(Map.of(), "group")).containsEntry(wait, 50);
    assertThat(KafkaClients.consumerProperties(Map.of(wait, 500), "group"))
        .containsEntry(wait, 500);
  }

  @Test
  void anAdminClientDoesNotBeginAnewAtTheBootstrapServersUnlessItIsToldTo() {
    String strategy = "metadata.recovery.strategy";

    assertThat(KafkaClients.adminProperties(Map.of("bootstrap.servers", "127.0.0.1:1")))
        .containsEntry("bootstrap.servers", "127.0.0.1:1")
        .containsEntry(strategy, "none");
    assertThat(KafkaClients.adminProperties(Map.of(strategy, "rebootstrap")))
        .containsEntry(strategy, "rebootstrap");
  }

  /** On the calling thread, so that whoever sends knows when sending returns. */
  @Test
  void aProducerOfAnswersRefusesARecordOfATopicThatItDoesNotKnow() {
    Map<Thread, Exception> refused = new HashMap<>();
    Producer<byte[], byte[]> producer =
        KafkaClients.answers(Map.of("bootstrap.servers", "127.0.0.1:1"));
    try {
      Future<?> unused =
          producer.send(
              new ProducerRecord<>("topic", new byte[0]),
              (metadata, error) -> refused.put(Thread.currentThread(), error));

      assertThat(refused).containsOnlyKeys(Thread.currentThread());
      assertThat(refused.values()).singleElement().isInstanceOf(TimeoutException.class);
    } finally {
      producer.close(Duration.ZERO);
    }
  }
}
