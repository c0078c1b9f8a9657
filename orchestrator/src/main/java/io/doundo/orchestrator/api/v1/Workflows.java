package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationSummary;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.OrchestrationView.VersionView;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * The orchestrations that were registered as workflows of the framework, as they were registered. A
 * retired one is deleted here. Thread-safe.
 */
@Component
final class Workflows {

  /** The names of orchestrations whose steps came with a request. */
  static final String AD_HOC = "adhoc-";

  private final Definitions definitions;

  Workflows(Definitions definitions) {
    this.definitions = definitions;
  }

  /** A workflow as it came, with what has become of it. */
  Optional<ObjectNode> find(String workflowId) {
    return definitions
        .newest(workflowId)
        .filter(view -> view.status() != OrchestrationStatus.RETIRED)
        .flatMap(this::workflow);
  }

  /** Whether a new workflow may have this name: nothing has it, or a workflow that was deleted. */
  boolean isFree(String name) {
    return !definitions.isKnown(name)
        || definitions
            .newest(name)
            .filter(view -> view.status() == OrchestrationStatus.RETIRED)
            .flatMap(this::workflow)
            .isPresent();
  }

  ObjectNode require(String workflowId) {
    return find(workflowId).orElseThrow(() -> unknown(workflowId));
  }

  /** All, by their ids; without those of requests that brought their steps along. */
  List<ObjectNode> all() {
    return definitions.all().stream()
        .map(OrchestrationSummary::name)
        .filter(name -> !name.startsWith(AD_HOC))
        .flatMap(name -> find(name).stream())
        .toList();
  }

  /** The workflow that an orchestration of any version was made of; empty for one of ours. */
  Optional<ObjectNode> origin(DefinitionId id) {
    return definitions
        .find(id)
        .map(Orchestration::presentation)
        .flatMap(presentation -> Optional.ofNullable(presentation.origin()))
        .map(Workflows::object);
  }

  private Optional<ObjectNode> workflow(OrchestrationView view) {
    return origin(new DefinitionId(view.name(), view.hash()))
        .map(
            document -> {
              Instant created =
                  view.versions().stream()
                      .map(VersionView::registeredAt)
                      .min(Instant::compareTo)
                      .orElse(view.registeredAt());
              ObjectNode workflow = Json.MAPPER.createObjectNode();
              workflow.put("id", view.name());
              workflow.setAll(document);
              workflow.put("version", view.version());
              workflow.put("status", view.status().name());
              workflow.put("createdAt", created.toString());
              workflow.put("updatedAt", view.registeredAt().toString());
              return workflow;
            });
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) Json.MAPPER.readTree(json);
  }

  static ApiProblem unknown(String workflowId) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_ORCHESTRATION, "There is no workflow \"%s\".".formatted(workflowId));
  }
}
