package io.doundo.orchestrator.query.worker;

import io.doundo.orchestrator.play.Presence.Declared;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The workers of every step that sends commands.
 *
 * @param asOf when the broker was asked
 * @param lagMs how long ago that is
 * @param complete whether a step without workers certainly has none
 * @param note why it is not complete; null when it is
 */
public record WorkerPage(
    List<WorkerRow> workers, Instant asOf, long lagMs, boolean complete, @Nullable String note) {

  /** Whether somebody reads the commands. */
  public enum Attached {
    YES,
    NO,
    UNKNOWN
  }

  /**
   * The commands of one step in one direction.
   *
   * @param topic where they are sent
   * @param groups the consumer groups that read the topic, or have read it
   * @param declaredBy the services that declared to serve the step
   * @param lastAnswerAt when this instance last committed an answer; null when it has not since its
   *     start
   * @param oldestUnansweredAt when the oldest unanswered command was sent; null when there is none,
   *     or when flows are not listed
   */
  public record WorkerRow(
      String orchestration,
      String step,
      CommandAction action,
      String topic,
      Attached attached,
      List<SeenGroups.Group> groups,
      List<Declared> declaredBy,
      @Nullable Instant lastAnswerAt,
      @Nullable Instant oldestUnansweredAt) {}
}
