package io.doundo.orchestrator.query.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StepAttemptTest {

  private final List<AuditRecord> log = new ArrayList<>();

  @Test
  void eachCommandIsThereWithItsAnswer() {
    record(10, null, entry("STEP_STARTED", CommandAction.DO, 1, 10, "c1", null));
    record(
        20,
        "c1",
        entry("STEP_FAILED", CommandAction.DO, 1, 20, null, "503"),
        entry("STEP_RETRY_TRIGGERED", CommandAction.DO, 1, 20, null, null));
    record(30, null, entry("STEP_STARTED", CommandAction.DO, 2, 30, "c2", null));
    record(40, "c2", entry("STEP_SUCCESS", CommandAction.DO, 2, 40, null, null));
    record(50, null, entry("STEP_STARTED", CommandAction.UNDO, 1, 50, "c3", null));

    assertThat(StepAttempt.of(log, "pay"))
        .containsExactly(
            new StepAttempt(
                CommandAction.DO,
                1,
                1,
                "c1",
                at(10),
                at(12),
                7L,
                at(20),
                "FAILED",
                "RETRY_TRIGGERED",
                "bank",
                "2.3.1",
                "503"),
            new StepAttempt(
                CommandAction.DO,
                2,
                1,
                "c2",
                at(30),
                at(12),
                7L,
                at(40),
                "SUCCESS",
                null,
                "bank",
                "2.3.1",
                null),
            new StepAttempt(
                CommandAction.UNDO,
                1,
                1,
                "c3",
                at(50),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null));
    assertThat(StepAttempt.of(log, "ship")).isEmpty();
  }

  @Test
  void aLateAnswerBelongsToItsOwnCommand() {
    record(10, null, entry("STEP_STARTED", CommandAction.DO, 1, 10, "c1", null));
    record(20, null, entry("STEP_TIMED_OUT", CommandAction.DO, 1, 20, null, null));
    record(30, null, entry("STEP_STARTED", CommandAction.DO, 2, 30, "c2", null));
    record(40, "c1", entry("STEP_SUCCESS", CommandAction.DO, 2, 40, null, null));

    List<StepAttempt> attempts = StepAttempt.of(log, "pay");
    assertThat(attempts).extracting(StepAttempt::commandId).containsExactly("c1", "c2", "c1");
    assertThat(attempts)
        .extracting(StepAttempt::outcome)
        .containsExactly("TIMED_OUT", null, "SUCCESS");
    assertThat(attempts.get(2).sentAt()).isNull();
  }

  @Test
  void anAnswerThatNamesNoCommandIsThatOfTheLastOne() {
    record(10, null, entry("STEP_STARTED", CommandAction.DO, 1, 10, "c1", null));
    record(20, null, entry("STEP_SUCCESS", CommandAction.DO, 1, 20, null, null));
    assertThat(StepAttempt.of(log, "pay"))
        .extracting(StepAttempt::outcome)
        .containsExactly("SUCCESS");
  }

  @Test
  void theTimelineHasWhatTheWorkerTellsOfItsHandlerAtTheAnswerAlone() {
    record(
        20,
        "c1",
        entry("STEP_FAILED", CommandAction.DO, 1, 20, null, "503"),
        entry("STEP_RETRY_TRIGGERED", CommandAction.DO, 1, 20, null, null));
    record(30, null, entry("STEP_STARTED", CommandAction.DO, 2, 30, "c2", null));

    assertThat(log.stream().flatMap(record -> TimelineEntry.of(record).stream()))
        .extracting(TimelineEntry::type, TimelineEntry::pickedUpAt, TimelineEntry::handledMs)
        .containsExactly(
            tuple("STEP_FAILED", at(12), 7L),
            tuple("STEP_RETRY_TRIGGERED", null, null),
            tuple("STEP_STARTED", null, null));
  }

  private void record(long at, @Nullable String answered, Entry... entries) {
    String input =
        answered == null
            ? "{\"type\":\"TimerFired\"}"
            : "{\"type\":\"Answer\",\"answerOf\":{\"commandId\":\"%s\",\"workerVersion\":\"2.3.1\",\"pickedUp\":12,\"handledMs\":7}}"
                .formatted(answered);
    log.add(
        new AuditRecord(
            "flow-1",
            "0".repeat(32),
            "order",
            "order@1",
            log.size() + 1,
            at,
            "IN_PROGRESS",
            RawJson.trusted(input.getBytes(StandardCharsets.UTF_8)),
            List.of(),
            List.of(entries),
            null,
            false));
  }

  @Test
  void aCommandThatABreakerHeldBackIsNoAttempt() {
    record(10, null, entry("STEP_STARTED", CommandAction.DO, 1, 10, null, null));
    record(10, null, entry("STEP_HELD", CommandAction.DO, 1, 10, null, "not sent"));
    record(
        90,
        null,
        entry("STEP_RELEASED", CommandAction.DO, 0, 90, null, null),
        entry("STEP_STARTED", CommandAction.DO, 1, 90, "c1", null));

    assertThat(StepAttempt.of(log, "pay"))
        .extracting(StepAttempt::n, StepAttempt::sentAt)
        .containsExactly(tuple(1, at(90)));
  }

  private static Entry entry(
      String type,
      CommandAction action,
      int attempt,
      long at,
      @Nullable String commandId,
      @Nullable String reason) {
    boolean isAnswer = type.equals("STEP_SUCCESS") || type.equals("STEP_FAILED");
    return new Entry(
        type,
        "pay",
        action,
        1,
        attempt,
        -1,
        isAnswer ? "bank" : null,
        reason,
        null,
        commandId,
        at(at));
  }

  private static Instant at(long ms) {
    return Instant.ofEpochMilli(ms);
  }
}
