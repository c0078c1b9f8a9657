package io.doundo.worker.binding;

/** A step of an orchestration. */
public record StepKey(String orchestration, String step) implements Comparable<StepKey> {

  @Override
  public int compareTo(StepKey other) {
    int byOrchestration = orchestration.compareTo(other.orchestration);
    return byOrchestration != 0 ? byOrchestration : step.compareTo(other.step);
  }

  @Override
  public String toString() {
    return orchestration + '/' + step;
  }
}
