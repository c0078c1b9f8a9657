package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.deadletter.DeadLetterCursor;
import io.doundo.orchestrator.query.deadletter.DeadLetterFilter;
import io.doundo.orchestrator.query.deadletter.DeadLetterPage;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.DeadLetterView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows what could not be understood. */
@RestController
@Tag(name = "Dead letters")
class DeadLetterController {

  private static final int DEFAULT_LIMIT = 50;

  private final DeadLetterReader reader;

  DeadLetterController(DeadLetterReader reader) {
    this.reader = reader;
  }

  /**
   * Which dead letters are asked for.
   *
   * @param topic the topic where they came from
   * @param reason a part of their reason
   * @param flowId the flow that they are about
   * @param from they became dead letters at or after this time
   * @param to they became dead letters before this time
   */
  record DeadLetterQuery(
      @Nullable String topic,
      @Nullable String reason,
      @Nullable String flowId,
      @Nullable String from,
      @Nullable String to,
      @Nullable Integer limit,
      @Nullable String cursor) {

    private DeadLetterFilter filter() {
      return new DeadLetterFilter(
          present(topic),
          present(reason),
          present(flowId),
          FlowFilter.time("from", from),
          FlowFilter.time("to", to));
    }

    private static @Nullable String present(@Nullable String text) {
      return text == null || text.isBlank() ? null : text;
    }
  }

  @Operation(
      summary = "List dead letters",
      description =
          "Newest first over all partitions, each with its reason and its source. Long"
              + " values are cut: truncated is true, and the id fetches the full value. cursor is the"
              + " nextCursor of an earlier page with the same filters. complete is false if reading"
              + " the topic timed out.")
  @GetMapping("/api/dead-letters")
  DeadLetterPage newest(@ParameterObject DeadLetterQuery query) {
    int limit = query.limit() == null ? DEFAULT_LIMIT : query.limit();
    if (limit < 1 || limit > DeadLetterReader.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to %d, but is %d.".formatted(DeadLetterReader.MAX_LIMIT, limit));
    }
    String cursor = DeadLetterQuery.present(query.cursor());
    return reader.page(query.filter(), limit, cursor == null ? null : after(cursor));
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
    return ResponseEntity.ok(reader.value(id).orElseThrow(() -> unknown(id)));
  }

  private static DeadLetterCursor after(String cursor) {
    return DeadLetterCursor.decode(cursor)
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.BAD_REQUEST, "cursor must be the nextCursor of an earlier page."));
  }

  static ApiProblem unknown(String id) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_DEAD_LETTER,
        "There is no dead letter \"%s\", or it has expired; ids look like 3-1234.".formatted(id));
  }
}
