package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.DeferredResponse;
import io.doundo.orchestrator.api.breaker.BreakerRequests;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.Names;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Circuit breakers in the framework's shape: the same as those at /api/breakers. */
@RestController
@RequestMapping({"/api/v1/circuit-breakers", "/api/v1/orchestration/circuit-breakers"})
@Tag(name = "Framework")
class CircuitBreakerController {

  private static final Set<String> FIGURES =
      Set.of("threshold", "timeout", "halfOpenMaxCalls", "monitoringPeriod");

  private static final String REPEATED =
      " A repeated request with the same header Idempotency-Key gets the same outcome; every"
          + " problem names it as its controlId, also one that the server has made.";

  private final Breakers breakers;
  private final BreakerRequests requests;

  CircuitBreakerController(Breakers breakers, BreakerRequests requests) {
    this.breakers = breakers;
    this.requests = requests;
  }

  @Operation(
      summary = "List circuit breakers",
      description =
          "Pages count from 1; limit is 20, at most 100. A breaker is listed from its first fault on,"
              + " or once it is configured or forced open.")
  @GetMapping
  FrameworkPage<CircuitBreaker> all(
      @RequestParam(name = "page", required = false) @Nullable Integer page,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
    List<CircuitBreaker> all = breakers.all().stream().map(CircuitBreaker::of).toList();
    return FrameworkPage.of(all, FrameworkPage.Asked.of(page, limit, null, null));
  }

  @Operation(summary = "Show a circuit breaker")
  @GetMapping("/{serviceId}")
  CircuitBreaker one(@PathVariable("serviceId") String serviceId) {
    return CircuitBreaker.of(requests.find(serviceId));
  }

  @Operation(
      summary = "Set the figures of a circuit breaker",
      description =
          "The body has any of threshold, timeout (ms), halfOpenMaxCalls and monitoringPeriod (ms);"
              + " figures that are not given stay. Makes a breaker that is not known yet."
              + REPEATED)
  @PutMapping("/{serviceId}/config")
  DeferredResult<ResponseEntity<Object>> configure(
      @PathVariable("serviceId") String serviceId,
      HttpServletRequest request,
      Principal principal) {
    ObjectNode body = FrameworkBodies.object(request);
    Set<String> unknown = new TreeSet<>(body.propertyNames());
    unknown.removeAll(FIGURES);
    if (!unknown.isEmpty()) {
      throw FrameworkPage.bad(
          "The body has unknown fields: %s; allowed are %s."
              .formatted(unknown, new TreeSet<>(FIGURES)));
    }
    BreakerCommand.Figures figures =
        new BreakerCommand.Figures(
            number(body, "threshold"),
            millis(body, "monitoringPeriod"),
            millis(body, "timeout"),
            number(body, "halfOpenMaxCalls"));
    return answer(command(serviceId, BreakerVerb.CONFIGURE, figures, request, principal));
  }

  @Operation(
      summary = "Close a circuit breaker",
      description = "Forgets all faults; what it held is let through in waves." + REPEATED)
  @PostMapping("/{serviceId}/reset")
  DeferredResult<ResponseEntity<Object>> reset(
      @PathVariable("serviceId") String serviceId,
      HttpServletRequest request,
      Principal principal) {
    return answer(command(serviceId, BreakerVerb.RESET, null, request, principal));
  }

  @Operation(
      summary = "Forget a circuit breaker",
      description =
          "Its figures are the defaults again. It comes back with the next fault." + REPEATED)
  @DeleteMapping("/{serviceId}")
  DeferredResult<ResponseEntity<Object>> delete(
      @PathVariable("serviceId") String serviceId,
      HttpServletRequest request,
      Principal principal) {
    return DeferredResponse.of(
        requests
            .ask(command(serviceId, BreakerVerb.DELETE, null, request, principal))
            .thenApply(gone -> ResponseEntity.noContent().<Object>build()));
  }

  private DeferredResult<ResponseEntity<Object>> answer(BreakerCommand command) {
    return DeferredResponse.of(
        requests
            .ask(command)
            .thenApply(state -> ResponseEntity.<Object>ok(CircuitBreaker.of(state))));
  }

  private static BreakerCommand command(
      String serviceId,
      BreakerVerb verb,
      BreakerCommand.@Nullable Figures figures,
      HttpServletRequest request,
      Principal principal) {
    String refusal = Names.refuse(serviceId);
    if (refusal != null) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, "A breaker's name " + refusal + '.');
    }
    return new BreakerCommand(
        FrameworkBodies.controlId(request),
        serviceId,
        verb,
        figures,
        null,
        null,
        RequestBodies.caller(principal));
  }

  private static @Nullable Integer number(ObjectNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw FrameworkPage.bad(field + " must be a whole number.");
    }
    return value.intValue();
  }

  private static @Nullable Long millis(ObjectNode body, String field) {
    Integer value = number(body, field);
    return value == null ? null : value.longValue();
  }
}
