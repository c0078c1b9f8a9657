package io.doundo.orchestrator.definition.compiler;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The declared workers of the steps of one orchestration; the value at the key {@code name/workers}
 * of the definitions topic. For people only: no flow depends on it.
 */
public record WorkerDeclarations(List<DeclaredWorker> workers) {

  /**
   * A service that declared itself.
   *
   * @param steps in the order in which they were first declared
   * @param lastSeen when its last declaration was appended, ms since the epoch
   */
  public record DeclaredWorker(String service, List<String> steps, long lastSeen) {
    public DeclaredWorker {
      steps = List.copyOf(steps);
    }
  }

  /** For an orchestration without workers. */
  public static final WorkerDeclarations EMPTY = new WorkerDeclarations(List.of());

  private static final int MAX_WORKERS = 500;

  /** Twice what an orchestration can have, because steps are renamed. */
  private static final int MAX_STEPS = 2 * RegistrationReader.MAX_STEPS;

  private static final int MAX_BYTES = 500_000;

  public WorkerDeclarations {
    workers = List.copyOf(workers);
  }

  /** The key in the definitions topic. */
  public static String topicKey(String orchestrationName) {
    return orchestrationName + "/workers";
  }

  /**
   * Adds what a service declares to what it declared before, so that two workers of one service may
   * declare different steps. Of too many services, or of more than one record can hold, those not
   * seen for longest are dropped; of too many steps of one service, those declared first.
   */
  public WorkerDeclarations merged(WorkerDeclaration declaration, long at) {
    List<String> earlier = new ArrayList<>();
    List<DeclaredWorker> merged = new ArrayList<>();
    for (DeclaredWorker worker : workers) {
      if (worker.service().equals(declaration.service())) {
        earlier.addAll(worker.steps());
      } else {
        merged.add(worker);
      }
    }
    // The newest is last, so the first is the one not seen for longest.
    merged.add(new DeclaredWorker(declaration.service(), steps(earlier, declaration.steps()), at));
    while (merged.size() > MAX_WORKERS) {
      merged.remove(0);
    }
    WorkerDeclarations bounded = new WorkerDeclarations(merged);
    while (merged.size() > 1 && bounded.encode().length > MAX_BYTES) {
      merged.subList(0, Math.max(1, merged.size() / 10)).clear();
      bounded = new WorkerDeclarations(merged);
    }
    return bounded;
  }

  private static List<String> steps(List<String> earlier, List<String> declared) {
    Set<String> steps = new LinkedHashSet<>(earlier);
    steps.addAll(declared);
    Iterator<String> oldest = earlier.iterator();
    while (steps.size() > MAX_STEPS && oldest.hasNext()) {
      String step = oldest.next();
      if (!declared.contains(step)) {
        steps.remove(step);
      }
    }
    return List.copyOf(steps);
  }

  /** Whether this service already declared all these steps. */
  public boolean covers(WorkerDeclaration declaration) {
    return workers.stream()
        .anyMatch(
            worker ->
                worker.service().equals(declaration.service())
                    && worker.steps().containsAll(declaration.steps()));
  }

  /** Whether any service declared this step. */
  public boolean serves(String step) {
    return workers.stream().anyMatch(worker -> worker.steps().contains(step));
  }

  /** The stored form. */
  public byte[] encode() {
    ObjectNode json = DefinitionCodec.versioned();
    ArrayNode array = json.putArray("workers");
    for (DeclaredWorker worker : workers) {
      ObjectNode entry = array.addObject().put("service", worker.service());
      entry.put("lastSeen", worker.lastSeen());
      ArrayNode steps = entry.putArray("steps");
      worker.steps().forEach(steps::add);
    }
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the stored form. */
  public static WorkerDeclarations decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(value);
      DefinitionCodec.requireSchema(json);
      List<DeclaredWorker> workers = new ArrayList<>();
      for (JsonNode worker : json.required("workers")) {
        workers.add(
            new DeclaredWorker(
                DefinitionCodec.text(worker, "service"),
                DefinitionCodec.texts(worker, "steps"),
                worker.required("lastSeen").longValue()));
      }
      return new WorkerDeclarations(workers);
    } catch (JacksonException | NumberFormatException e) {
      throw new MalformedRecordException("the stored workers cannot be read: " + e.getMessage());
    }
  }

  /**
   * The content of a registration {@code as: worker}: which service serves which steps.
   *
   * @param service a service that does not name itself is named after what it serves
   */
  public record WorkerDeclaration(String service, String orchestrationName, List<String> steps) {

    public WorkerDeclaration {
      steps = List.copyOf(steps);
    }
  }
}
