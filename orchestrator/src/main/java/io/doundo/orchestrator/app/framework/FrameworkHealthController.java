package io.doundo.orchestrator.app.framework;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Health under the framework's paths; what it means is said by the health of the server. */
@RestController
@Tag(name = "Framework")
class FrameworkHealthController {

  private static final String SERVICE = "doundo";

  private final HealthEndpoint health;

  FrameworkHealthController(HealthEndpoint health) {
    this.health = health;
  }

  /** Whether the server is well. */
  record Health(String status, String service, Instant timestamp) {}

  @Operation(summary = "Show whether the server runs", description = "503 when it does not.")
  @GetMapping({"/api/v1/orchestration/health", "/health"})
  ResponseEntity<Health> health() {
    return answer(health.healthForPath("liveness"), "healthy", "unhealthy");
  }

  @Operation(
      summary = "Show whether the server is ready",
      description = "503 until flows can be started and are moved.")
  @GetMapping("/ready")
  ResponseEntity<Health> ready() {
    return answer(health.healthForPath("readiness"), "ready", "not ready");
  }

  private static ResponseEntity<Health> answer(
      @Nullable HealthDescriptor descriptor, String good, String bad) {
    boolean isUp = descriptor != null && descriptor.getStatus().equals(Status.UP);
    return ResponseEntity.status(isUp ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(new Health(isUp ? good : bad, SERVICE, Instant.now()));
  }
}
