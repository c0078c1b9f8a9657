package io.doundo.orchestrator.definition.compiler;

import java.util.List;

/** What a registration {@code as: worker} says: which service serves which steps. */
public record WorkerDeclaration(String service, String orchestrationName, List<String> steps) {

  /** Stands for a service that did not name itself. */
  public static final String UNNAMED = "unnamed";

  public WorkerDeclaration {
    steps = List.copyOf(steps);
  }
}
