package io.doundo.orchestrator.query.timeline;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One command of a step with its answer.
 *
 * @param n counts from 1 in each direction and generation
 * @param sentAt null when it was sent before what is kept of the log, or its answer came unasked
 * @param pickedUpAt when the worker's handler began, by the clock of the worker; null when it does
 *     not say
 * @param handledMs how long the handler ran; null when the worker does not say
 * @param answeredAt when its answer was accepted, or it timed out; null while it is awaited
 * @param outcome SUCCESS, FAILED or TIMED_OUT; null while it is awaited
 * @param followedBy what followed from a failure, such as RETRY_TRIGGERED, RETRY_EXHAUSTED or
 *     IN_DOUBT; null for nothing
 * @param workerVersion the version that the worker gave; null when it gave none
 * @param error why it failed
 */
public record StepAttempt(
    CommandAction action,
    int n,
    int generation,
    @Nullable String commandId,
    @Nullable Instant sentAt,
    @Nullable Instant pickedUpAt,
    @Nullable Long handledMs,
    @Nullable Instant answeredAt,
    @Nullable String outcome,
    @Nullable String followedBy,
    @Nullable String worker,
    @Nullable String workerVersion,
    @Nullable String error) {

  private static final String PREFIX = "STEP_";

  /** The attempts of a step, in the order in which they were sent. */
  public static List<StepAttempt> of(List<AuditRecord> log, String step) {
    List<StepAttempt> attempts = new ArrayList<>();
    for (AuditRecord record : log) {
      for (Entry entry : record.events()) {
        CommandAction action = entry.operation();
        if (step.equals(entry.step()) && action != null && entry.attempt() > 0) {
          add(attempts, record, entry, action);
        }
      }
    }
    return List.copyOf(attempts);
  }

  private static void add(
      List<StepAttempt> attempts, AuditRecord record, Entry entry, CommandAction action) {
    switch (entry.type()) {
      case "STEP_STARTED" ->
          attempts.add(
              new StepAttempt(
                  action,
                  entry.attempt(),
                  entry.generation(),
                  entry.commandId(),
                  entry.timestamp(),
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null));
      case "STEP_HELD" -> takeBack(attempts, entry, action);
      case "STEP_SUCCESS", "STEP_FAILED", "STEP_TIMED_OUT" ->
          answer(attempts, record, entry, action);
      case "STEP_RETRY_TRIGGERED",
          "STEP_RETRY_EXHAUSTED",
          "STEP_IN_DOUBT",
          "STEP_GIVEN_UP",
          "STEP_RESOLVED" ->
          follow(attempts, entry, action);
      default -> {
        // It is not about an attempt.
      }
    }
  }

  private static void answer(
      List<StepAttempt> attempts, AuditRecord record, Entry entry, CommandAction action) {
    JsonNode answerOf = Json.MAPPER.readTree(record.input().bytes()).path("answerOf");
    String named = answerOf.path("commandId").asString(null);
    int at = awaited(attempts, action, named);
    StepAttempt sent = at < 0 ? null : attempts.get(at);
    HandlerTimes times = HandlerTimes.of(answerOf);
    StepAttempt answered =
        new StepAttempt(
            action,
            sent == null ? entry.attempt() : sent.n(),
            sent == null ? entry.generation() : sent.generation(),
            sent == null ? named : sent.commandId(),
            sent == null ? null : sent.sentAt(),
            times.pickedUpAt(),
            times.handledMs(),
            entry.timestamp(),
            entry.type().substring(PREFIX.length()),
            null,
            entry.worker(),
            answerOf.path("workerVersion").asString(null),
            entry.reason());
    if (at < 0) {
      attempts.add(answered);
    } else {
      attempts.set(at, answered);
    }
  }

  /** A breaker held back the command of the attempt: there was none. */
  private static void takeBack(List<StepAttempt> attempts, Entry entry, CommandAction action) {
    int last = attempts.size() - 1;
    StepAttempt attempt = last < 0 ? null : attempts.get(last);
    if (attempt != null
        && attempt.action() == action
        && attempt.n() == entry.attempt()
        && attempt.outcome() == null) {
      attempts.remove(last);
    }
  }

  /** The command that the answer names, or the last one of its direction; -1 for neither. */
  private static int awaited(
      List<StepAttempt> attempts, CommandAction action, @Nullable String commandId) {
    for (int i = attempts.size() - 1; i >= 0; i--) {
      StepAttempt attempt = attempts.get(i);
      boolean isMeant = commandId == null || commandId.equals(attempt.commandId());
      if (attempt.action() == action && attempt.outcome() == null && isMeant) {
        return i;
      }
    }
    return -1;
  }

  private static void follow(List<StepAttempt> attempts, Entry entry, CommandAction action) {
    for (int i = attempts.size() - 1; i >= 0; i--) {
      StepAttempt attempt = attempts.get(i);
      if (attempt.action() == action) {
        attempts.set(i, attempt.followedBy(entry.type().substring(PREFIX.length())));
        return;
      }
    }
  }

  private StepAttempt followedBy(String next) {
    return new StepAttempt(
        action,
        n,
        generation,
        commandId,
        sentAt,
        pickedUpAt,
        handledMs,
        answeredAt,
        outcome,
        next,
        worker,
        workerVersion,
        error);
  }
}
