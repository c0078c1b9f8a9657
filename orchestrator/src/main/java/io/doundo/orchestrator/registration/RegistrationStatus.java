package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Role;
import io.doundo.orchestrator.definition.compiler.Problem;
import io.doundo.protocol.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of a registration: a record of {@code orchestrator.registration.status}.
 *
 * @param orchestrationName null when it could not be read
 * @param definition {@code name@hash} of the version in force; null for workers and failures
 * @param version 0 where {@code definition} is null
 * @param changed false when everything was registered already
 * @param source where the registration stands
 */
record RegistrationStatus(
    @Nullable String orchestrationName,
    Role role,
    boolean success,
    @Nullable String definition,
    int version,
    boolean changed,
    List<String> warnings,
    List<Problem> problems,
    @Nullable String serviceName,
    Instant timestamp,
    Source source) {

  /** Coordinates of the registration record. */
  public record Source(String topic, int partition, long offset) {}

  /** Longer lists are cut, so that a status always fits into a record. */
  private static final int MOST_LISTED = 200;

  private static final String TYPE = "REGISTRATION_STATUS";

  public RegistrationStatus {
    warnings = cut(warnings);
    problems = cut(problems);
  }

  /** The record's value. */
  byte[] encode() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", TYPE);
    putPresent(json, "orchestrationName", orchestrationName);
    json.put("as", role.name().toLowerCase(Locale.ROOT));
    json.put("status", success ? "SUCCESS" : "FAILED");
    if (definition != null) {
      json.put("definition", definition);
      json.put("version", version);
    }
    json.put("changed", changed);
    ArrayNode warned = json.putArray("warnings");
    warnings.forEach(warned::add);
    ArrayNode listed = json.putArray("problems");
    problems.forEach(problem -> listed.add(json(problem)));
    putPresent(json, "serviceName", serviceName);
    json.put("timestamp", timestamp.toString());
    ObjectNode from = json.putObject("source");
    from.put("topic", source.topic());
    from.put("partition", source.partition());
    from.put("offset", source.offset());
    return Json.MAPPER.writeValueAsBytes(json);
  }

  private static ObjectNode json(Problem problem) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("document", problem.document());
    json.put("path", problem.path());
    Integer line = problem.line();
    Integer column = problem.column();
    if (line != null && column != null) {
      json.put("line", line.intValue());
      json.put("column", column.intValue());
    }
    json.put("message", problem.message());
    return json;
  }

  private static void putPresent(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  private static <T> List<T> cut(List<T> list) {
    return List.copyOf(list.size() <= MOST_LISTED ? list : list.subList(0, MOST_LISTED));
  }
}
