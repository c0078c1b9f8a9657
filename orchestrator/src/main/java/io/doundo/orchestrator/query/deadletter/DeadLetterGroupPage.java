package io.doundo.orchestrator.query.deadletter;

import java.time.Instant;
import java.util.List;

/**
 * Dead letters in groups by their causes, the largest group first.
 *
 * @param upTo how far the topic was read: a group that is marked as seen up to here contains none
 *     that came later
 * @param complete false when there was no time to read all of the topic, so that counts may be too
 *     small
 */
public record DeadLetterGroupPage(List<Group> groups, String upTo, boolean complete) {

  public DeadLetterGroupPage {
    groups = List.copyOf(groups);
  }

  /**
   * Dead letters with one cause.
   *
   * @param topic where they came from
   * @param template their reason without what differs from one to the next
   * @param unseen how many of them nobody has marked as seen
   * @param sample the id of the newest
   */
  public record Group(
      String fingerprint,
      String topic,
      String template,
      int count,
      int unseen,
      Instant firstAt,
      Instant lastAt,
      String sample) {}
}
