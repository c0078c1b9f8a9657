package io.doundo.orchestrator.streams.state;

import java.util.List;

/** The names of the state stores. They name the changelog topics, and so do not change. */
public final class StoreNames {

  public static final String FLOWS = "flows";
  public static final String CONTENTS = "contents";
  public static final String STUBS = "stubs";
  public static final String TIMERS = "timers";
  public static final String TASK_DEFINITIONS = "task-definitions";

  /** Those with a changelog. */
  public static final List<String> WITH_CHANGELOG =
      List.of(FLOWS, CONTENTS, STUBS, TIMERS, TASK_DEFINITIONS);

  /** A global store; it has no changelog. */
  public static final String DEFINITIONS = "definitions";

  /** The states of breakers, in a global store; it has no changelog. */
  public static final String BREAKERS = "breakers";

  private StoreNames() {}
}
