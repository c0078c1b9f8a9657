package io.doundo.orchestrator.play;

import io.doundo.protocol.text.DurationText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Points in time as sentences name them.
 *
 * @param now ms since the epoch
 */
record SpokenTimes(long now) {

  /** Such as "3 min ago". */
  String ago(Instant at) {
    return ago(at.toEpochMilli());
  }

  /** Such as "3 min ago"; a time that lies ahead, by another clock, is 0 ms ago. */
  String ago(long at) {
    return elapsed(at) + " ago";
  }

  /** How long it has been since then. */
  String elapsed(long since) {
    return DurationText.of(Math.max(0, now - since));
  }

  /** Such as "in 3 min". */
  String in(long at) {
    return at <= now ? "which has passed" : "in " + DurationText.of(at - now);
  }

  /** To the second, in UTC. */
  static String at(long at) {
    return Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
