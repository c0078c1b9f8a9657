package io.doundo.orchestrator.schedule;

import java.util.List;

/** The next state of a schedule and what follows, in order. */
public record ScheduleDecision(ScheduleState next, List<ScheduleEffect> effects) {
  public ScheduleDecision {
    effects = List.copyOf(effects);
  }
}
