package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties.Role;
import io.doundo.orchestrator.app.PeerController;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;

/**
 * Who may call each route, and what its answer shows. A request takes the first row that matches
 * it. A test compares the rows with the routes of all controllers, and with docs/security.md: a
 * route without a row does not pass the build. If one is released all the same, reading it takes
 * VIEWER and everything else ADMIN.
 */
final class RouteTable {

  private RouteTable() {}

  /** Who may call a route. */
  enum Access {
    /** Everybody, without a login. */
    OPEN(EnumSet.noneOf(Role.class)),
    /** Everybody whose request the webhook itself verifies. */
    HOOK(EnumSet.noneOf(Role.class)),
    /** Everybody who has logged in. */
    ANY(EnumSet.allOf(Role.class)),
    VIEWER(EnumSet.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)),
    VIEWER_OR_TASKS(EnumSet.allOf(Role.class)),
    OPERATOR(EnumSet.of(Role.OPERATOR, Role.ADMIN)),
    /** Operators; with {@code ?dryRun=true}, which changes nothing, viewers too. */
    OPERATOR_OR_DRY_RUN(EnumSet.of(Role.OPERATOR, Role.ADMIN)),
    OPERATOR_OR_TASKS(EnumSet.of(Role.OPERATOR, Role.ADMIN, Role.TASKS)),
    ADMIN(EnumSet.of(Role.ADMIN)),
    /** Other instances only. */
    PEER(EnumSet.noneOf(Role.class));

    @SuppressWarnings("ImmutableEnumChecker") // copied, never changed and never handed out
    private final Set<Role> roles;

    Access(Set<Role> roles) {
      this.roles = roles;
    }

    /** The roles that may call it. */
    Set<Role> roles() {
      return EnumSet.copyOf(roles);
    }

    /** The roles that may call it with {@code ?dryRun=true}. */
    Set<Role> dryRunRoles() {
      return this == OPERATOR_OR_DRY_RUN ? VIEWER.roles() : roles();
    }
  }

  /** What an answer shows of a flow's content. */
  enum Shows {
    /** Nothing of it. */
    NOTHING,
    /**
     * Texts that are open to every reader: ids, the value found by searchKey, the title of a task,
     * and the texts of errors and reasons.
     */
    TEXTS,
    /** Those texts, and payloads by the rule of payloads. */
    PAYLOADS
  }

  /**
   * One route.
   *
   * @param pattern as the controller declares it
   */
  record Row(HttpMethod method, String pattern, Access access, Shows shows) {}

  static final List<Row> ROWS =
      List.of(
          get("/api/me", Access.ANY, Shows.NOTHING),
          get("/api/session", Access.OPEN, Shows.NOTHING),
          post("/api/session", Access.OPEN, Shows.NOTHING),
          new Row(HttpMethod.DELETE, "/api/session", Access.OPEN, Shows.NOTHING),
          get("/api/flows", Access.VIEWER, Shows.TEXTS),
          get("/api/flows/{flowId}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/flows/{flowId}/timeline", Access.VIEWER, Shows.TEXTS),
          get("/api/flows/{flowId}/steps/{step}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/flows/{flowId}/events", Access.VIEWER, Shows.TEXTS),
          get("/api/flows/{flowId}/why", Access.VIEWER, Shows.TEXTS),
          get("/api/flows/{flowId}/verbs", Access.VIEWER, Shows.TEXTS),
          get("/api/flows/{flowId}/undo-plan", Access.VIEWER, Shows.TEXTS),
          post("/api/flows/{flowId}/replay", Access.OPERATOR, Shows.PAYLOADS),
          post("/api/flows/{flowId}/signals/{name}", Access.OPERATOR, Shows.TEXTS),
          post("/api/flows/{flowId}/{verb}", Access.OPERATOR_OR_DRY_RUN, Shows.TEXTS),
          get("/api/flow", Access.VIEWER, Shows.PAYLOADS),
          get("/api/flow/timeline", Access.VIEWER, Shows.TEXTS),
          get("/api/flow/steps/{step}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/flow/events", Access.VIEWER, Shows.TEXTS),
          get("/api/flow/why", Access.VIEWER, Shows.TEXTS),
          get("/api/flow/verbs", Access.VIEWER, Shows.TEXTS),
          get("/api/flow/undo-plan", Access.VIEWER, Shows.TEXTS),
          post("/api/flow/replay", Access.OPERATOR, Shows.PAYLOADS),
          post("/api/flow/signals/{name}", Access.OPERATOR, Shows.TEXTS),
          post("/api/flow/{verb}", Access.OPERATOR_OR_DRY_RUN, Shows.TEXTS),
          get("/api/tasks", Access.VIEWER_OR_TASKS, Shows.PAYLOADS),
          post("/api/tasks/complete", Access.OPERATOR_OR_TASKS, Shows.TEXTS),
          post("/api/tasks/assign", Access.OPERATOR_OR_TASKS, Shows.TEXTS),
          get("/api/orchestrations", Access.VIEWER, Shows.NOTHING),
          post("/api/orchestrations", Access.ADMIN, Shows.NOTHING),
          post("/api/orchestration/register", Access.ADMIN, Shows.NOTHING),
          post("/api/orchestrations/execute", Access.OPERATOR, Shows.PAYLOADS),
          get("/api/orchestrations/{name}", Access.VIEWER, Shows.NOTHING),
          get("/api/orchestrations/{name}/versions/{version}", Access.VIEWER, Shows.NOTHING),
          get("/api/orchestrations/{name}/diff", Access.VIEWER, Shows.NOTHING),
          get("/api/orchestrations/{name}/stats", Access.VIEWER, Shows.NOTHING),
          get("/api/orchestrations/{name}/executions", Access.VIEWER, Shows.TEXTS),
          get("/api/orchestrations/{name}/executions/{flowId}", Access.VIEWER, Shows.PAYLOADS),
          get(
              "/api/orchestrations/{name}/executions/{flowId}/timeline",
              Access.VIEWER,
              Shows.TEXTS),
          get("/api/compat/orchestrations", Access.VIEWER, Shows.NOTHING),
          get("/api/compat/orchestrations/{orchName}", Access.VIEWER, Shows.NOTHING),
          get("/api/compat/orchestrations/{orchName}/executions", Access.VIEWER, Shows.TEXTS),
          get(
              "/api/compat/orchestrations/{orchName}/executions/{executionId}",
              Access.VIEWER,
              Shows.PAYLOADS),
          get(
              "/api/compat/orchestrations/{orchName}/executions/{executionId}/timeline",
              Access.VIEWER,
              Shows.TEXTS),
          get("/api/compat/audit/orchestration/{orchName}", Access.VIEWER, Shows.TEXTS),
          get("/api/compat/audit/{executionId}", Access.VIEWER, Shows.TEXTS),
          get("/api/v1/workflows", Access.VIEWER, Shows.NOTHING),
          post("/api/v1/workflows", Access.ADMIN, Shows.NOTHING),
          get("/api/v1/workflows/{workflowId}", Access.VIEWER, Shows.NOTHING),
          new Row(HttpMethod.PUT, "/api/v1/workflows/{workflowId}", Access.ADMIN, Shows.NOTHING),
          new Row(HttpMethod.DELETE, "/api/v1/workflows/{workflowId}", Access.ADMIN, Shows.NOTHING),
          post("/api/v1/workflows/{workflowId}/execute", Access.OPERATOR, Shows.PAYLOADS),
          get("/api/v1/workflows/{workflowId}/metrics", Access.VIEWER, Shows.NOTHING),
          get("/api/v1/executions", Access.VIEWER, Shows.PAYLOADS),
          get("/api/v1/executions/{executionId}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/v1/circuit-breakers", Access.VIEWER, Shows.NOTHING),
          get("/api/v1/circuit-breakers/{serviceId}", Access.VIEWER, Shows.NOTHING),
          new Row(
              HttpMethod.PUT,
              "/api/v1/circuit-breakers/{serviceId}/config",
              Access.OPERATOR,
              Shows.NOTHING),
          post("/api/v1/circuit-breakers/{serviceId}/reset", Access.OPERATOR, Shows.NOTHING),
          new Row(
              HttpMethod.DELETE,
              "/api/v1/circuit-breakers/{serviceId}",
              Access.OPERATOR,
              Shows.NOTHING),
          get("/api/v1/orchestration/circuit-breakers", Access.VIEWER, Shows.NOTHING),
          get("/api/v1/orchestration/circuit-breakers/{serviceId}", Access.VIEWER, Shows.NOTHING),
          new Row(
              HttpMethod.PUT,
              "/api/v1/orchestration/circuit-breakers/{serviceId}/config",
              Access.OPERATOR,
              Shows.NOTHING),
          post(
              "/api/v1/orchestration/circuit-breakers/{serviceId}/reset",
              Access.OPERATOR,
              Shows.NOTHING),
          new Row(
              HttpMethod.DELETE,
              "/api/v1/orchestration/circuit-breakers/{serviceId}",
              Access.OPERATOR,
              Shows.NOTHING),
          get("/api/v1/orchestration/workflows", Access.VIEWER, Shows.NOTHING),
          post("/api/v1/orchestration/workflows", Access.ADMIN, Shows.NOTHING),
          get("/api/v1/orchestration/workflows/{workflowId}", Access.VIEWER, Shows.NOTHING),
          new Row(
              HttpMethod.PUT,
              "/api/v1/orchestration/workflows/{workflowId}",
              Access.ADMIN,
              Shows.NOTHING),
          new Row(
              HttpMethod.DELETE,
              "/api/v1/orchestration/workflows/{workflowId}",
              Access.ADMIN,
              Shows.NOTHING),
          post(
              "/api/v1/orchestration/workflows/{workflowId}/execute",
              Access.OPERATOR,
              Shows.PAYLOADS),
          get("/api/v1/orchestration/workflows/{workflowId}/metrics", Access.VIEWER, Shows.NOTHING),
          get("/api/v1/orchestration/executions", Access.VIEWER, Shows.PAYLOADS),
          get("/api/v1/orchestration/executions/{executionId}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/v1/orchestration/health", Access.OPEN, Shows.NOTHING),
          post("/api/orchestration/execute", Access.ADMIN, Shows.PAYLOADS),
          get("/api/orchestration/active", Access.VIEWER, Shows.PAYLOADS),
          get("/api/orchestration/active/{requestId}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/templates", Access.VIEWER, Shows.NOTHING),
          post("/api/templates", Access.ADMIN, Shows.NOTHING),
          get("/api/templates/{templateId}", Access.VIEWER, Shows.NOTHING),
          new Row(HttpMethod.PUT, "/api/templates/{templateId}", Access.ADMIN, Shows.NOTHING),
          new Row(HttpMethod.DELETE, "/api/templates/{templateId}", Access.ADMIN, Shows.NOTHING),
          post("/api/templates/{templateId}/instantiate", Access.ADMIN, Shows.NOTHING),
          get("/health", Access.OPEN, Shows.NOTHING),
          get("/ready", Access.OPEN, Shows.NOTHING),
          get("/api/dead-letters", Access.VIEWER, Shows.PAYLOADS),
          get("/api/dead-letters/groups", Access.VIEWER, Shows.TEXTS),
          post("/api/dead-letters/seen", Access.OPERATOR, Shows.NOTHING),
          get("/api/dead-letters/{id}", Access.VIEWER, Shows.PAYLOADS),
          get("/api/dead-letters/{id}/value", Access.VIEWER, Shows.PAYLOADS),
          get("/api/dead-letters/{partition}/{offset}", Access.VIEWER, Shows.PAYLOADS),
          post(
              "/api/dead-letters/{partition}/{offset}/resend",
              Access.OPERATOR_OR_DRY_RUN,
              Shows.TEXTS),
          get("/api/jobs", Access.VIEWER, Shows.TEXTS),
          post("/api/jobs", Access.OPERATOR_OR_DRY_RUN, Shows.TEXTS),
          get("/api/jobs/{jobId}", Access.VIEWER, Shows.TEXTS),
          new Row(HttpMethod.PATCH, "/api/jobs/{jobId}", Access.OPERATOR, Shows.TEXTS),
          get("/api/jobs/{jobId}/items", Access.VIEWER, Shows.TEXTS),
          post("/api/jobs/{jobId}/start", Access.OPERATOR, Shows.TEXTS),
          post("/api/jobs/{jobId}/pause", Access.OPERATOR, Shows.TEXTS),
          post("/api/jobs/{jobId}/resume", Access.OPERATOR, Shows.TEXTS),
          post("/api/jobs/{jobId}/stop", Access.OPERATOR, Shows.TEXTS),
          get("/api/schedules", Access.VIEWER, Shows.TEXTS),
          get("/api/schedules/{orchestration}/{trigger}", Access.VIEWER, Shows.TEXTS),
          post("/api/schedules/{orchestration}/{trigger}/{verb}", Access.OPERATOR, Shows.TEXTS),
          get("/api/triggers", Access.VIEWER, Shows.NOTHING),
          get("/api/breakers", Access.VIEWER, Shows.TEXTS),
          get("/api/breakers/{name}", Access.VIEWER, Shows.TEXTS),
          new Row(HttpMethod.PUT, "/api/breakers/{name}", Access.OPERATOR, Shows.TEXTS),
          new Row(HttpMethod.DELETE, "/api/breakers/{name}", Access.OPERATOR, Shows.TEXTS),
          post("/api/breakers/{name}/{verb}", Access.OPERATOR, Shows.TEXTS),
          get("/api/notifications", Access.VIEWER, Shows.TEXTS),
          get("/api/notifications/{id}", Access.VIEWER, Shows.TEXTS),
          post("/api/notifications/resend", Access.OPERATOR_OR_DRY_RUN, Shows.NOTHING),
          post("/api/notifications/{id}/resend", Access.OPERATOR, Shows.NOTHING),
          post("/api/hooks/{orchestration}/{trigger}", Access.HOOK, Shows.NOTHING),
          get("/api/stats", Access.VIEWER, Shows.TEXTS),
          get("/api/incidents", Access.VIEWER, Shows.TEXTS),
          get("/api/incidents/{fingerprint}", Access.VIEWER, Shows.TEXTS),
          get("/api/stream", Access.VIEWER, Shows.TEXTS),
          get("/api/workers", Access.VIEWER, Shows.TEXTS),
          get(PeerController.PATH, Access.PEER, Shows.PAYLOADS),
          get(PeerController.INSTANCE, Access.PEER, Shows.NOTHING));

  private static Row get(String pattern, Access access, Shows shows) {
    return new Row(HttpMethod.GET, pattern, access, shows);
  }

  private static Row post(String pattern, Access access, Shows shows) {
    return new Row(HttpMethod.POST, pattern, access, shows);
  }
}
