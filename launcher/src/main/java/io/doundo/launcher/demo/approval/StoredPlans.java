package io.doundo.launcher.demo.approval;

import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.DemoFailure;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the three stores hold, read from each of them and not through the example: the claims of its
 * façade are checked against this. Thread-safe.
 */
final class StoredPlans {

  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final PlanPorts ports;
  private final ServiceClient orchestrator;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  StoredPlans(PlanPorts ports, ServiceClient orchestrator) {
    this.ports = ports;
    this.orchestrator = orchestrator;
  }

  /** All versions of a plan in the FHIR store in words, the oldest first. */
  List<String> versions(String planId) throws DemoFailure, InterruptedException {
    URI address =
        URI.create(
            ports.fhirStore() + "/InsurancePlan/" + ServiceClient.segment(planId) + "/_history");
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .header("Accept", "application/fhir+json")
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() == 404) {
        return List.of();
      }
      List<String> versions = new ArrayList<>();
      for (JsonNode entry : Json.MAPPER.readTree(response.body()).path("entry")) {
        versions.add(
            entry.path("request").path("method").asString("").equals("DELETE")
                ? "deleted"
                : PlanText.of(entry.path("resource")));
      }
      Collections.reverse(versions);
      return versions;
    } catch (IOException | JacksonException e) {
      throw new DemoFailure("The FHIR store cannot be read: " + e.getMessage());
    }
  }

  /** The status of a draft in Postgres, and what was said when it was decided. */
  String draft(String draftId) throws DemoFailure {
    try (Connection database = DriverManager.getConnection(ports.database("drafts"));
        PreparedStatement query =
            database.prepareStatement("SELECT status, comments FROM draft WHERE draft_id = ?")) {
      query.setString(1, draftId);
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          return "nothing";
        }
        String comments = Optional.ofNullable(rows.getString(2)).orElse("");
        return comments.isEmpty() ? rows.getString(1) : rows.getString(1) + ": " + comments;
      }
    } catch (SQLException e) {
      throw new DemoFailure("The drafts in Postgres cannot be read: " + e.getMessage());
    }
  }

  /** The status of a flow in the orchestrator. */
  String flow(String flowId) {
    return orchestrator.flow(flowId).path("status").asString("");
  }

  /** Undoes a flow that has ended, as an operator does. */
  void undo(String flowId, String reason) throws DemoFailure {
    try {
      orchestrator.post(
          ServiceClient.flowPath(flowId, "/undo"),
          Json.object(Map.of("reason", Json.string(reason))),
          Duration.ZERO);
    } catch (CommandFailure e) {
      throw new DemoFailure("The undo was refused: " + e.getMessage());
    }
  }
}
