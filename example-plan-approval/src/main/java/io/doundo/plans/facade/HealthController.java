package io.doundo.plans.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.annotation.PreDestroy;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The health of the façade, which is that of the services it calls. */
@RestController
class HealthController {

  /**
   * The health.
   *
   * @param dependencies by their names
   */
  record Health(
      boolean success,
      String status,
      String service,
      String note,
      Instant timestamp,
      Map<String, Probed> dependencies) {}

  /**
   * A dependency that was asked.
   *
   * @param error why it is down; null when it is up
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Probed(String status, long latencyMs, @Nullable String error) {
    boolean isUp() {
      return error == null;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(HealthController.class);

  private final Dependencies dependencies;

  /** One thread for each service; a caller more waits. */
  private final ExecutorService probes =
      Executors.newFixedThreadPool(Dependencies.Dependency.values().length);

  HealthController(Dependencies dependencies) {
    this.dependencies = dependencies;
  }

  @PreDestroy
  void stop() {
    probes.shutdownNow();
  }

  @GetMapping("/api/health")
  ResponseEntity<Health> health() {
    CompletableFuture<Probed> drafts =
        probed(
            () ->
                dependencies.drafts(
                    "probe",
                    store -> {
                      store.probe();
                      return true;
                    }));
    CompletableFuture<Probed> plans =
        probed(
            () ->
                dependencies.plans(
                    "probe",
                    store -> {
                      store.probe();
                      return true;
                    }));
    CompletableFuture<Probed> orchestrator =
        probed(
            () ->
                dependencies.orchestrator(
                    "probe",
                    service -> {
                      service.probe();
                      return true;
                    }));
    Map<String, Probed> found = new LinkedHashMap<>();
    found.put(Dependencies.Dependency.DRAFTS.word(), drafts.join());
    found.put(Dependencies.Dependency.FHIR_STORE.word(), plans.join());
    found.put(Dependencies.Dependency.ORCHESTRATOR.word(), orchestrator.join());
    boolean healthy = found.values().stream().allMatch(Probed::isUp);
    return ResponseEntity.status(healthy ? 200 : 503)
        .body(
            new Health(
                healthy,
                healthy ? "healthy" : "degraded",
                "plan-approval",
                "No database of its own: drafts, plans and approvals are in the services below.",
                Instant.now(),
                found));
  }

  private CompletableFuture<Probed> probed(Runnable probe) {
    return CompletableFuture.supplyAsync(
        () -> {
          long began = System.nanoTime();
          String error = null;
          try {
            probe.run();
          } catch (Problem e) {
            LOG.warn("{}", e.getMessage());
            error = "does not answer; the log says why";
          }
          long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          return new Probed(error == null ? "up" : "down", took, error);
        },
        probes);
  }
}
