package io.doundo.orchestrator.definition.compiler;

import java.util.List;

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
