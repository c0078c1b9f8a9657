package io.doundo.plans.facade;

import io.doundo.plans.json.PlanJson;
import io.doundo.plans.merge.Resolution;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of requests. A field that is not known is refused. */
final class Bodies {

  /**
   * A draft.
   *
   * @param planId null for the draft's own id
   * @param baseVersion of the published plan that the author has seen; null for the one that the
   *     draft has, and for a new draft the one that is published now
   * @param revision that the author has seen; null for whatever there is
   */
  record DraftBody(
      @Nullable String userId,
      @Nullable String planId,
      @Nullable String name,
      @Nullable ObjectNode data,
      @Nullable List<String> approvers,
      @Nullable List<String> escalation,
      @Nullable String baseVersion,
      @Nullable Long revision) {}

  /**
   * A submission.
   *
   * @param draftId null when the path names the draft
   * @param planData null for the draft as it is
   * @param revision of the draft that is meant; null for whatever there is
   */
  record SubmitBody(
      @Nullable String userId,
      @Nullable String draftId,
      @Nullable ObjectNode planData,
      @Nullable Long revision) {}

  /**
   * A submission onto the published version.
   *
   * @param recreate whether a plan that was deleted is to be published anew
   * @param revision of the draft that is meant; null for whatever there is
   */
  record ResubmitBody(
      @Nullable String userId,
      @Nullable List<Resolution> resolutions,
      @Nullable Boolean recreate,
      @Nullable Long revision) {}

  /** The answer to a task. */
  record CompleteBody(
      @Nullable String userId,
      @Nullable Boolean approved,
      @Nullable String comments,
      @Nullable List<Resolution> resolutions,
      @Nullable Boolean recreate,
      @Nullable Boolean withdraw) {}

  /** The largest body, in bytes: a plan, and what is said about it. */
  private static final int LARGEST = 2 * Submissions.LARGEST_PLAN;

  private static final ObjectReader READER =
      PlanJson.MAPPER.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private Bodies() {}

  /**
   * Reads the body of a request. Of one that is too large, no more than that is read.
   *
   * @throws Problem when it is too large, not JSON, has an unknown field, or a field of the wrong
   *     kind
   */
  static <T> T read(HttpServletRequest request, Class<T> type) throws IOException {
    byte[] body = request.getInputStream().readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      throw new Problem(
          Problem.Kind.TOO_LARGE,
          "the body of the request may have at most %d bytes, and the plan in it at most %d"
              .formatted(LARGEST, Submissions.LARGEST_PLAN));
    }
    try {
      T read = READER.forType(type).readValue(body);
      if (read != null) {
        return read;
      }
    } catch (JacksonException e) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST, "the body is not as expected: " + said(e), null, e);
    }
    throw new Problem(Problem.Kind.BAD_REQUEST, "the body must be a JSON object");
  }

  private static String said(JacksonException e) {
    Throwable cause = e.getCause();
    return cause instanceof IllegalArgumentException && cause.getMessage() != null
        ? cause.getMessage()
        : e.getOriginalMessage();
  }
}
