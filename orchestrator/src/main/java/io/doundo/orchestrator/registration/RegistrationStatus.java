package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.Printable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The outcome of a registration: a record of {@code orchestrator.registration.status}.
 *
 * @param orchestrationName null when it could not be read
 * @param definition {@code name@hash} of the version in force; null for workers and failures
 * @param version 0 where {@code definition} is null
 * @param orchestrationStatus the name's status; null where it is not known
 * @param changed false when everything was registered already
 * @param requestedBy the requester, as the record claims
 * @param source where the registration stands
 */
record RegistrationStatus(
    @Nullable String orchestrationName,
    RegistrantRole role,
    boolean success,
    @Nullable String definition,
    int version,
    @Nullable OrchestrationStatus orchestrationStatus,
    boolean changed,
    List<String> warnings,
    List<Problem> problems,
    @Nullable String serviceName,
    @Nullable String requestedBy,
    Instant timestamp,
    SourcePosition source) {

  /** Coordinates of the registration record. */
  public record SourcePosition(String topic, int partition, long offset) {}

  /** Longer lists are cut; that many are more than anybody reads. */
  private static final int MOST_LISTED = 200;

  private static final int MAX_REASON = 2_000;

  private static final String TYPE = "REGISTRATION_STATUS";

  RegistrationStatus {
    warnings = List.copyOf(warnings);
    problems = List.copyOf(problems);
  }

  /**
   * The record's value, with as many warnings and problems as fit into the given number of bytes.
   */
  byte[] encode(int maxBytes) {
    int listed = MOST_LISTED;
    byte[] encoded = encoded(listed);
    while (encoded.length > maxBytes && listed > 0) {
      listed /= 2;
      encoded = encoded(listed);
    }
    return encoded;
  }

  private byte[] encoded(int listed) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", TYPE);
    json.put("eventType", TYPE);
    putPresent(json, "orchestrationName", orchestrationName);
    putPresent(json, "orchName", orchestrationName);
    json.put("as", role.name().toLowerCase(Locale.ROOT));
    json.put("status", success ? "SUCCESS" : "FAILED");
    if (definition != null) {
      json.put("definition", definition);
      json.put("version", version);
    }
    if (orchestrationStatus != null) {
      json.put("orchestrationStatus", orchestrationStatus.name());
    }
    json.put("changed", changed);
    ArrayNode warned = json.putArray("warnings");
    warnings.stream().limit(listed).forEach(warned::add);
    if (warnings.size() > listed) {
      warned.add("%,d more warnings are not listed".formatted(warnings.size() - listed));
    }
    ArrayNode refused = json.putArray("problems");
    problems.stream().limit(listed).forEach(problem -> refused.add(json(problem)));
    if (problems.size() > listed) {
      refused.add(
          json(Problem.of("%,d more problems are not listed".formatted(problems.size() - listed))));
    }
    if (!success) {
      String reason = CompiledRegistration.reason(problems);
      json.put("failureReason", Printable.line(reason, MAX_REASON));
    }
    putPresent(json, "serviceName", serviceName);
    putPresent(json, "requestedBy", requestedBy);
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
}
