package io.doundo.orchestrator.jobs;

/** What became of one flow or dead letter of a job. */
public enum ItemResult {
  /** Not sent yet, or not answered yet. */
  LEFT('-'),
  /** The flow refused the request. */
  REFUSED('x'),
  /** The flow had changed since the preview, and was not touched. */
  CHANGED('c'),
  /** Accepted, and the flow is still at it. */
  TRYING('t'),
  /** Accepted, and the flow runs forward again. */
  RECOVERED('r'),
  /** Accepted, and the flow has completed since. */
  COMPLETED('k'),
  /** Accepted, and the flow was undone since. */
  UNDONE('u'),
  /** Accepted, and the flow has ended otherwise since: abandoned, or rejected. */
  ABANDONED('a'),
  /** Accepted, and the flow waits for an operator again. */
  PARKED_AGAIN('p'),
  /** The dead letter was sent again, and has not become one again since. */
  RESENT('s'),
  /** The dead letter was sent again, and has become one again. */
  DEAD_LETTERED_AGAIN('d');

  private static final ItemResult[] ALL = values();

  /** How an end of whatever kind was written before the kinds were told apart. */
  private static final char EARLIER_END = 'e';

  private static final String EARLIER_NAME = "ENDED";

  private final char code;

  ItemResult(char code) {
    this.code = code;
  }

  /**
   * The result with this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ItemResult named(String name) {
    return name.equals(EARLIER_NAME) ? COMPLETED : valueOf(name);
  }

  /** As it stands in a record. */
  char code() {
    return code;
  }

  /**
   * The result with this code.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ItemResult of(char code) {
    if (code == EARLIER_END) {
      return COMPLETED;
    }
    for (ItemResult result : ALL) {
      if (result.code == code) {
        return result;
      }
    }
    throw new IllegalArgumentException("there is no result of an item with the code " + code);
  }

  public boolean isAccepted() {
    return switch (this) {
      case TRYING, RECOVERED, COMPLETED, UNDONE, ABANDONED, PARKED_AGAIN -> true;
      case RESENT, DEAD_LETTERED_AGAIN -> true;
      case LEFT, REFUSED, CHANGED -> false;
    };
  }

  /** Whether the flow has accepted and ended, so that it need not be followed. */
  public boolean isEnd() {
    return switch (this) {
      case COMPLETED, UNDONE, ABANDONED, DEAD_LETTERED_AGAIN -> true;
      case LEFT, REFUSED, CHANGED, TRYING, RECOVERED, PARKED_AGAIN, RESENT -> false;
    };
  }
}
