package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The position of a task in lists: tasks due first come first, tasks that are never due come last,
 * older ones before newer ones.
 *
 * @param dueAt ms since the epoch; the largest number for never
 * @param openedAt ms since the epoch
 */
public record TaskCursor(long dueAt, long openedAt, String step, String flowId) {

  private static final Comparator<TaskCursor> PLACES =
      Comparator.comparingLong(TaskCursor::dueAt)
          .thenComparingLong(TaskCursor::openedAt)
          .thenComparing(TaskCursor::flowId)
          .thenComparing(TaskCursor::step);

  static final Comparator<OpenTask> ORDER = Comparator.comparing(TaskCursor::of, PLACES);

  static TaskCursor of(OpenTask task) {
    Instant due = task.task().dueAt();
    return new TaskCursor(
        due == null ? Long.MAX_VALUE : due.toEpochMilli(),
        task.openedAt().toEpochMilli(),
        task.step(),
        task.flowId());
  }

  boolean isBefore(OpenTask task) {
    return PLACES.compare(this, of(task)) < 0;
  }

  /** The form in a URL. */
  public String encode() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((dueAt + ":" + openedAt + ":" + step + ":" + flowId).getBytes(UTF_8));
  }

  /** Empty when the text did not come from {@link #encode}. */
  public static Optional<TaskCursor> decode(@Nullable String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(String.valueOf(text)), UTF_8).split(":", 4);
      return parts.length < 4
          ? Optional.empty()
          : Optional.of(
              new TaskCursor(
                  Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2], parts[3]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
