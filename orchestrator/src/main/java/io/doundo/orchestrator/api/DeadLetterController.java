package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.DeadLetterReader;
import io.doundo.orchestrator.query.DeadLetterView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
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

  record DeadLetters(List<DeadLetterView> deadLetters) {}

  @Operation(
      summary = "List dead letters",
      description = "Newest first, each with the reason and the place it came from.")
  @GetMapping("/api/dead-letters")
  DeadLetters newest(@RequestParam(name = "limit", defaultValue = "50") int limit) {
    if (limit < 1 || limit > DeadLetterReader.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to %d, but is %d.".formatted(DeadLetterReader.MAX_LIMIT, limit));
    }
    return new DeadLetters(reader.newest(limit));
  }
}
