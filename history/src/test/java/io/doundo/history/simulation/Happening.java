package io.doundo.history.simulation;

/** The events that can befall a run. A separate test checks that each of them is drawn. */
public enum Happening {
  /** The orchestrator died after it had decided and before its commit. */
  CRASH,
  /** A transaction was aborted after workers had seen its commands. */
  SEEN_COMMANDS_ABORTED,
  /** An orchestrator resumed from the state committed before its predecessor died. */
  RESTART_WITH_STATE,
  /** A replaced instance made another decision. */
  ZOMBIE,
  DUPLICATE_COMMAND,
  DUPLICATE_ANSWER,
  DUPLICATE_CONTROL,
  DUPLICATE_START,
  DUPLICATE_SIGNAL,
  DUPLICATE_ASSIGNMENT,
  /** More signals arrived than a flow keeps. */
  FLOOD_OF_SIGNALS,
  /** An answer was lost, and its command delivered again. */
  LOST_ANSWER,
  /** An answer overtook an earlier one. */
  REORDERED_ANSWERS,
  CLOCK_FORTH,
  CLOCK_BACK,
  /** The next instance's clock is ahead of that of the one that died. */
  CLOCK_FORTH_ACROSS_CRASH,
  /** The next instance's clock is behind that of the one that died. */
  CLOCK_BACK_ACROSS_CRASH,
  REDIS_CLOCK_FORTH,
  REDIS_CLOCK_BACK,
  /** A handler returned after its lease had expired and another one had taken over. */
  LEASE_LOST,
  /** The lease of a run had expired before its handler got a thread; the handler was not called. */
  LEASE_ENDED_BEFORE_HANDLER,
  /** A DO arrived after its deadline and was not run. */
  DO_TOO_LATE,
  REDIS_EMPTIED,
  /** The reply to the end of a run was lost, and the worker said again how it ended. */
  ENDING_REPEATED,
  /** The end of a DO was said again while its UNDO ran. */
  ENDING_REPEATED_DURING_UNDO,
  /** An effect landed after its run had lost the step. */
  LATE_EFFECT,
  /** The answer that reports it was lost, and repeated on the next delivery. */
  LATE_EFFECT_TOLD_AGAIN,
  /** An answer came from a run whose UNDO Redis may have lost. */
  MAY_FOLLOW_UNDO,
  /** A failed DO left something behind, as {@code undoFailed} allows. */
  FAILED_AND_LEFT_SOMETHING,
  /** A DO arrived so late that its run may have ended and been forgotten. */
  MAY_BE_OVER,
  DIED_BEFORE_EFFECT,
  DIED_AFTER_EFFECT,
  /** A plain worker took a DO and never answered. */
  SILENT_DO,
  SILENT_UNDO,
  DO_FAILED,
  /** A DO found nothing left to do. */
  FOUND_UNCHANGED,
  /** A worker asked for a pause before the next attempt. */
  PAUSE_ASKED_FOR,
  UNDO_FAILED,
  COMMAND_NOT_SENT,
  COMMAND_HELD,
  /** A held command was let through and held once more. */
  COMMAND_HELD_AGAIN,
  /** A breaker has lost sight of a command that it holds. */
  HOLD_FORGOTTEN,
  RESULT_TOO_LARGE,
  /** The definition was registered after the start of its flow. */
  LATE_DEFINITION,
  /** A second version of the definition was registered. */
  ANOTHER_VERSION,
  /** A flow started on the second version. */
  FLOW_ON_ANOTHER_VERSION,
  /** The second version was registered while the flow ran on the first one. */
  VERSION_WHILE_RUNNING,
  UNREADABLE_RECORD,
  ANSWER_OF_NOBODY,
  CONTROL_OF_NOBODY,
  /** An answer named a step that the flow does not have. */
  ANSWER_OF_NO_STEP,
  START_IN_CONFLICT
}
