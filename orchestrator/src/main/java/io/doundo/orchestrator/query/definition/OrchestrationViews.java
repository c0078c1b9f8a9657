package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.DeclaredWorker;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How a registered orchestration is shown. Stateless. */
final class OrchestrationViews {

  private OrchestrationViews() {}

  static OrchestrationSummary summary(
      Orchestration definition,
      Version version,
      OrchestrationStatus status,
      WorkerDeclarations workers) {
    return new OrchestrationSummary(
        definition.name(),
        version.version(),
        version.hash(),
        status,
        definition.type(),
        definition.presentation().title(),
        definition.presentation().category(),
        definition.presentation().labels(),
        definition.steps().size(),
        definition.steps().stream().map(Step::name).toList(),
        definition.initiator(),
        Instant.ofEpochMilli(version.appendedAt()),
        version.requestedBy(),
        unserved(definition, workers));
  }

  static OrchestrationView view(
      Orchestration definition,
      Version version,
      DefinitionHistory history,
      WorkerDeclarations workers) {
    return new OrchestrationView(
        definition.name(),
        version.version(),
        version.hash(),
        history.status(),
        definition.id().header(),
        definition.type(),
        definition.presentation().title(),
        definition.presentation().category(),
        definition.presentation().labels(),
        definition.description(),
        definition.initiator(),
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        Instant.ofEpochMilli(version.appendedAt()),
        version.requestedBy(),
        steps(definition.name(), definition.steps(), workers),
        definition.triggers().stream()
            .map(trigger -> TriggerView.of(definition.name(), trigger))
            .toList(),
        versions(history),
        workers.workers().stream().map(OrchestrationViews::worker).toList(),
        unserved(definition, workers));
  }

  private static OrchestrationView.OrchestrationStepView step(
      String orchestration, Step step, WorkerDeclarations workers) {
    // A step that the orchestrator evaluates itself has neither worker nor commands.
    boolean isOutside = step.isOutside();
    Work.Remote remote = step.work() instanceof Work.Remote own ? own : Work.Remote.PLAIN;
    return new OrchestrationView.OrchestrationStepView(
        step.seq(),
        step.name(),
        step.work().kind(),
        step.when(),
        step.dependsOn(),
        step.after(),
        step.guard(),
        step.work() instanceof Work.Choose choice ? choice.branches() : null,
        step.timeout(),
        step.onTimeout(),
        step.retry(),
        step.undoRetry(),
        step.undoable(),
        step.undoFailed(),
        step.goesOn() ? "continue" : "undo",
        step.breaker(),
        step.pivot(),
        step.isCommitted(),
        remote.sharedTopic(),
        remote.objectType(),
        remote.bindings(),
        remote.failStep(),
        isOutside ? step.topic(orchestration, CommandAction.DO) : null,
        isOutside && step.undoable() ? step.topic(orchestration, CommandAction.UNDO) : null,
        workers.workers().stream()
            .filter(worker -> worker.steps().contains(step.name()))
            .map(DeclaredWorker::service)
            .toList(),
        step.work() instanceof Work.Parts parts
            ? parts.bodies().stream()
                .map(
                    body ->
                        new OrchestrationView.BodyView(
                            body.branch(),
                            body.type(),
                            steps(orchestration, body.steps(), workers)))
                .toList()
            : null);
  }

  private static List<OrchestrationView.OrchestrationStepView> steps(
      String orchestration, List<Step> steps, WorkerDeclarations workers) {
    return steps.stream().map(step -> step(orchestration, step, workers)).toList();
  }

  private static List<OrchestrationView.VersionView> versions(DefinitionHistory history) {
    List<OrchestrationView.VersionView> views = new ArrayList<>();
    for (Version version : history.versions()) {
      views.add(
          0,
          new OrchestrationView.VersionView(
              version.version(),
              version.hash(),
              Instant.ofEpochMilli(version.appendedAt()),
              version.requestedBy()));
    }
    return views;
  }

  private static OrchestrationView.WorkerView worker(DeclaredWorker worker) {
    return new OrchestrationView.WorkerView(
        worker.service(), worker.steps(), Instant.ofEpochMilli(worker.lastSeen()));
  }

  private static List<String> unserved(Orchestration definition, WorkerDeclarations workers) {
    Stream<String> names =
        definition.allSteps().stream()
            .filter(step -> step.work() instanceof Work.Remote)
            .map(Step::name);
    return names.filter(name -> !workers.serves(name)).toList();
  }
}
