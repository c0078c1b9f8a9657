package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import org.jspecify.annotations.Nullable;

/**
 * The small facts of a row in one number: status and park reason by their ordinals, which hold
 * within one release only, and a bit for each yes or no. Stateless.
 */
@SuppressWarnings("EnumOrdinal") // Rows outlive no release: a snapshot names the enums it holds.
final class Flags {

  static final int PAUSED = 1 << 8;

  /** The row shows an archived state. */
  static final int ENDED = 1 << 9;

  /** The live state was removed, and the end has not been read yet. */
  static final int LEAVING = 1 << 10;

  /** It was leaving when this was last looked at. */
  static final int LEAVING_SINCE_LONG = 1 << 11;

  /** Nobody knows whether something of it happened. */
  static final int IN_DOUBT = 1 << 12;

  /** It has ended and left effects in the world. */
  static final int LEFT_STANDING = 1 << 13;

  static final int HAS_ERRORS = 1 << 14;
  static final int HAS_TASKS = 1 << 15;

  /** An operator may have to look at it: it never makes room for another flow. */
  static final int NEEDS_ATTENTION = 1 << 16;

  /** It is a part of another flow. */
  static final int IS_PART = 1 << 17;

  private static final FlowStatus[] STATUSES = FlowStatus.values();
  private static final ParkReason[] REASONS = ParkReason.values();

  private Flags() {}

  static int of(FlowStatus status, @Nullable ParkReason reason) {
    return status.ordinal() | (reason == null ? 0 : (reason.ordinal() + 1) << 4);
  }

  static int statusOrdinal(int flags) {
    return flags & 0xF;
  }

  static FlowStatus status(int flags) {
    return STATUSES[statusOrdinal(flags)];
  }

  static @Nullable ParkReason parkReason(int flags) {
    int code = (flags >> 4) & 0xF;
    return code == 0 ? null : REASONS[code - 1];
  }

  /**
   * Whether the lists leave the row out: it is a part, and nobody has to act on it. Its flow counts
   * instead.
   */
  static boolean isHiddenPart(int flags) {
    return has(flags, IS_PART)
        && (flags & (PAUSED | IN_DOUBT | LEFT_STANDING)) == 0
        && status(flags) != FlowStatus.PARKED;
  }

  /**
   * Whether the row ages. Not only those from the archive do: a part that has ended stays live
   * until its flow has ended as well, which may take a year.
   */
  static boolean ages(int flags) {
    return status(flags).isTerminal();
  }

  static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }
}
