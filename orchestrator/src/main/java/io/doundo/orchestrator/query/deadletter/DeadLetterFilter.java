package io.doundo.orchestrator.query.deadletter;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are asked for; null stands for any.
 *
 * @param topic where they came from
 * @param reason a part of their reason, whatever its case
 * @param flowId the flow that they are about
 * @param from they became dead letters at or after this time
 * @param to they became dead letters before this time
 * @param fingerprint the group of their reason
 * @param seen whether an operator has marked them as seen
 */
public record DeadLetterFilter(
    @Nullable String topic,
    @Nullable String reason,
    @Nullable String flowId,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable String fingerprint,
    @Nullable Boolean seen) {

  public static final DeadLetterFilter ALL =
      new DeadLetterFilter(null, null, null, null, null, null, null);

  /** Whether a dead letter is one of them. */
  boolean matches(DeadLetterView letter) {
    return (topic == null || topic.equals(letter.topic()))
        && (reason == null
            || letter.reason().toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT)))
        && (flowId == null || flowId.equals(letter.flowId()))
        && (from == null || !letter.deadLetteredAt().isBefore(from))
        && (to == null || letter.deadLetteredAt().isBefore(to))
        && (fingerprint == null || fingerprint.equals(letter.fingerprint()))
        && (seen == null || seen == letter.seen());
  }
}
