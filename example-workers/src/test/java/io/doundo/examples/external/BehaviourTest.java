package io.doundo.examples.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What the field {@code behave} of a payload makes the outside world do. */
class BehaviourTest {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Store store;
  private final ExternalSystem external;

  BehaviourTest(@TempDir Path directory) {
    store = new TestExternalSystem(directory).store();
    external = TestExternalSystem.of(store);
  }

  @AfterEach
  void forgetTheInterrupt() {
    // A test that failed must not interrupt the next one.
    Thread.interrupted();
  }

  private static Behaviour behaviour(String json) {
    return new Behaviour(MAPPER.readTree(json));
  }

  private static CallContext undo(int attempt) {
    return new CallContext("order", "reserve", "f", CallContext.UNDO, 1, attempt, "k", 0);
  }

  @Test
  void onlySoManyAttemptsAreLate() throws Exception {
    Behaviour behaviour =
        behaviour("{\"reserve\": {\"undo\": {\"lateMillis\": 60000, \"lateTimes\": 2}}}");
    for (int attempt = 1; attempt <= 2; attempt++) {
      CallContext call = undo(attempt);
      // The thread need not wait: whoever would sleep is interrupted at once.
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> external.remove(behaviour, call))
          .as("attempt %d", attempt)
          .isInstanceOf(InterruptedException.class);
    }
    external.remove(behaviour, undo(3));
    assertThat(store.ledger("f")).as("each of them has had its effect").hasSize(3);
  }

  @Test
  void everyAttemptIsLateUnlessItIsSaid() {
    Behaviour behaviour = behaviour("{\"reserve\": {\"undo\": {\"lateMillis\": 60000}}}");
    CallContext call = undo(1_000);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> external.remove(behaviour, call))
        .isInstanceOf(InterruptedException.class);
  }
}
