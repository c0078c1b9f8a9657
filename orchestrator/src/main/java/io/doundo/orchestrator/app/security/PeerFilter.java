package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.ProblemWriter;
import io.doundo.orchestrator.app.PeerController;
import io.doundo.orchestrator.app.PeerPass;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits only other instances to the paths on which instances read each other's flows. A key of the
 * API opens nothing here, and a pass opens nothing anywhere else.
 */
final class PeerFilter extends OncePerRequestFilter {

  private final PeerPass passes;

  PeerFilter(PeerPass passes) {
    this.passes = passes;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !PeerController.isMeant(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<PeerPass.Bearer> bearer =
        bearer(request.getHeader(PeerPass.HEADER), PeerController.subject(request));
    if (bearer.isEmpty()) {
      ProblemWriter.write(
          response,
          ProblemKind.UNAUTHENTICATED,
          "Only other instances may use this path, with a pass in "
              + PeerPass.HEADER
              + ". The pass is missing, has expired, or was signed with another"
              + " doundo.api.secret; all instances need the same secret and clocks that agree"
              + " within "
              + PeerPass.LIFETIME.toSeconds()
              + " s.");
      return;
    }
    CallerFilter.authenticatePeer(bearer.get().principal());
    chain.doFilter(request, response);
  }

  private Optional<PeerPass.Bearer> bearer(@Nullable String pass, @Nullable String flowId) {
    return pass == null || flowId == null
        ? Optional.empty()
        : passes.check(pass, flowId, System.currentTimeMillis());
  }
}
