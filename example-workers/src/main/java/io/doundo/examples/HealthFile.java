package io.doundo.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * A file that exists while the workers serve, for a container's health check: a process without a
 * web server can answer no other question. It is removed for good when the worker's thread has
 * died.
 */
@Component
@ConditionalOnProperty("doundo.examples.health-file")
class HealthFile {

  private final Path file;
  private boolean broken;

  HealthFile(ExamplesProperties properties) {
    this.file = properties.requiredHealthFile();
    // One that an earlier process left behind says nothing about this one.
    remove();
  }

  @EventListener
  synchronized void onChange(AvailabilityChangeEvent<?> event) {
    broken |= event.getState() == LivenessState.BROKEN;
    if (broken || event.getState() == ReadinessState.REFUSING_TRAFFIC) {
      remove();
    } else if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
      write();
    }
  }

  private void write() {
    try {
      Files.writeString(file, "");
    } catch (IOException e) {
      throw new UncheckedIOException("doundo.examples.health-file cannot be written: " + file, e);
    }
  }

  private void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("doundo.examples.health-file cannot be removed: " + file, e);
    }
  }
}
