package io.doundo.history.simulation;

/** Rules of the engine, the fence or the worker that a run can be told to break. */
public enum BrokenRule {
  /** An UNDO that finds nothing leaves no tombstone that would stop its DO. */
  NO_TOMBSTONE("I4"),

  /** The tombstone that stops a DO after its UNDO expires while the DO may still arrive. */
  TOMBSTONE_DROPPED_EARLY("I4"),

  /** A stored answer is repeated although the UNDO has a higher generation. */
  REPLAYS_FOR_A_HIGHER_GENERATION("I3"),

  /** A worker that lost its lease does not report the effect it had. */
  STALE_WORKER_KEEPS_SILENT("I3"),

  /** An emptied Redis is trusted: a step without a record counts as never run. */
  ABSENCE_IS_EVIDENCE("I3"),

  /** An UNDO whose handler threw is answered as done. */
  THROWN_UNDO_IS_DONE("I3"),

  /** A handler that took over a run is trusted when it reports that nothing happened. */
  SUCCESSOR_IS_BELIEVED("I3"),

  /** Every command carries the first generation, whatever its generation is. */
  GENERATION_NOT_RAISED("I3"),

  /** The decisions of an instance that was replaced are committed. */
  ZOMBIE_TIMERS_ARE_COMMITTED("I8"),

  /** A timer fires although answers appended before it are unread. */
  TIMERS_BEFORE_QUEUED_ANSWERS("row 15"),

  /** A start that is read again starts its flow anew. */
  DUPLICATE_START_RUNS_TWICE("I1"),

  /** After a restart each step counts its attempts from one. */
  RESTART_RESETS_RETRIES("I9"),

  /** A turn is read back although its transaction was aborted. */
  TURN_READ_UNCOMMITTED("row 31"),

  /** Offsets are committed without the state that goes with them. */
  OFFSETS_OUTLIVE_THEIR_STATE("I1"),

  /** A transaction is aborted, but the task keeps the state decided in it. */
  STATE_OUTLIVES_ITS_RECORDS("I11"),

  /** A running flow switches to the version registered last. */
  RUNNING_FLOWS_TAKE_NEW_VERSIONS("I8"),

  /** Timers fire minutes after they are due. */
  TIMERS_FIRE_MINUTES_LATE("I12"),

  /** Records that cannot be read are skipped. */
  UNREADABLE_RECORDS_ARE_SKIPPED("I10"),

  /** Records of a flow that does not exist are dropped after a while. */
  STRANGERS_ARE_DROPPED("I10"),

  /** Records that a flow refuses are not kept. */
  REFUSALS_ARE_NOT_KEPT("I10"),

  /** The fence lets a DO that is done run again when its command is delivered again. */
  DONE_STEPS_RUN_AGAIN("I5"),

  /**
   * A process trusts its lease past the step's timeout, when the fence already gives it to others.
   */
  LEASE_IGNORES_THE_TIMEOUT("I4"),

  /** The fence is not told that a failed DO of the step may leave something behind. */
  UNDO_FAILED_IS_NOT_TOLD("I3"),

  /** A DO that may have run and been forgotten long ago counts as new. */
  EXPIRED_ABSENCE_IS_EVIDENCE("I5"),

  /** A later attempt says that it is the first that counts, although one before is in doubt. */
  DOUBTS_DO_NOT_COUNT("I3"),

  /** An answer vouches for its run although Redis may have lost an UNDO that came before it. */
  VOUCHES_AFTER_A_LOSS("I3"),

  /** A late effect is reported only by its own run, and so never if that answer is lost. */
  LATE_EFFECT_IS_TOLD_ONCE("I3");

  private final String caughtBy;

  BrokenRule(String caughtBy) {
    this.caughtBy = caughtBy;
  }

  /** The invariant that must catch it. */
  public String caughtBy() {
    return caughtBy;
  }
}
