package io.doundo.orchestrator.query.deadletter;

import io.doundo.orchestrator.query.index.ErrorGroup;
import io.doundo.orchestrator.query.index.Fingerprint;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the group of a dead letter's reason. The groups of recent reasons are remembered, because
 * most dead letters have one of a few. Thread-safe.
 */
final class DeadLetterGroups {

  private static final int MOST_REMEMBERED = 1_000;

  private final Map<Source, ErrorGroup> known = new ConcurrentHashMap<>();

  private record Source(String topic, String reason) {}

  ErrorGroup of(String topic, String reason) {
    Source source = new Source(topic, reason);
    ErrorGroup group = known.get(source);
    if (group == null) {
      group = Fingerprint.ofDeadLetter(topic, reason);
      if (known.size() >= MOST_REMEMBERED) {
        known.clear();
      }
      known.put(source, group);
    }
    return group;
  }

  /** Counts dead letters by their groups. Not thread-safe. */
  static final class Tally {

    /** How many groups are told apart: whoever writes to the topic cannot exhaust the memory. */
    static final int MOST_GROUPS = 1_000;

    private static final String OTHER = Fingerprint.VERSION + "other";

    private final Map<String, Counted> groups = new HashMap<>();

    private static final class Counted {
      private final String topic;
      private final String template;
      private int count;
      private int unseen;
      private Instant firstAt = Instant.MAX;
      private Instant lastAt = Instant.MIN;
      private String sample = "";

      Counted(String topic, String template) {
        this.topic = topic;
        this.template = template;
      }

      void add(DeadLetterView letter) {
        count++;
        unseen += letter.seen() ? 0 : 1;
        Instant at = letter.deadLetteredAt();
        firstAt = at.isBefore(firstAt) ? at : firstAt;
        if (!at.isBefore(lastAt)) {
          lastAt = at;
          sample = letter.id();
        }
      }
    }

    void add(DeadLetterView letter) {
      Counted group = groups.get(letter.fingerprint());
      if (group == null && groups.size() < MOST_GROUPS) {
        String template = Fingerprint.ofDeadLetter(letter.topic(), letter.reason()).template();
        group = new Counted(letter.topic(), template);
        groups.put(letter.fingerprint(), group);
      } else if (group == null) {
        group =
            groups.computeIfAbsent(OTHER, unused -> new Counted("", "(reasons of further groups)"));
      }
      group.add(letter);
    }

    DeadLetterGroupPage page(String upTo, boolean complete) {
      List<DeadLetterGroupPage.Group> sorted =
          groups.entrySet().stream()
              .map(group -> view(group.getKey(), group.getValue()))
              .sorted(
                  Comparator.comparingInt(DeadLetterGroupPage.Group::count)
                      .reversed()
                      .thenComparing(DeadLetterGroupPage.Group::fingerprint))
              .toList();
      return new DeadLetterGroupPage(sorted, upTo, complete);
    }

    private static DeadLetterGroupPage.Group view(String fingerprint, Counted group) {
      return new DeadLetterGroupPage.Group(
          fingerprint,
          group.topic,
          group.template,
          group.count,
          group.unseen,
          group.firstAt,
          group.lastAt,
          group.sample);
    }
  }
}
