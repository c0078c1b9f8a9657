package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.deadletter.DeadLetterCursor;
import io.doundo.orchestrator.query.deadletter.DeadLetterPage;
import io.doundo.orchestrator.query.deadletter.DeadLetterReader;
import io.doundo.orchestrator.query.deadletter.DeadLetterView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows what could not be understood. */
@RestController
@Tag(name = "Dead letters")
class DeadLetterController {

  private final DeadLetterReader reader;

  DeadLetterController(DeadLetterReader reader) {
    this.reader = reader;
  }

  @Operation(
      summary = "List dead letters",
      description =
          "Newest first over all partitions, each with its reason and its source. Long"
              + " values are cut: truncated is true, and the id fetches the full value. cursor is the"
              + " nextCursor of an earlier page. complete is false if reading the topic"
              + " timed out.")
  @GetMapping("/api/dead-letters")
  DeadLetterPage newest(
      @RequestParam(name = "limit", defaultValue = "50") int limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    if (limit < 1 || limit > DeadLetterReader.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to %d, but is %d.".formatted(DeadLetterReader.MAX_LIMIT, limit));
    }
    return reader.page(limit, cursor == null || cursor.isBlank() ? null : after(cursor));
  }

  @Operation(summary = "Show a dead letter with its whole value as text")
  @GetMapping("/api/dead-letters/{id}")
  DeadLetterView one(@PathVariable("id") String id) {
    return reader.one(id).orElseThrow(() -> unknown(id));
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

  private static ApiProblem unknown(String id) {
    return new ApiProblem(
        ProblemKind.UNKNOWN_DEAD_LETTER,
        "There is no dead letter \"%s\", or it has expired; ids look like 3-1234.".formatted(id));
  }
}
