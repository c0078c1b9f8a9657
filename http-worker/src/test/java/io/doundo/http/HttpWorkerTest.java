package io.doundo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The worker cannot end unnoticed. No broker is needed: it waits for one. */
@ExtendWith(OutputCaptureExtension.class)
class HttpWorkerTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();

  private HttpWorker worker() {
    HttpWorkerProperties properties =
        new Binder(new MapConfigurationPropertySource(Map.of("doundo.http.stop-timeout", "1s")))
            .bindOrCreate("doundo.http", HttpWorkerProperties.class);
    return new HttpWorker(
        properties,
        Map.of("bootstrap.servers", "127.0.0.1:9"),
        null,
        bundle -> noContext(),
        registry);
  }

  private static SSLContext noContext() {
    throw new IllegalArgumentException("no bundle is configured");
  }

  @Test
  void itsMetersAreThoseOfTheApplication() {
    try (HttpWorker worker = worker()) {
      worker.start();

      assertThat(registry.get("doundo.http.alive").gauge().value()).isEqualTo(1);
      assertThat(registry.get("doundo.worker.lag").gauge().value()).isZero();
    }
    assertThat(registry.getMeters()).extracting(meter -> meter.getId().getName()).isEmpty();
  }

  @Test
  void itsDeathIsLogged(CapturedOutput output) {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    try (HttpWorker worker = worker()) {
      worker.start();
      assertThat(output).doesNotContain("The http worker has ended");

      Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> !before.contains(thread))
          .filter(thread -> thread.getName().startsWith("saga-commands"))
          .forEach(Thread::interrupt);

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(output).contains("The http worker has ended"));
      assertThat(worker.state().alive()).isFalse();
      assertThat(registry.get("doundo.http.alive").gauge().value()).isZero();
    }
  }
}
