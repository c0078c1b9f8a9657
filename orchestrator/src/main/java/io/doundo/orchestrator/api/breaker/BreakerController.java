package io.doundo.orchestrator.api.breaker;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.DeferredResponse;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.Durations;
import io.doundo.orchestrator.query.TopicProgress.EntryAge;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.query.breaker.BreakerView;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Shows breakers, and carries to them what operators ask. */
@RestController
@Tag(name = "Breakers")
class BreakerController {

  private static final Set<String> REQUEST = Set.of("reason", "controlId");
  private static final Set<String> OPENING = Set.of("reason", "controlId", "until", "for");
  private static final Set<String> FIGURES =
      Set.of("reason", "controlId", "faults", "window", "openFor", "firstWave");
  private static final byte[] EMPTY = RawJson.EMPTY_OBJECT.bytes();
  private static final int MOST_REASON = 1_000;
  private static final int MOST_DIGITS = 9;

  private final Breakers breakers;
  private final BreakerRequests requests;

  BreakerController(Breakers breakers, BreakerRequests requests) {
    this.breakers = breakers;
    this.requests = requests;
  }

  /** The breakers, and how fresh that is. */
  record BreakerList(@JsonUnwrapped ListAge age, List<BreakerView> breakers) {}

  /** A breaker, and how fresh that is. */
  record ShownBreaker(@JsonUnwrapped BreakerView breaker, @JsonUnwrapped EntryAge age) {}

  @Operation(
      summary = "List circuit breakers",
      description =
          "Each with its state, since when and why, until when it stays open, how many steps it"
              + " holds, its figures, and the last 20 entries of its history, newest first. A breaker"
              + " is listed from its first fault on, or once it is configured or forced open.")
  @GetMapping("/api/breakers")
  BreakerList list() {
    return new BreakerList(breakers.age(), breakers.all().stream().map(BreakerView::of).toList());
  }

  @Operation(
      summary = "Show a circuit breaker",
      description = "asOf, lagMs and complete say how fresh the answer is.")
  @GetMapping("/api/breakers/{name}")
  ShownBreaker show(@PathVariable("name") String name) {
    EntryAge age = breakers.age().ofOne();
    return new ShownBreaker(BreakerView.of(requests.find(name)), age);
  }

  @Operation(
      summary = "Set the figures of a circuit breaker",
      description =
          "The body has any of faults, window, openFor and firstWave, with times such as 60s, and"
              + " optionally reason and controlId; figures that are not given stay. Makes a breaker"
              + " that is not known yet.")
  @PutMapping("/api/breakers/{name}")
  DeferredResult<ResponseEntity<Object>> configure(
      @PathVariable("name") String name, HttpServletRequest request, Principal principal) {
    Map<String, String> body = body(request, FIGURES);
    BreakerCommand.Figures figures =
        new BreakerCommand.Figures(
            number(body, "faults"),
            millis(body, "window"),
            millis(body, "openFor"),
            number(body, "firstWave"));
    return answer(command(name, BreakerVerb.CONFIGURE, figures, null, body, principal));
  }

  @Operation(
      summary = "Force a circuit breaker open, or reset it",
      description =
          "open holds all commands, for maintenance: the body has a reason, and until (a time) or for"
              + " (a length such as 2h), at most 7 days ahead. reset closes the breaker and forgets"
              + " all faults; what it held is let through in waves. Answers 200 with the breaker once"
              + " it is applied and committed, or 409 with the reason. A repeated controlId gets the"
              + " same outcome.")
  @PostMapping("/api/breakers/{name}/{verb}")
  DeferredResult<ResponseEntity<Object>> ask(
      @PathVariable("name") String name,
      @PathVariable("verb") String verb,
      HttpServletRequest request,
      Principal principal) {
    return switch (verb) {
      case "open" -> {
        Map<String, String> body = body(request, OPENING);
        yield answer(command(name, BreakerVerb.OPEN, null, until(body), body, principal));
      }
      case "reset" -> {
        Map<String, String> body = body(request, REQUEST);
        yield answer(command(name, BreakerVerb.RESET, null, null, body, principal));
      }
      default ->
          throw new ApiProblem(
              ProblemKind.UNKNOWN_VERB,
              "A breaker knows no verb \"%s\", only open and reset.".formatted(verb));
    };
  }

  @Operation(
      summary = "Forget a circuit breaker",
      description =
          "Its figures are the defaults again, and what it held is let through in waves. It comes"
              + " back with the next fault. The body is optional: {\"reason\", \"controlId\"}.")
  @DeleteMapping("/api/breakers/{name}")
  DeferredResult<ResponseEntity<Object>> delete(
      @PathVariable("name") String name, HttpServletRequest request, Principal principal) {
    Map<String, String> body = body(request, REQUEST);
    BreakerCommand command = command(name, BreakerVerb.DELETE, null, null, body, principal);
    return DeferredResponse.of(
        requests.ask(command).thenApply(gone -> ResponseEntity.noContent().<Object>build()));
  }

  private DeferredResult<ResponseEntity<Object>> answer(BreakerCommand command) {
    return DeferredResponse.of(
        requests.ask(command).thenApply(state -> ResponseEntity.<Object>ok(BreakerView.of(state))));
  }

  private static BreakerCommand command(
      String name,
      BreakerVerb verb,
      BreakerCommand.@Nullable Figures figures,
      @Nullable Instant until,
      Map<String, String> body,
      Principal principal) {
    String refusal = Names.refuse(name);
    if (refusal != null) {
      throw refused("A breaker's name " + refusal + ".");
    }
    return new BreakerCommand(
        body.get("controlId"),
        name,
        verb,
        figures,
        until,
        body.get("reason"),
        RequestBodies.caller(principal));
  }

  private static Map<String, String> body(HttpServletRequest request, Set<String> allowed) {
    byte[] bytes = RequestBodies.bytes(request);
    try {
      Map<String, RawJson> fields = Json.fields(bytes.length == 0 ? EMPTY : bytes);
      RequestBodies.requireKnown(fields.keySet(), allowed);
      RequestBodies.completeControlId(fields, request);
      Map<String, String> body = Json.scalars(Json.object(fields));
      String reason = body.get("reason");
      if (reason != null && reason.length() > MOST_REASON) {
        throw new MalformedRecordException(
            "\"reason\" must have at most %d characters".formatted(MOST_REASON));
      }
      return body;
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private static Instant until(Map<String, String> body) {
    String until = body.get("until");
    String length = body.get("for");
    if ((until == null) == (length == null)) {
      throw refused("The body must have either \"until\" or \"for\".");
    }
    if (until == null) {
      return Instant.now().plus(duration("for", String.valueOf(length)));
    }
    try {
      return Instant.parse(until);
    } catch (DateTimeException e) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "\"until\" must be a time such as 2027-05-04T12:00:00Z.",
          Map.of(),
          e);
    }
  }

  private static @Nullable Integer number(Map<String, String> body, String field) {
    String text = body.get(field);
    if (text == null) {
      return null;
    }
    boolean isNumber =
        !text.isEmpty()
            && text.length() <= MOST_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      throw refused("\"%s\" must be a whole number.".formatted(field));
    }
    return Integer.valueOf(text);
  }

  private static @Nullable Long millis(Map<String, String> body, String field) {
    String text = body.get(field);
    return text == null ? null : duration(field, text).toMillis();
  }

  private static Duration duration(String field, String text) {
    Duration duration = Durations.parse(text);
    if (duration == null || duration.compareTo(Durations.LONGEST) > 0) {
      throw refused(
          "\"%s\" must be a time such as 30s, PT30S or a number of milliseconds.".formatted(field));
    }
    return duration;
  }

  private static ApiProblem refused(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
