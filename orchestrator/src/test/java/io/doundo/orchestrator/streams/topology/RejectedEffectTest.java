package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A flow was rejected because this instance did not know its orchestration. Another instance knew
 * it, and its transaction was aborted after its DO was sent.
 */
class RejectedEffectTest {

  private final TopologyDriver driver = new TopologyDriver();
  private final PlayedWorkers workers = new PlayedWorkers(driver);

  @AfterEach
  void close() {
    driver.close();
  }

  @BeforeEach
  void reject() {
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of("a", 1)));
    driver.pass(Duration.ofSeconds(62));
    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.takeReasons()).hasSize(1);
  }

  @Test
  void theEffectThatIsReportedIsUndone() {
    driver.register(chain("order", "pay", "ship"));
    workers.landsNow("f", "pay");
    driver.pass(Duration.ofSeconds(2));
    workers.work();

    assertThat(workers.handled).containsExactly("f UNDO pay");
    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void anAnswerWithoutEffectIsReportedAndChangesNothing() {
    driver.register(chain("order", "pay", "ship"));
    driver.send(Topics.RESPONSE, "f", WireRecords.failure("f", "pay", "FAIL_STEP"));
    driver.pass(Duration.ofSeconds(2));

    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.takeReasons()).hasSize(1);
    assertThat(workers.work().handled).isEmpty();
  }
}
