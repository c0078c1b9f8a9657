package io.doundo.launcher.doctor;

import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether the topics of an installation are as the orchestrator needs them. Pure. */
public final class TopicChecks {

  private static final String TOPICS = "Topics";
  private static final String COUNTS = "Partition counts";
  private static final String POLICY = "Cleanup policies";

  /** These hold the records of flows, which are located by the partition. */
  private static final List<String> BY_FLOW =
      List.of(
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.REKEY,
          Topics.HTTP,
          Topics.ARCHIVE);

  private static final List<String> OTHERS =
      List.of(
          Topics.REGISTRATION,
          Topics.REGISTRATION_STATUS,
          Topics.DEFINITIONS,
          Topics.JOBS,
          Topics.TEMPLATES,
          Topics.SCHEDULES,
          Topics.BREAKERS,
          Topics.NOTIFICATIONS,
          Topics.FLOW_EVENTS,
          Topics.SHARED_EVENT,
          Topics.TRIGGER,
          Topics.DEAD_LETTER);

  private static final Set<String> COMPACTED =
      Set.of(
          Topics.DEFINITIONS,
          Topics.JOBS,
          Topics.TEMPLATES,
          Topics.SCHEDULES,
          Topics.BREAKERS,
          Topics.NOTIFICATIONS);

  private TopicChecks() {}

  /**
   * A topic as the broker has it.
   *
   * @param cleanup its cleanup.policy; empty when the broker does not say
   */
  public record Topic(int partitions, String cleanup) {}

  /** The findings, in the order in which to mend them. */
  public static List<Finding> of(Map<String, Topic> topics) {
    List<Finding> findings = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>(BY_FLOW);
    missing.addAll(OTHERS);
    missing.removeAll(topics.keySet());
    findings.add(
        missing.isEmpty()
            ? Finding.good(TOPICS, "all " + (BY_FLOW.size() + OTHERS.size()) + " are there")
            : Finding.wrong(
                TOPICS,
                "missing: " + String.join(", ", missing),
                "restart the orchestrator: it creates its topics at startup, if it may"));
    findings.add(counts(topics));
    findings.add(policies(topics));
    return findings;
  }

  private static Finding counts(Map<String, Topic> topics) {
    TreeMap<Integer, List<String>> byCount = new TreeMap<>();
    for (String name : BY_FLOW) {
      Topic topic = topics.get(name);
      if (topic != null) {
        byCount.computeIfAbsent(topic.partitions(), unused -> new ArrayList<>()).add(name);
      }
    }
    if (byCount.size() <= 1) {
      return byCount.isEmpty()
          ? Finding.skipped(COUNTS, "there are no topics yet", "")
          : Finding.good(COUNTS, byCount.firstKey() + " in every topic of flows");
    }
    return Finding.wrong(
        COUNTS,
        byCount.entrySet().stream()
            .map(count -> "%d in %s".formatted(count.getKey(), String.join(", ", count.getValue())))
            .collect(Collectors.joining("; ")),
        "flows are located by it, so it must never change: delete the topic that was altered if"
            + " nothing in it is needed, and restart the orchestrator with the doundo.partitions of"
            + " the others");
  }

  private static Finding policies(Map<String, Topic> topics) {
    List<String> wrong = new ArrayList<>();
    topics.forEach(
        (name, topic) -> {
          boolean compacts = topic.cleanup().contains("compact");
          boolean mustCompact = COMPACTED.contains(name);
          boolean isKnown = BY_FLOW.contains(name) || OTHERS.contains(name);
          if (isKnown && !topic.cleanup().isEmpty() && compacts != mustCompact) {
            wrong.add(
                "%s has cleanup.policy=%s and needs %s"
                    .formatted(name, topic.cleanup(), mustCompact ? "compact" : "delete"));
          }
        });
    return wrong.isEmpty()
        ? Finding.good(POLICY, "as they must be")
        : Finding.wrong(
            POLICY,
            String.join("; ", wrong),
            "doundo kafka configs --alter --entity-type topics --entity-name TOPIC --add-config"
                + " cleanup.policy=…");
  }
}
