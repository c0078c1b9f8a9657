package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.protocol.ScheduleVerb;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can happen to a schedule. */
public sealed interface ScheduleEvent {

  /** When it happened, by the orchestrator's clock. */
  Instant at();

  /**
   * The orchestration was registered, or its status changed. Repeating it changes nothing.
   *
   * @param schedule null when the newest version does not have it
   * @param stopped why the orchestration accepts no starts; null when it does
   */
  record Declared(Instant at, @Nullable Schedule schedule, @Nullable String stopped)
      implements ScheduleEvent {}

  /** Everything that is due until now may start. */
  record TimeReached(Instant at) implements ScheduleEvent {}

  /**
   * A run has moved. One that is not known, or an older one, changes nothing.
   *
   * @param transition the number of the flow's transition
   * @param status the name of the flow's status
   * @param reason why it stands so, or null
   */
  record RunMoved(
      Instant at,
      String flowId,
      int transition,
      Standing standing,
      String status,
      @Nullable String reason)
      implements ScheduleEvent {}

  /** How a run stands, as far as it matters to its schedule. */
  enum Standing {
    /** It moves on its own. */
    MOVES,
    /** It is parked, or refuses to go back. */
    STUCK,
    ENDED
  }

  /**
   * An operator asks for something. A repeat of the same id gets the same outcome and changes
   * nothing.
   *
   * @param reason why, or null
   * @param by who, or null
   * @param problem why a run that starts now would have no payload; null when it has one
   */
  record Asked(
      Instant at,
      String controlId,
      ScheduleVerb verb,
      @Nullable String reason,
      @Nullable String by,
      @Nullable String problem)
      implements ScheduleEvent {

    /** A run that starts now has a payload. */
    public Asked(
        Instant at,
        String controlId,
        ScheduleVerb verb,
        @Nullable String reason,
        @Nullable String by) {
      this(at, controlId, verb, reason, by, null);
    }
  }
}
