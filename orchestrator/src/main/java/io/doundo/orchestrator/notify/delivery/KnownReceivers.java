package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.notify.Notice;
import io.doundo.orchestrator.notify.ReceiverProgram;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receivers as this instance knows them. They are looked for every second, and before anybody
 * is told of a flow whose version was not met before: a flow that parks right after its
 * registration has its receivers. Used by one thread.
 */
final class KnownReceivers {

  private static final Logger LOG = LoggerFactory.getLogger(KnownReceivers.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** A version that is still not known after that is so old that it is not kept any more. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private static final int MOST_MET = 10_000;

  private final ReceiverDirectory directory;
  private final Set<String> met = new HashSet<>();
  private ReceiverDirectory.@Nullable Found found;
  private boolean isNobody;
  private long lookedAt;

  /** Whether a version was met whose receivers could not be read. */
  private boolean isBehind;

  KnownReceivers(ReceiverDirectory directory) {
    this.directory = directory;
  }

  /** Looks for changed receivers, if the last look is a second ago. */
  void lookAgain() {
    if (found != null && System.nanoTime() - lookedAt < LOOK_AGAIN.toNanos()) {
      return;
    }
    try {
      look();
    } catch (ReadsUnavailableException e) {
      LOG.debug("the definitions cannot be read yet; the receivers stay as they were", e);
    }
  }

  private void look() {
    lookedAt = System.nanoTime();
    found = directory.find();
    isNobody = found.isNobody();
    isBehind = false;
  }

  boolean areKnown() {
    return found != null && !isBehind;
  }

  /**
   * Whether there are no receivers at all, also with the version of a flow.
   *
   * @param definition {@code name@hash}, or null while the flow has none
   */
  boolean isNobody(@Nullable String definition) {
    return isNobody && (definition == null || met.contains(definition));
  }

  /** The receivers that are left out, by name, and why. */
  Map<String, String> unusable() {
    return found == null ? Map.of() : found.unusable();
  }

  /**
   * Everybody who may be told of a notice.
   *
   * @throws ReadsUnavailableException when the receivers of a new version cannot be read now
   */
  List<ReceiverProgram> of(Notice notice) {
    String definition = notice.definition();
    if (definition != null && !met.contains(definition)) {
      // Until a look succeeds: nothing more is read before.
      isBehind = true;
      awaitVersion(definition);
      look();
      if (met.size() >= MOST_MET) {
        met.clear();
      }
      met.add(definition);
    }
    return found == null ? List.of() : found.of(notice.orchestration());
  }

  private void awaitVersion(String definition) {
    long began = System.nanoTime();
    try {
      while (!directory.knows(definition) && System.nanoTime() - began < LONGEST_WAIT.toNanos()) {
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
