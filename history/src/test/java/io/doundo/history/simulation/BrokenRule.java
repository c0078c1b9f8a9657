package io.doundo.history.simulation;

/** Rules of the engine, the fence or the worker that a run can be told not to keep. */
public enum BrokenRule {
  /** An UNDO that finds nothing leaves nothing that would stop its DO. */
  NO_TOMBSTONE("I4"),

  /** What stops a DO after its UNDO is forgotten while the DO may still come. */
  TOMBSTONE_DROPPED_EARLY("I4"),

  /** A stored answer is given again, though the UNDO is of a higher generation. */
  REPLAYS_FOR_A_HIGHER_GENERATION("I3"),

  /** A worker that lost its lease says nothing of the effect it had. */
  STALE_WORKER_KEEPS_SILENT("I3"),

  /** An emptied Redis is believed: what it does not have did not happen. */
  ABSENCE_IS_EVIDENCE("I3"),

  /** An UNDO that threw is answered as done. */
  THROWN_UNDO_IS_DONE("I3"),

  /** A handler that took over is believed when it says that nothing happened. */
  SUCCESSOR_IS_BELIEVED("I3"),

  /** Commands say that they are of the first generation, whatever they are. */
  GENERATION_NOT_RAISED("I3"),

  /** What an instance decides after it was replaced is committed. */
  ZOMBIE_TIMERS_ARE_COMMITTED("I8"),

  /** A timer fires while answers from before it are unread. */
  TIMERS_BEFORE_QUEUED_ANSWERS("row 15"),

  /** A start that is read again begins another life of its flow. */
  DUPLICATE_START_RUNS_TWICE("I1"),

  /** After a restart each step counts its attempts from the beginning. */
  RESTART_RESETS_RETRIES("I9"),

  /** A turn is read back though its transaction was aborted. */
  TURN_READ_UNCOMMITTED("row 31"),

  /** Offsets are committed without the state that goes with them. */
  OFFSETS_OUTLIVE_THEIR_STATE("I1"),

  /** A transaction is aborted, and the task keeps what it had decided in it. */
  STATE_OUTLIVES_ITS_RECORDS("I11"),

  /** A flow that runs goes on by the version that was registered last. */
  RUNNING_FLOWS_TAKE_NEW_VERSIONS("I8"),

  /** Timers fire minutes after they are due. */
  TIMERS_FIRE_MINUTES_LATE("I12"),

  /** What cannot be read is passed over. */
  UNREADABLE_RECORDS_ARE_SKIPPED("I10"),

  /** What is of a flow that does not exist is forgotten after a while. */
  STRANGERS_ARE_DROPPED("I10"),

  /** What a flow refuses is not kept. */
  REFUSALS_ARE_NOT_KEPT("I10"),

  /** A fence lets a DO that is done run again when its command comes again. */
  DONE_STEPS_RUN_AGAIN("I5"),

  /** A process believes in its lease past the step's timeout, when the fence gives it to others. */
  LEASE_IGNORES_THE_TIMEOUT("I4"),

  /** The fence does not hear that a DO of the step may leave something when it fails. */
  UNDO_FAILED_IS_NOT_TOLD("I3"),

  /** A DO that may have run and been forgotten long ago is taken for a new one. */
  EXPIRED_ABSENCE_IS_EVIDENCE("I5"),

  /** An answer vouches for its run though Redis may have forgotten that the UNDO was before it. */
  VOUCHES_AFTER_A_LOSS("I3"),

  /** A late effect is reported by its own run only, and never when that answer is lost. */
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
