package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.live.Build;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Permission;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.OrchestratorApplication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells callers who they are here, and what this server offers. */
@RestController
@Tag(name = "Session")
class MeController {

  private static final String UNRELEASED = "development";

  private final DoundoProperties properties;
  private final Environment environment;
  private final Build build;

  MeController(DoundoProperties properties, Environment environment, Build build) {
    this.build = build;
    this.properties = properties;
    this.environment = environment;
  }

  /**
   * The caller and the server.
   *
   * @param role the one that says most
   * @param groups for tasks
   * @param expiresAt when the key or the session ends; null for never
   * @param build as in the event "hello" of a live stream
   * @param instance the instance that answered
   * @param audit whether timelines, waits and event streams are available
   * @param search whether lists of flows are available
   * @param payloads {@code shown}, {@code on-demand} or {@code hidden}, for this caller
   * @param retention how long ended flows are kept
   * @param undoWindowMax the longest possible undo window
   */
  record Me(
      String principal,
      Role role,
      Set<Role> roles,
      List<String> groups,
      Set<Permission> permissions,
      @Nullable Instant expiresAt,
      String version,
      String build,
      String instance,
      boolean audit,
      boolean search,
      String payloads,
      Duration retention,
      Duration undoWindowMax) {}

  @Operation(summary = "Show who I am and what this server offers")
  @GetMapping("/api/me")
  Me me(@Nullable Authentication authentication) {
    Login login = Login.of(authentication);
    if (login == null) {
      throw new ApiProblem(ProblemKind.UNAUTHENTICATED, "Nobody is logged in.");
    }
    return new Me(
        login.name(),
        login.role(),
        new TreeSet<>(login.roles()),
        login.groups(),
        new TreeSet<>(login.permissions()),
        login.expiresAt(),
        version(),
        build.id(),
        instance(),
        properties.audit(),
        properties.search().enabled(),
        CallerFilter.visibilityName(properties.api().payloads(), login),
        properties.archiveRetention(),
        properties.archiveRetention());
  }

  private static String version() {
    String version = OrchestratorApplication.class.getPackage().getImplementationVersion();
    return version == null ? UNRELEASED : version;
  }

  private String instance() {
    String address = properties.advertisedAddress();
    return address == null
        ? "localhost:" + environment.getProperty("local.server.port", "")
        : address;
  }
}
