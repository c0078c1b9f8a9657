package io.doundo.orchestrator.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.Caller;
import io.doundo.orchestrator.api.request.DeadLetterQuery;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.jobs.JobTopic;
import io.doundo.orchestrator.query.deadletter.DeadLetterCursor;
import io.doundo.orchestrator.query.deadletter.DeadLetterGroupPage;
import io.doundo.orchestrator.query.deadletter.DeadLetterPage;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.DeadLetterView;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.orchestrator.resend.Deed;
import io.doundo.orchestrator.resend.Resend;
import io.doundo.orchestrator.resend.ResendEdit;
import io.doundo.orchestrator.resend.ResendRefusedException;
import io.doundo.orchestrator.resend.Resender;
import io.doundo.protocol.ControlCommand;
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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Shows what could not be understood, and sends it again as it is or edited. */
@RestController
@Tag(name = "Dead letters")
class DeadLetterController {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterController.class);

  private static final int DEFAULT_LIMIT = 50;

  private static final Set<String> FIELDS =
      Set.of("value", "valueBase64", "key", "headers", "reason", "dryRun");

  private final DeadLetterReader reader;
  private final Resender resender;
  private final RecordSender sender;
  private final JobTopic marks;

  DeadLetterController(
      DeadLetterReader reader, Resender resender, RecordSender sender, JobTopic marks) {
    this.reader = reader;
    this.resender = resender;
    this.sender = sender;
    this.marks = marks;
  }

  @Operation(
      summary = "List dead letters",
      description =
          "Newest first over all partitions, each with its reason and its source. Long"
              + " values are cut: truncated is true, and the id fetches the full value. cursor is the"
              + " nextCursor of an earlier page with the same filters. complete is false if reading"
              + " the topic timed out. seen says whether an operator has marked it as seen, and"
              + " fingerprint is the group of its reason.")
  @GetMapping("/api/dead-letters")
  DeadLetterPage newest(@ParameterObject DeadLetterQuery query) {
    int limit = query.limit() == null ? DEFAULT_LIMIT : query.limit();
    if (limit < 1 || limit > DeadLetterReader.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to %d, but is %d.".formatted(DeadLetterReader.MAX_LIMIT, limit));
    }
    String cursor = query.after();
    return reader.page(query.filter(), limit, cursor == null ? null : after(cursor));
  }

  @Operation(
      summary = "Group dead letters by their causes",
      description =
          "The largest group first, with the filters of the list. A group is where they came from and"
              + " their reason without what differs from one to the next. upTo says how far the topic"
              + " was read: mark a group as seen up to there. complete is false if reading the topic"
              + " timed out, so that counts may be too small.")
  @GetMapping("/api/dead-letters/groups")
  DeadLetterGroupPage groups(@ParameterObject DeadLetterQuery query) {
    if (query.limit() != null || query.after() != null) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST, "The groups are all on one page: leave out limit and cursor.");
    }
    return reader.groups(query.filter());
  }

  /**
   * What was marked.
   *
   * @param marked how many dead letters, or null for a group
   * @param seen false when the mark was taken back
   */
  record Marked(@Nullable Integer marked, boolean seen) {}

  @Operation(
      summary = "Mark dead letters as seen",
      description =
          "The body is {\"ids\": [\"3-17\"]}, or {\"fingerprint\", \"upTo\"} for a group as GET"
              + " /api/dead-letters/groups has shown it. \"seen\": false takes the mark back. Nothing"
              + " is sent, and the dead letters stay where they are.")
  @PostMapping("/api/dead-letters/seen")
  Marked seen(HttpServletRequest request, Principal principal) {
    SeenRequest asked = SeenRequest.of(RequestBodies.bytes(request));
    String caller = RequestBodies.caller(principal);
    List<SeenMarks.Mark> written = asked.marks(caller, System.currentTimeMillis(), reader.ends());
    LOG.info(
        "Dead letters {} are marked as {} by {}",
        asked.subjects(),
        asked.isSeen() ? "seen" : "not seen",
        caller);
    marks.writeSeen(written);
    return new Marked(asked.upTo() == null ? written.size() : null, asked.isSeen());
  }

  @Operation(summary = "Show a dead letter with its whole value as text")
  @GetMapping("/api/dead-letters/{id}")
  DeadLetterView one(@PathVariable("id") String id) {
    return reader.one(id).orElseThrow(() -> unknown(id));
  }

  @Operation(summary = "Show a dead letter by its partition and offset among the dead letters")
  @GetMapping("/api/dead-letters/{partition}/{offset}")
  DeadLetterView one(
      @PathVariable("partition") String partition, @PathVariable("offset") String offset) {
    return one(partition + '-' + offset);
  }

  @Operation(summary = "Fetch the value of a dead letter, byte for byte")
  @GetMapping(
      path = "/api/dead-letters/{id}/value",
      produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  ResponseEntity<byte[]> value(@PathVariable("id") String id) {
    PayloadRule.requireShown();
    return ResponseEntity.ok(reader.value(id).orElseThrow(() -> unknown(id)));
  }

  private static DeadLetterCursor after(String cursor) {
    return DeadLetterCursor.decode(cursor)
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.BAD_REQUEST, "cursor must be the nextCursor of an earlier page."));
  }

  private static ApiProblem unknown(String id) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_DEAD_LETTER,
        "There is no dead letter \"%s\", or it has expired; ids look like 3-1234.".formatted(id));
  }

  /**
   * A dead letter that was sent again, or would be.
   *
   * @param id of the dead letter
   * @param topic where it goes
   * @param partition where it was written; null when nothing was sent
   * @param offset as the partition
   * @param edited whether it differs from the dead letter
   * @param role which role may send it; null when it was not understood
   */
  record ResendResult(
      String id,
      boolean sent,
      String topic,
      @Nullable Integer partition,
      @Nullable Long offset,
      boolean edited,
      @Nullable String role,
      Verdict verdict) {}

  /**
   * What the decoder says that will read the record.
   *
   * @param problems why the record would become a dead letter again; empty when it would not
   */
  record Verdict(boolean accepted, List<String> problems) {}

  /** The body of a request. */
  private record Request(ResendEdit edit, @Nullable String reason, boolean dryRun) {}

  @Operation(
      summary = "Send a dead letter again, as it is or edited",
      description =
          "The body is optional: {\"value\" or \"valueBase64\", \"key\", \"headers\", \"reason\","
              + " \"dryRun\"}. The record goes to the topic where it came from, if that is an input"
              + " topic of the orchestrator or the topic of a registered step. Its key, its flowId and"
              + " the headers that say whose record it is cannot be edited; requestedBy becomes the"
              + " caller. It takes the role that the same request takes over REST, and an edited"
              + " answer or command takes ADMIN. A record that would become a dead letter again is"
              + " not sent: 422 with the reasons. With dryRun nothing is sent, and the verdict tells.")
  @ApiResponse(
      responseCode = "200",
      description = "Sent; with dryRun, whether it would be understood",
      content = @Content(schema = @Schema(implementation = ResendResult.class)))
  @PostMapping("/api/dead-letters/{partition}/{offset}/resend")
  DeferredResult<ResponseEntity<Object>> resend(
      @PathVariable("partition") String partition,
      @PathVariable("offset") String offset,
      @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      Principal principal) {
    String id = partition + '-' + offset;
    Request asked = request(RequestBodies.bytes(request));
    StoredDeadLetter letter = reader.stored(id).orElseThrow(() -> unknown(id));
    Resend resend = resend(letter, asked, Caller.of(principal));
    if (dryRun || asked.dryRun()) {
      return DeferredResponse.of(
          CompletableFuture.completedFuture(ResponseEntity.ok(result(id, resend, null, null))));
    }
    return send(id, resend, asked, Caller.of(principal));
  }

  private DeferredResult<ResponseEntity<Object>> send(
      String id, Resend resend, Request asked, Caller caller) {
    requireUnderstood(resend);
    requireRole(resend, caller);
    if (resend.edited() && asked.reason() == null) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "Nothing was sent: an edited dead letter needs a \"reason\", which is kept with the record.");
    }
    LOG.info(
        "Dead letter {} is sent to {} again{} by {}",
        id,
        resend.topic(),
        resend.edited() ? ", edited," : "",
        caller.name());
    return DeferredResponse.of(
        sender
            .send(resender.record(resend))
            .thenApply(
                written ->
                    ResponseEntity.ok(result(id, resend, written.partition(), written.offset()))));
  }

  private Resend resend(StoredDeadLetter letter, Request asked, Caller caller) {
    try {
      Resend resend = resender.resend(letter, asked.edit(), caller.name(), asked.reason());
      ControlCommand command = resend.command();
      if (command != null) {
        caller.requireMayActFor(command.onBehalfOf());
      }
      return resend;
    } catch (ResendRefusedException e) {
      throw new ApiProblem(
          ProblemKind.RESEND_REFUSED, "Nothing was sent: " + e.reason() + '.', Map.of(), e);
    }
  }

  private static void requireUnderstood(Resend resend) {
    if (!resend.problems().isEmpty()) {
      throw new ApiProblem(
          ProblemKind.RECORD_REFUSED,
          "Nothing was sent, because the record would become a dead letter again: "
              + String.join("; ", resend.problems()),
          Map.of("reasons", resend.problems()),
          null);
    }
  }

  private static void requireRole(Resend resend, Caller caller) {
    Deed deed = resend.deed();
    if (deed == null || (deed.needsAdmin(resend.edited()) && !caller.isAdmin())) {
      throw new ApiProblem(
          ProblemKind.FORBIDDEN,
          "Nothing was sent: %s needs the role ADMIN."
              .formatted(
                  deed == Deed.REGISTRATION
                      ? "a registration"
                      : "an edited answer or command, which speaks for a worker or to one,"));
    }
  }

  private static ResendResult result(
      String id, Resend resend, @Nullable Integer partition, @Nullable Long offset) {
    Deed deed = resend.deed();
    return new ResendResult(
        id,
        offset != null,
        resend.topic(),
        partition,
        offset,
        resend.edited(),
        deed == null ? null : deed.needsAdmin(resend.edited()) ? "ADMIN" : "OPERATOR",
        new Verdict(resend.problems().isEmpty(), resend.problems()));
  }

  private static Request request(byte[] body) {
    try {
      Map<String, RawJson> fields = body.length == 0 ? Map.of() : Json.fields(body);
      RequestBodies.requireKnown(fields.keySet(), FIELDS);
      String value = text(fields, "value");
      String base64 = text(fields, "valueBase64");
      if (value != null && base64 != null) {
        throw new MalformedRecordException(
            "\"value\" and \"valueBase64\" exclude each other: give one of them");
      }
      byte[] bytes =
          value != null ? value.getBytes(UTF_8) : base64 == null ? null : decoded(base64);
      return new Request(
          new ResendEdit(bytes, text(fields, "key"), headers(fields.get("headers"))),
          text(fields, "reason"),
          isDryRun(fields.get("dryRun")));
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  private static byte[] decoded(String base64) throws MalformedRecordException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("\"valueBase64\" is not base64: " + e.getMessage());
    }
  }

  private static boolean isDryRun(@Nullable RawJson said) throws MalformedRecordException {
    String text = said == null ? "false" : said.toString();
    return switch (text) {
      case "true" -> true;
      case "false", "null" -> false;
      default ->
          throw new MalformedRecordException("\"dryRun\" must be true or false but is " + text);
    };
  }

  private static Map<String, @Nullable String> headers(@Nullable RawJson json)
      throws MalformedRecordException {
    Map<String, @Nullable String> headers = new LinkedHashMap<>();
    if (json != null && !json.isNull()) {
      Map<String, RawJson> fields = Json.fields(json.bytes());
      for (String name : fields.keySet()) {
        headers.put(name, text(fields, name));
      }
    }
    return headers;
  }

  private static @Nullable String text(Map<String, RawJson> fields, String name)
      throws MalformedRecordException {
    RawJson json = fields.get(name);
    if (json == null || json.isNull()) {
      return null;
    }
    if (!json.isString()) {
      throw new MalformedRecordException(
          "\"%s\" must be a text but is %s".formatted(name, Json.kind(json)));
    }
    return Json.text(json);
  }
}
