package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.Instances;
import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers other instances for the flows that this one keeps, and for itself. It never asks a third
 * one, so a read takes one hop however wrong the instances are about who keeps what.
 */
@Hidden
@RestController
public class PeerController {

  public static final String PATH = "/internal/flow";

  /** Where an instance describes itself. */
  public static final String INSTANCE = "/internal/instance";

  /** Stands in a pass for the flow; no flowId is so. */
  private static final String NO_FLOW = "";

  private static final RequestMatcher REQUESTS =
      PathPatternRequestMatcher.withDefaults().matcher(PATH);

  private static final RequestMatcher INSTANCES =
      PathPatternRequestMatcher.withDefaults().matcher(INSTANCE);

  private final Flows flows;
  private final Instances instances;

  PeerController(Flows flows, Instances instances) {
    this.flows = flows;
    this.instances = instances;
  }

  /** Whether the request comes here, however its path is written. */
  public static boolean isMeant(HttpServletRequest request) {
    return REQUESTS.matches(request) || INSTANCES.matches(request);
  }

  /** The flow that the request's pass must be for; null when it names none but should. */
  public static @Nullable String subject(HttpServletRequest request) {
    return INSTANCES.matches(request) ? NO_FLOW : request.getParameter("flowId");
  }

  @GetMapping(INSTANCE)
  Instances.InstanceView instance() {
    return instances.own();
  }

  @GetMapping(PATH)
  ResponseEntity<byte[]> one(@RequestParam("flowId") String flowId) {
    return flows
        .kept(flowId)
        .map(
            flow ->
                ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                    .body(FlowRecords.whole(flow)))
        .orElseGet(() -> ResponseEntity.noContent().build());
  }
}
