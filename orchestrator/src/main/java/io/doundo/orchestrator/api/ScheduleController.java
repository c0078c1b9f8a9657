package io.doundo.orchestrator.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.api.request.Unanswered;
import io.doundo.orchestrator.query.TopicProgress.EntryAge;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.schedule.ScheduleView;
import io.doundo.orchestrator.query.schedule.Schedules;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.ScheduleVerb;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Shows schedules, and carries to them what operators ask. */
@RestController
@Tag(name = "Schedules")
class ScheduleController {

  private static final Duration ANSWER_WAIT = Duration.ofSeconds(15);
  private static final Set<String> FIELDS = Set.of("reason", "controlId");
  private static final byte[] EMPTY = RawJson.EMPTY_OBJECT.bytes();
  private static final int MOST_REASON = 1_000;

  private final Schedules schedules;
  private final RecordSender sender;

  ScheduleController(Schedules schedules, RecordSender sender) {
    this.schedules = schedules;
    this.sender = sender;
  }

  /** The schedules, and how fresh that is. */
  record ScheduleList(@JsonUnwrapped ListAge age, List<ScheduleView> schedules) {}

  /** A schedule, and how fresh that is. */
  record ShownSchedule(@JsonUnwrapped ScheduleView schedule, @JsonUnwrapped EntryAge age) {}

  /** A request that was carried out. */
  record ScheduleResult(
      String orchestration,
      String trigger,
      ScheduleVerb verb,
      String controlId,
      boolean accepted) {}

  @Operation(
      summary = "List schedules",
      description =
          "Each with its next five times, in UTC and as its time zone shows them, the runs that have"
              + " not ended, and the last 20 entries of its history, newest first.")
  @GetMapping("/api/schedules")
  ScheduleList list(
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration) {
    String of = FlowFilter.present(orchestration);
    return new ScheduleList(
        schedules.age(),
        schedules.all().stream()
            .filter(state -> of == null || of.equals(state.name().orchestration()))
            .map(ScheduleView::of)
            .toList());
  }

  @Operation(
      summary = "Show a schedule",
      description = "asOf, lagMs and complete say how fresh the answer is.")
  @GetMapping("/api/schedules/{orchestration}/{trigger}")
  ShownSchedule show(
      @PathVariable("orchestration") String orchestration,
      @PathVariable("trigger") String trigger) {
    EntryAge age = schedules.age().ofOne();
    return new ShownSchedule(ScheduleView.of(find(new ScheduleName(orchestration, trigger))), age);
  }

  private ScheduleState find(ScheduleName name) {
    return schedules
        .find(name)
        .orElseThrow(
            () ->
                schedules.isComplete()
                    ? new ApiProblem(
                        ProblemKind.UNKNOWN_SCHEDULE, "There is no schedule \"" + name + "\".")
                    : new ApiProblem(
                        ProblemKind.NOT_READY,
                        "This instance still reads the schedules after its start."));
  }

  @Operation(
      summary = "Pause, resume or trigger a schedule",
      description =
          "The body is optional: {\"reason\", \"controlId\"}. pause starts no more runs by time, and"
              + " running ones go on; resume starts again with the next time, and the times between"
              + " are not caught up; trigger starts a run now, also while the schedule is paused, and"
              + " obeys the rule of overlap. Answers 200 once it is applied and committed, or 409 with"
              + " the reason. A repeated controlId gets the same outcome.")
  @ApiResponse(
      responseCode = "200",
      description = "Applied and committed",
      content = @Content(schema = @Schema(implementation = ScheduleResult.class)))
  @ApiResponse(
      responseCode = "409",
      description = "The schedule does not allow this; detail has the reason",
      content =
          @Content(
              mediaType = "application/problem+json",
              schema = @Schema(ref = "#/components/schemas/Problem")))
  @PostMapping("/api/schedules/{orchestration}/{trigger}/{verb}")
  DeferredResult<ResponseEntity<Object>> ask(
      @PathVariable("orchestration") String orchestration,
      @PathVariable("trigger") String trigger,
      @PathVariable("verb") String verb,
      HttpServletRequest request,
      Principal principal) {
    ScheduleName name = find(new ScheduleName(orchestration, trigger)).name();
    ScheduleCommand command = command(name, verb(verb), request, principal);
    String controlId = String.valueOf(command.controlId());
    CompletableFuture<ScheduleState.Outcome> outcome =
        schedules.outcome(name, controlId, ANSWER_WAIT);
    return DeferredResponse.of(
        sender
            .send(Topics.CONTROL, ScheduleKey.of(name), command.encode(), Map.of())
            .thenCompose(sent -> outcome)
            .handle((answer, failure) -> answer(command, controlId, answer, failure)));
  }

  private static ResponseEntity<Object> answer(
      ScheduleCommand command,
      String controlId,
      ScheduleState.@Nullable Outcome outcome,
      @Nullable Throwable failure) {
    if (outcome == null) {
      throw Unanswered.problem(controlId, ANSWER_WAIT, "the schedule's history", failure);
    }
    String refusal = outcome.refusal();
    if (refusal != null) {
      throw new ApiProblem(
          ProblemKind.SCHEDULE_REFUSED,
          "%s refused: %s".formatted(command.verb(), refusal),
          Map.of("controlId", controlId),
          null);
    }
    return ResponseEntity.ok(
        new ScheduleResult(
            command.orchestration(), command.trigger(), command.verb(), controlId, true));
  }

  private static ScheduleVerb verb(String verb) {
    for (ScheduleVerb known : ScheduleVerb.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(verb)) {
        return known;
      }
    }
    throw new ApiProblem(
        ProblemKind.UNKNOWN_VERB,
        "A schedule knows no verb \"%s\", only pause, resume and trigger.".formatted(verb));
  }

  private static ScheduleCommand command(
      ScheduleName name, ScheduleVerb verb, HttpServletRequest request, Principal principal) {
    byte[] bytes = RequestBodies.bytes(request);
    try {
      Map<String, RawJson> fields = Json.fields(bytes.length == 0 ? EMPTY : bytes);
      RequestBodies.requireKnown(fields.keySet(), FIELDS);
      RequestBodies.completeControlId(fields, request);
      Map<String, String> body = Json.scalars(Json.object(fields));
      String reason = body.get("reason");
      if (reason != null && reason.length() > MOST_REASON) {
        throw new MalformedRecordException(
            "\"reason\" must have at most %d characters".formatted(MOST_REASON));
      }
      return new ScheduleCommand(
          body.get("controlId"),
          name.orchestration(),
          name.trigger(),
          verb,
          reason,
          RequestBodies.caller(principal));
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }
}
