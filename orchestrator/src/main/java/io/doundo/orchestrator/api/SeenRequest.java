package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.query.deadletter.DeadLetterCursor;
import io.doundo.orchestrator.query.deadletter.DeadLetterPlace;
import io.doundo.orchestrator.query.deadletter.SeenMarks;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request to mark dead letters as seen: either some by their ids, or a group up to where it was
 * shown.
 *
 * @param subjects the ids, or the fingerprint alone
 * @param upTo for a group, how far the topic was read when it was shown; else null
 */
record SeenRequest(List<String> subjects, @Nullable DeadLetterCursor upTo, boolean isSeen) {

  /** How many dead letters may be named one by one. */
  static final int MOST_NAMED = 1_000;

  private static final Set<String> FIELDS = Set.of("ids", "fingerprint", "upTo", "seen");

  SeenRequest {
    subjects = List.copyOf(subjects);
  }

  static SeenRequest of(byte[] body) {
    try {
      Map<String, RawJson> fields = body.length == 0 ? Map.of() : Json.fields(body);
      RequestBodies.requireKnown(fields.keySet(), FIELDS);
      RawJson ids = present(fields, "ids");
      RawJson fingerprint = present(fields, "fingerprint");
      if ((ids == null) == (fingerprint == null)) {
        throw bad("Say which dead letters are meant: \"ids\", or \"fingerprint\" with \"upTo\".");
      }
      boolean isSeen = isSeen(present(fields, "seen"));
      if (ids != null) {
        if (fields.containsKey("upTo")) {
          throw bad("\"upTo\" goes with \"fingerprint\"; leave it out with \"ids\".");
        }
        return new SeenRequest(ids(ids), null, isSeen);
      }
      return new SeenRequest(
          List.of(fingerprint(fingerprint)), upTo(present(fields, "upTo")), isSeen);
    } catch (MalformedRecordException e) {
      throw new ApiProblem(ProblemKind.BAD_REQUEST, e.reason(), Map.of(), e);
    }
  }

  /**
   * The marks to write. A dead letter that is still to come cannot have been seen.
   *
   * @param ends where each partition ends now
   */
  List<SeenMarks.Mark> marks(String by, long now, Map<Integer, Long> ends) {
    Map<Integer, Long> below = new HashMap<>();
    if (upTo != null) {
      upTo.below()
          .forEach(
              (partition, offset) -> {
                Long end = ends.get(partition);
                if (end != null) {
                  below.put(partition, Math.min(offset, end));
                }
              });
    } else {
      for (String id : subjects) {
        DeadLetterPlace place = DeadLetterPlace.of(id);
        if (place == null || place.offset() >= ends.getOrDefault(place.partition(), 0L)) {
          throw bad("There is no dead letter \"%s\"; nothing was marked.".formatted(id));
        }
      }
    }
    return subjects.stream()
        .map(subject -> new SeenMarks.Mark(subject, isSeen, by, now, below))
        .toList();
  }

  private static List<String> ids(RawJson json) {
    JsonNode list = Json.MAPPER.readTree(json.bytes());
    List<String> ids = new ArrayList<>();
    for (JsonNode one : list) {
      if (!one.isString() || DeadLetterPlace.of(one.stringValue()) == null) {
        throw bad("\"ids\" must be a list of ids such as 3-1234, but has %s.".formatted(one));
      }
      ids.add(one.stringValue());
    }
    if (!list.isArray() || ids.isEmpty() || ids.size() > MOST_NAMED) {
      throw bad(
          "\"ids\" must be a list of 1 to %,d ids; mark a group by its fingerprint."
              .formatted(MOST_NAMED));
    }
    return ids;
  }

  private static String fingerprint(@Nullable RawJson json) {
    String text = json != null && json.isString() ? Json.text(json) : "";
    if (!text.matches("v1:[0-9a-f]{16}")) {
      throw bad("\"fingerprint\" must be that of a group, such as v1:9f2ac01744d7e655.");
    }
    return text;
  }

  private static DeadLetterCursor upTo(@Nullable RawJson json) {
    String text = json != null && json.isString() ? Json.text(json) : "";
    return DeadLetterCursor.decode(text)
        .orElseThrow(
            () ->
                bad(
                    "A group needs the \"upTo\" of GET /api/dead-letters/groups: dead letters that"
                        + " came later have not been seen."));
  }

  private static boolean isSeen(@Nullable RawJson json) {
    String text = json == null ? "true" : json.toString();
    if (!text.equals("true") && !text.equals("false")) {
      throw bad("\"seen\" must be true or false but is " + text + '.');
    }
    return text.equals("true");
  }

  private static @Nullable RawJson present(Map<String, RawJson> fields, String name) {
    RawJson value = fields.get(name);
    return value == null || value.isNull() ? null : value;
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
