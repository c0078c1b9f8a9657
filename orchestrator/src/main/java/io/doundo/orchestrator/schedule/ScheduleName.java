package io.doundo.orchestrator.schedule;

/** The name of a schedule: its orchestration, and its trigger there. */
public record ScheduleName(String orchestration, String trigger) {

  /** As people write it: {@code orchestration/trigger}. */
  @Override
  public String toString() {
    return orchestration + '/' + trigger;
  }
}
