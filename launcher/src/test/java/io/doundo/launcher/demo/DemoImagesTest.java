package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DemoImagesTest {

  @Test
  void theDemoInContainersRunsOnTheImagesOfTheComposeFile() throws IOException {
    assertThat(Files.readString(Path.of("../docker-compose.yml")))
        .contains(
            "image: " + DemoInContainersIT.KAFKA_IMAGE + "\n",
            "image: " + DemoInContainersIT.REDIS_IMAGE + "\n");
  }
}
