package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.ExecutionController.StartAccepted;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ExecutionsTest {

  private static final RawJson INPUT = Json.string("in");

  @Test
  void anExecutionThatCannotBeReadYetIsPendingUnderItsId() {
    assertPending(id -> Optional.empty());
    assertPending(
        id -> {
          throw new ReadsUnavailableException("the stores are moving");
        });
    assertPending(
        id -> {
          throw new IllegalStateException("broken");
        });
  }

  private static void assertPending(Function<String, Optional<Execution>> read) {
    Execution execution =
        Executions.begun(new StartAccepted("f-1", "o", "ACCEPTED"), INPUT, read, Instant.EPOCH);
    assertThat(execution.id()).isEqualTo("f-1");
    assertThat(execution.workflowId()).isEqualTo("o");
    assertThat(execution.status()).isEqualTo(FrameworkStatus.PENDING);
    assertThat(execution.input()).isEqualTo(INPUT);
  }
}
