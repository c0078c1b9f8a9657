package io.doundo.plans.facade;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers with problems in the form of all answers. */
@RestControllerAdvice
class ProblemAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<Answer> onProblem(Problem problem) {
    if (problem.kind() == Problem.Kind.DEPENDENCY_UNAVAILABLE) {
      LOG.warn("{}", problem.getMessage());
    }
    return ResponseEntity.status(problem.kind().status()).body(Answer.refusal(problem));
  }

  /** What Spring refuses by itself: an unknown address, a method that it does not have. */
  @ExceptionHandler
  ResponseEntity<Answer> onRefusal(Exception refusal) throws Exception {
    if (refusal instanceof ErrorResponse response) {
      HttpStatusCode status = response.getStatusCode();
      return ResponseEntity.status(status)
          .body(
              new Answer(
                  false,
                  status.value() == 404 ? "not_found" : "bad_request",
                  response.getBody().getDetail(),
                  null));
    }
    throw refusal;
  }
}
