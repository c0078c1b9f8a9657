package io.doundo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;

class HealthFileTest {

  @TempDir Path directory;

  @Test
  void itExistsWhileTheWorkersServe() throws IOException {
    Path file = Files.writeString(directory.resolve("healthy"), "of an earlier process");
    HealthFile health = health(file);
    assertThat(file).doesNotExist();

    tell(health, LivenessState.CORRECT);
    assertThat(file).doesNotExist();
    tell(health, ReadinessState.ACCEPTING_TRAFFIC);
    assertThat(file).exists();
    tell(health, ReadinessState.REFUSING_TRAFFIC);
    assertThat(file).doesNotExist();
  }

  @Test
  void aWorkerWhoseThreadHasDiedIsNotHealthyAgain() {
    Path file = directory.resolve("healthy");
    HealthFile health = health(file);
    tell(health, ReadinessState.ACCEPTING_TRAFFIC);

    tell(health, LivenessState.BROKEN);
    assertThat(file).doesNotExist();
    tell(health, ReadinessState.ACCEPTING_TRAFFIC);
    assertThat(file).doesNotExist();
  }

  private static HealthFile health(Path file) {
    return new HealthFile(
        new ExamplesProperties(List.of(), Path.of("unused"), "test", false, file));
  }

  private static void tell(HealthFile health, AvailabilityState state) {
    health.onChange(new AvailabilityChangeEvent<>("test", state));
  }
}
