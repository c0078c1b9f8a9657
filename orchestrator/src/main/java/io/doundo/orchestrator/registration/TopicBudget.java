package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.registration.RegistrationSettings.PartitionLimits;
import org.jspecify.annotations.Nullable;

/**
 * The cost of one record's step topics against the installation's limits. Each partition takes
 * memory, files and recovery time of a broker whether it is used or not.
 *
 * @param newTopics that the record needs and that do not exist
 * @param existingTopics of all registered steps
 * @param partitions of each new topic
 */
record TopicBudget(int newTopics, int existingTopics, int partitions, PartitionLimits budget) {

  /** From here on the cost is worth a warning. */
  private static final int NOTABLE_PARTITIONS = 1_000;

  /** Why the topics must not be created, or null. */
  @Nullable String refusal() {
    if (newTopics == 0) {
      return null;
    }
    if (partitionsOfRecord() > budget.perRecord()) {
      return cost()
          + ", and one record may create at most %,d partitions".formatted(budget.perRecord())
          + " (doundo.step-topics.max-partitions-per-registration): register in several records,"
          + " set doundo.step-topics.partitions lower, use sharedTopic, or raise the limit";
    }
    if (partitionsInAll() > budget.perInstallation()) {
      return cost()
          + "; together with the existing step topics that makes %,d partitions, and at most %,d are allowed"
              .formatted(partitionsInAll(), budget.perInstallation())
          + " (doundo.step-topics.max-partitions): set doundo.step-topics.partitions lower, use"
          + " sharedTopic, delete topics of unused orchestrations, or raise the"
          + " limit if the brokers can handle it";
    }
    return null;
  }

  /** A warning about the cost, or null when it is small. */
  @Nullable String warning() {
    return partitionsOfRecord() >= NOTABLE_PARTITIONS
        ? cost()
            + "; doundo.step-topics.partitions sets how many each topic gets, and sharedTopic saves them"
        : null;
  }

  private String cost() {
    return "the steps need %,d new topics with %,d partitions"
        .formatted(newTopics, partitionsOfRecord());
  }

  private long partitionsOfRecord() {
    return (long) newTopics * partitions;
  }

  private long partitionsInAll() {
    return partitionsOfRecord() + (long) existingTopics * partitions;
  }
}
