package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
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
  void anAdminClientDoesNotBeginAnewAtTheBootstrapServersUnlessItIsToldTo() {
    String strategy = "metadata.recovery.strategy";

    assertThat(KafkaClients.adminProperties(Map.of("bootstrap.servers", "127.0.0.1:1")))
        .containsEntry("bootstrap.servers", "127.0.0.1:1")
        .containsEntry(strategy, "none");
    assertThat(KafkaClients.adminProperties(Map.of(strategy, "rebootstrap")))
        .containsEntry(strategy, "rebootstrap");
  }
}
