package io.doundo.orchestrator.api.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.StatusChange;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkflowsTest {

  private static final String OURS = "{orchestrationName: o, steps: [{name: a}]}";
  private static final String THEIRS =
      "{name: o, steps: [{id: a, name: a, type: WAIT, config: {duration: 1, unit: SECONDS}}]}";

  @Test
  void onlyADeletedWorkflowGivesItsNameAway() {
    assertThat(workflows(OURS, OrchestrationStatus.ACTIVE).isFree("o")).isFalse();
    assertThat(workflows(OURS, OrchestrationStatus.RETIRED).isFree("o")).isFalse();
    assertThat(workflows(THEIRS, OrchestrationStatus.PAUSED).isFree("o")).isFalse();
    assertThat(workflows(THEIRS, OrchestrationStatus.RETIRED).isFree("o")).isTrue();
    assertThat(workflows(OURS, OrchestrationStatus.ACTIVE).isFree("other")).isTrue();
  }

  private static Workflows workflows(String document, OrchestrationStatus status) {
    Defined defined =
        (Defined) RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of()).results().get(0);
    return new Workflows(new Definitions(new One(defined.orchestration(), status)));
  }

  private record One(Orchestration only, OrchestrationStatus status) implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.of(only.name());
    }

    @Override
    public DefinitionHistory history(String name) {
      return name.equals(only.name())
          ? DefinitionHistory.EMPTY
              .with(only.id().hash(), 100)
              .with(new StatusChange(status, 200, null))
          : DefinitionHistory.EMPTY;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return id.equals(only.id()) ? Optional.of(only) : Optional.empty();
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
