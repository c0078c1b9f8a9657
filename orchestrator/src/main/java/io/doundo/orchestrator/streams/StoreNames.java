package io.doundo.orchestrator.streams;

/** The names of the state stores. They name the changelog topics, and so do not change. */
final class StoreNames {

  static final String FLOWS = "flows";
  static final String CONTENTS = "contents";
  static final String STUBS = "stubs";
  static final String TIMERS = "timers";
  static final String TASK_DEFINITIONS = "task-definitions";

  /** The global store; it has no changelog of its own. */
  static final String DEFINITIONS = "definitions";

  private StoreNames() {}
}
