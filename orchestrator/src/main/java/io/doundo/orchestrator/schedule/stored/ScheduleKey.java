package io.doundo.orchestrator.schedule.stored;

import io.doundo.orchestrator.schedule.ScheduleName;
import org.jspecify.annotations.Nullable;

/**
 * The key of a schedule in topics and stores that hold flows under their flowIds. It begins with a
 * control character, which no flowId has. Stateless.
 */
public final class ScheduleKey {

  private static final String PREFIX = "\u0001schedule/";

  private static final String INITIATOR = "schedule/";

  private ScheduleKey() {}

  public static String of(ScheduleName name) {
    return PREFIX + name;
  }

  /** Whether it is the key of a schedule. */
  public static boolean isOne(String key) {
    return key.startsWith(PREFIX);
  }

  /**
   * The name of the schedule.
   *
   * @throws IllegalArgumentException when it is not the key of one
   */
  public static ScheduleName nameIn(String key) {
    ScheduleName name = isOne(key) ? parse(key.substring(PREFIX.length())) : null;
    if (name == null) {
      throw new IllegalArgumentException("not the key of a schedule: " + key);
    }
    return name;
  }

  /** The name in a text of the form {@code orchestration/trigger}; null when it has another one. */
  public static @Nullable ScheduleName parse(String text) {
    int slash = text.indexOf('/');
    return slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0
        ? null
        : new ScheduleName(text.substring(0, slash), text.substring(slash + 1));
  }

  /** The initiator of a schedule's runs: {@code schedule/orchestration/trigger}. */
  public static String initiator(ScheduleName name) {
    return INITIATOR + name;
  }

  /** The schedule whose runs have this initiator; null when it is not one of a schedule. */
  public static @Nullable ScheduleName ofInitiator(@Nullable String initiator) {
    return initiator == null || !initiator.startsWith(INITIATOR)
        ? null
        : parse(initiator.substring(INITIATOR.length()));
  }
}
