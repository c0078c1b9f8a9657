package io.doundo.orchestrator.registration;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;

/** The orchestrator's own topics and what each must be like. */
final class FixedTopics {

  private static final String APPENDED = "LogAppendTime";
  private static final String CREATED = "CreateTime";

  /**
   * A topic.
   *
   * @param partitions which an existing topic must have, too, when they are {@code fixed}
   * @param configs those it is created with
   * @param required those that are put right on an existing topic, because the orchestrator would
   *     be wrong without them; a retention may be longer
   */
  record Spec(
      String name,
      int partitions,
      boolean fixed,
      Map<String, String> configs,
      Map<String, String> required) {

    /** Whether what a topic has will do. */
    static boolean satisfies(String config, String actual, String required) {
      if (config.equals(TopicConfig.RETENTION_MS_CONFIG)) {
        long kept = Long.parseLong(actual);
        return kept < 0 || kept >= Long.parseLong(required);
      }
      return actual.equals(required);
    }
  }

  /**
   * The topics without which the orchestrator cannot go on, and of which flows need no record. The
   * notifier reads the audit log: of what stood in a deleted one nobody is told. The owners of
   * breakers write their states again.
   */
  static final Set<String> ONLY_WRITTEN =
      Set.of(
          Topics.REGISTRATION_STATUS,
          Topics.FLOW_EVENTS,
          Topics.SCHEDULES,
          Topics.BREAKERS,
          Topics.DEAD_LETTER);

  private FixedTopics() {}

  /**
   * Input topics carry the broker's time, because definitions are chosen and timers are held back
   * by it, and no producer's clock is trusted. Records of the archive carry the time that their
   * flow's stub knows, by which they are found again.
   */
  static List<Spec> of(RegistrationSettings settings) {
    int partitions = settings.partitions();
    Duration inputs = settings.inputRetention();
    // Ended flows are read back until the end of the longest undo window, and a day longer.
    Duration archive = settings.archiveRetention().plusDays(1);
    return List.of(
        log(Topics.REGISTRATION, 1, true, APPENDED, settings.auditRetention()),
        log(Topics.REGISTRATION_STATUS, 1, true, CREATED, settings.auditRetention()),
        compacted(Topics.DEFINITIONS),
        compacted(Topics.JOBS),
        compacted(Topics.TEMPLATES),
        states(Topics.SCHEDULES),
        states(Topics.BREAKERS),
        input(Topics.EXECUTION_START, partitions, APPENDED, inputs),
        input(Topics.RESPONSE, partitions, APPENDED, inputs),
        input(Topics.CONTROL, partitions, APPENDED, inputs),
        input(Topics.REKEY, partitions, CREATED, inputs),
        archive(partitions, archive),
        notifications(partitions, inputs),
        log(Topics.FLOW_EVENTS, partitions, false, CREATED, settings.auditRetention()),
        input(Topics.HTTP, partitions, CREATED, inputs),
        log(Topics.SHARED_EVENT, partitions, false, APPENDED, inputs),
        log(Topics.TRIGGER, partitions, false, APPENDED, inputs),
        log(Topics.DEAD_LETTER, partitions, false, CREATED, settings.deadLetterRetention()));
  }

  private static Spec log(
      String name, int partitions, boolean fixed, String timestamps, Duration retention) {
    Map<String, String> required = new HashMap<>();
    required.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    if (timestamps.equals(APPENDED)) {
      required.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps);
    }
    Map<String, String> configs = new HashMap<>();
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps);
    configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    configs.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()));
    return new Spec(name, partitions, fixed, configs, required);
  }

  /** Its records are lost if they expire before they are read, so it is never kept for less. */
  private static Spec input(String name, int partitions, String timestamps, Duration retention) {
    Spec log = log(name, partitions, true, timestamps, retention);
    Map<String, String> required = new HashMap<>(log.required());
    required.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()));
    return new Spec(name, partitions, true, log.configs(), required);
  }

  /** Holds what is nowhere else. */
  private static Spec archive(int partitions, Duration retention) {
    Spec log = log(Topics.ARCHIVE, partitions, true, CREATED, retention);
    Map<String, String> required =
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            CREATED,
            TopicConfig.RETENTION_MS_CONFIG,
            String.valueOf(retention.toMillis()));
    return new Spec(log.name(), log.partitions(), log.fixed(), log.configs(), required);
  }

  /** Written in the engine's transactions, with an orchestrator's time. */
  private static Spec states(String name) {
    Map<String, String> configs =
        Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            CREATED,
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT);
    return new Spec(
        name,
        1,
        true,
        configs,
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  /**
   * The latest state of each delivery, for as long as it can be sent again. More partitions do no
   * harm: a delivery stays in its own.
   */
  private static Spec notifications(int partitions, Duration retention) {
    Map<String, String> required =
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT + ',' + TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            String.valueOf(retention.toMillis()));
    Map<String, String> configs = new HashMap<>(required);
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, CREATED);
    return new Spec(Topics.NOTIFICATIONS, partitions, false, configs, required);
  }

  /** What is kept forever, the latest of each key. */
  private static Spec compacted(String name) {
    Map<String, String> configs =
        Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            APPENDED,
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT);
    return new Spec(name, 1, true, configs, configs);
  }
}
