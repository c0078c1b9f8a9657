package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.flow.Flows;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers other instances for the flows that this one keeps. It never asks a third one, so a read
 * takes one hop however wrong the instances are about who keeps what.
 */
@Hidden
@RestController
public class PeerController {

  public static final String PATH = "/internal/flow";

  private static final RequestMatcher REQUESTS =
      PathPatternRequestMatcher.withDefaults().matcher(PATH);

  private final Flows flows;

  PeerController(Flows flows) {
    this.flows = flows;
  }

  /** Whether the request comes here, however its path is written. */
  public static boolean isMeant(HttpServletRequest request) {
    return REQUESTS.matches(request);
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
