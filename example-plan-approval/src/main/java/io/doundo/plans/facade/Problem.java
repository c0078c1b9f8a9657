package io.doundo.plans.facade;

import org.jspecify.annotations.Nullable;

/** Why a request is refused, as its caller sees it. */
final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kinds of problems, with their HTTP status. */
  enum Kind {
    BAD_REQUEST(400),
    UNAUTHORIZED(401),
    FORBIDDEN(403),
    SUBMITTER_MAY_NOT_APPROVE(403),
    NOT_YOUR_TASK(403),
    DRAFT_NOT_FOUND(404),
    PLAN_NOT_FOUND(404),
    TASK_NOT_FOUND(404),
    VERSION_CONFLICT(409),
    MANUAL_MERGE_REQUIRED(409),
    ALREADY_SUBMITTED(409),
    NOT_EDITABLE(409),
    TASK_CLOSED(409),
    TOO_LARGE(413),
    INVALID_PLAN(422),
    DEPENDENCY_UNAVAILABLE(503);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final Kind kind;
  private final transient @Nullable Object data;

  Problem(Kind kind, String message) {
    this(kind, message, null, null);
  }

  Problem(Kind kind, String message, @Nullable Object data, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.data = data;
  }

  Kind kind() {
    return kind;
  }

  /** Details for a program; null without any. */
  @Nullable Object data() {
    return data;
  }
}
