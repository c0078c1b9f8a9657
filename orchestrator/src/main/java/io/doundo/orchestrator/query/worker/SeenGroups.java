package io.doundo.orchestrator.query.worker;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the broker said of the consumer groups that read the topics of commands. Immutable.
 *
 * @param asOf when it was asked
 * @param complete whether a group that is absent does not exist, or at least does not read
 * @param note why it is not complete; null when it is
 * @param byTopic the groups of each topic that has any
 */
public record SeenGroups(
    Instant asOf, boolean complete, @Nullable String note, Map<String, List<Group>> byTopic) {

  /**
   * A consumer group, as far as one topic is concerned.
   *
   * @param state in the words of Kafka, such as {@code STABLE}
   * @param members the consumers that have a partition of the topic
   * @param committedLag about how many records it has not committed; null when unknown
   */
  public record Group(
      String group, String state, List<Member> members, @Nullable Long committedLag) {
    private static final Set<String> SETTLED = Set.of("STABLE", "EMPTY", "DEAD");

    public Group {
      members = List.copyOf(members);
    }

    /** Whether its members are just being given their partitions, and so seem to have none. */
    boolean isSettling() {
      return members.isEmpty() && !SETTLED.contains(state);
    }
  }

  /** A consumer, by the names that it gave itself. */
  public record Member(String clientId, String host) {}

  public SeenGroups {
    byTopic = Map.copyOf(byTopic);
  }

  /** Nothing is known. */
  public static SeenGroups unknown(Instant asOf, String why) {
    return new SeenGroups(asOf, false, why, Map.of());
  }

  List<Group> of(String topic) {
    return byTopic.getOrDefault(topic, List.of());
  }
}
