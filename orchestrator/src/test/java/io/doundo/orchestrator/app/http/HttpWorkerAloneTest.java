package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.http.HttpWorkerApplication;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The http worker alone has the orchestrator on its class path, and is not one. */
class HttpWorkerAloneTest {

  @Test
  void itStartsWithItsOwnDefaults() {
    try (ConfigurableApplicationContext worker =
        HttpWorkerApplication.start("--doundo.http.bootstrap-servers=localhost:1")) {
      assertThat(worker.isRunning()).isTrue();
      assertThat(worker.getEnvironment().getProperty("spring.application.name"))
          .isEqualTo("doundo-http");
      assertThat(worker.getEnvironment().getProperty("server.port")).isNull();
    }
  }
}
