package io.doundo.plans.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.plans.facade.Dependencies.Dependency;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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
   * @param latencyMs how long the probe took, or was waited for
   * @param error why it is down; null when it is up
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Probed(String status, long latencyMs, @Nullable String error) {
    boolean isUp() {
      return error == null;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(HealthController.class);

  /** How long the answer waits for a dependency. */
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Dependency.values().length, task -> new Thread(task, "health-probe"));
  private final List<Probe> probes;

  HealthController(Dependencies dependencies) {
    this.probes =
        List.of(
            new Probe(
                Dependency.DRAFTS,
                () ->
                    dependencies.drafts(
                        "probe",
                        store -> {
                          store.probe();
                          return true;
                        })),
            new Probe(
                Dependency.FHIR_STORE,
                () ->
                    dependencies.plans(
                        "probe",
                        store -> {
                          store.probe();
                          return true;
                        })),
            new Probe(
                Dependency.ORCHESTRATOR,
                () ->
                    dependencies.orchestrator(
                        "probe",
                        service -> {
                          service.probe();
                          return true;
                        })));
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }

  /** Probes all dependencies at the same time, and answers within two seconds. */
  @GetMapping("/api/health")
  ResponseEntity<Health> health() {
    Map<Probe, CompletableFuture<Probed>> running = new LinkedHashMap<>();
    probes.forEach(probe -> running.put(probe, probe.outcome()));
    Map<String, Probed> found = new LinkedHashMap<>();
    running.forEach((probe, outcome) -> found.put(probe.dependency.word(), outcome.join()));
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

  /**
   * The probe of one dependency. It runs once at a time, and whoever asks meanwhile waits for the
   * same one, so that a service which is slow to answer is not asked by many at once. Thread-safe.
   */
  private final class Probe {

    private final Dependency dependency;
    private final Runnable call;
    private @Nullable CompletableFuture<Probed> running;

    private Probe(Dependency dependency, Runnable call) {
      this.dependency = dependency;
      this.call = call;
    }

    /** Completed within {@link #LIMIT}. */
    private synchronized CompletableFuture<Probed> outcome() {
      if (running == null || running.isDone()) {
        running = CompletableFuture.supplyAsync(this::run, threads);
      }
      Probed late =
          new Probed(
              "down", LIMIT.toMillis(), "does not answer within " + LIMIT.toSeconds() + " s");
      return running.copy().completeOnTimeout(late, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Probed run() {
      long began = System.nanoTime();
      String error = null;
      try {
        call.run();
      } catch (Problem e) {
        LOG.warn("{}", e.getMessage());
        error = "does not answer; the log says why";
      }
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      return new Probed(error == null ? "up" : "down", took, error);
    }
  }
}
