package io.doundo.worker.testkit.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.testcontainers.kafka.KafkaContainer;

/** Checks of the container configuration that need no Docker. */
class DoUndoContainersTest {

  @Test
  void workersAndSpringKafkaAreLedToTheContainers() {
    try (KafkaContainer kafka =
            new KafkaContainer(DoUndoContainers.KAFKA_IMAGE) {
              @Override
              public String getBootstrapServers() {
                return "docker:1234";
              }
            };
        RedisContainer redis = new StartedRedis()) {
      Map<String, Object> settings = new TreeMap<>();

      new DoUndoContainers()
          .doundoAddresses(kafka, redis)
          .accept((name, value) -> settings.put(name, value.get()));

      assertThat(settings)
          .containsExactly(
              Map.entry("doundo.worker.bootstrap-servers", "docker:1234"),
              Map.entry("doundo.worker.redis", "redis://docker:5678"),
              Map.entry("spring.kafka.bootstrap-servers", "docker:1234"));
    }
  }

  @Test
  void theImagesAreThoseOfTheComposeFile() throws IOException {
    assertThat(Files.readString(Path.of("../docker-compose.yml")))
        .contains(
            "image: " + DoUndoContainers.KAFKA_IMAGE + "\n",
            "image: " + RedisContainer.IMAGE + "\n");
  }
}
