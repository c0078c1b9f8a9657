package io.doundo.orchestrator.api.job;

import static io.doundo.orchestrator.api.job.JobRefusals.bad;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request about bulk jobs. One that is null counts as absent, and an unknown one is
 * refused. Immutable.
 */
final class JobFields {

  private final Map<String, RawJson> fields;

  private JobFields(Map<String, RawJson> fields) {
    this.fields = fields;
  }

  /** The fields of the body; none when it is empty. */
  static JobFields of(HttpServletRequest request, Set<String> known) {
    return of(RequestBodies.bytes(request), known);
  }

  /** The fields of a JSON object; none when there are no bytes. */
  static JobFields of(byte[] json, Set<String> known) {
    try {
      Map<String, RawJson> fields = json.length == 0 ? Map.of() : Json.fields(json);
      RequestBodies.requireKnown(fields.keySet(), known);
      return new JobFields(fields);
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  @Nullable RawJson get(String name) {
    RawJson value = fields.get(name);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  boolean isTrue(String name) {
    RawJson given = get(name);
    if (given != null && !Set.of("true", "false").contains(given.toString())) {
      throw bad("\"%s\" must be true or false.".formatted(name));
    }
    return given != null && given.toString().equals("true");
  }

  /** How many requests a second are sent; null when nothing is said. */
  @Nullable Integer perSecond() {
    RawJson given = get("perSecond");
    if (given == null) {
      return null;
    }
    if (!given.toString().matches("\\d{1,4}")) {
      throw bad("\"perSecond\" must be 1 to %d.".formatted(Job.MOST_PER_SECOND));
    }
    int perSecond = Integer.parseInt(given.toString());
    if (perSecond < 1 || perSecond > Job.MOST_PER_SECOND) {
      throw bad("\"perSecond\" must be 1 to %d.".formatted(Job.MOST_PER_SECOND));
    }
    return perSecond;
  }
}
