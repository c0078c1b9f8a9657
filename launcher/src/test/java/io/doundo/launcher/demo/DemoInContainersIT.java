package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.process.Ports;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The same flows on Apache's Kafka image and a Redis image, as in an installation. Skipped where
 * Docker is missing.
 */
@Testcontainers(disabledWithoutDocker = true)
@Timeout(400)
class DemoInContainersIT extends DemoWalk {

  static final String KAFKA_IMAGE = "apache/kafka:4.3.1";
  static final String REDIS_IMAGE = "redis:7.4-alpine";

  private static final int REDIS_PORT = 6379;

  @Container
  private static final KafkaContainer KAFKA =
      new KafkaContainer(KAFKA_IMAGE)
          .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
          .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");

  @Container
  private static final GenericContainer<?> REDIS =
      new GenericContainer<>(REDIS_IMAGE)
          .withExposedPorts(REDIS_PORT)
          .withCommand("redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction");

  private int httpPort;

  @BeforeEach
  void choosePort() throws IOException {
    httpPort = Ports.free(1).get(0);
  }

  @Override
  DemoPorts ports() {
    String bootstrapServers = KAFKA.getBootstrapServers();
    int kafkaPort =
        Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
    return new DemoPorts(kafkaPort, REDIS.getMappedPort(REDIS_PORT), httpPort);
  }

  @Test
  void sixFlowsAreAsPromised() throws Exception {
    assertThat(read(assertThatSixFlowsAreAsPromised()))
        .contains(
            "Kafka broker    already running on port " + ports().kafka(),
            "Redis           already running on port " + ports().redis());
  }
}
