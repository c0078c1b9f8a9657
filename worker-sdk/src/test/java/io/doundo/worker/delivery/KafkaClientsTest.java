package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every group protocol of Kafka can be configured. */
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
}
