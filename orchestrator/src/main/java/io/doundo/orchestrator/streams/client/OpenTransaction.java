package io.doundo.orchestrator.streams.client;

import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is open in one partition, as the partition's leader knows it.
 *
 * @param partition the partition in which it is open
 * @param startOffset its first record there
 * @param producerId of its producer
 * @param epoch of its producer when it wrote there
 * @param coordinatorEpoch of the last coordinator that ended a transaction of this producer there;
 *     -1 when none has
 * @param transactionalId of its producer; null when no coordinator that may be asked knows it
 * @param standing whether it will still be ended
 */
record OpenTransaction(
    TopicPartition partition,
    long startOffset,
    long producerId,
    int epoch,
    int coordinatorEpoch,
    @Nullable String transactionalId,
    Standing standing) {

  /** Whether a transaction will still be ended by others. */
  enum Standing {

    /** Its coordinator knows it, and ends it at the latest when it times out. */
    ONGOING,

    /** Its coordinator does not know it, but its producer may still be at work. */
    UNKNOWN,

    /**
     * Its coordinator does not know it and has replaced its producer: it neither grows nor ends.
     * Whether it was committed in other partitions cannot be seen here.
     */
    HANGING
  }

  /**
   * Compares the answer of a partition's leader with the later one of the coordinator.
   *
   * @param transactionalId null when no coordinator lists the producer
   * @param said null when the coordinator does not know the id
   */
  static OpenTransaction of(
      TopicPartition partition,
      ProducerState open,
      @Nullable String transactionalId,
      @Nullable TransactionDescription said) {
    return new OpenTransaction(
        partition,
        open.currentTransactionStartOffset().orElse(-1),
        open.producerId(),
        open.producerEpoch(),
        open.coordinatorEpoch().orElse(-1),
        transactionalId,
        standing(partition, open, said));
  }

  private static Standing standing(
      TopicPartition partition, ProducerState open, @Nullable TransactionDescription said) {
    if (said == null || said.producerId() != open.producerId()) {
      return Standing.UNKNOWN;
    }
    if (said.topicPartitions().contains(partition)) {
      return Standing.ONGOING;
    }
    return said.producerEpoch() > open.producerEpoch() ? Standing.HANGING : Standing.UNKNOWN;
  }

  /**
   * Whether it was begun by an engine or a control plane of this installation, whose ids no other
   * client uses.
   */
  boolean isOf(String applicationId) {
    return transactionalId != null
        && Pattern.matches(
            Pattern.quote(applicationId)
                + "-(registration|\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}-\\d+)",
            transactionalId);
  }

  /** For people. */
  String holder() {
    String name =
        transactionalId == null
            ? "producer " + producerId
            : "producer %d with the transactional id %s".formatted(producerId, transactionalId);
    return switch (standing) {
      case ONGOING -> name + ", which its coordinator still knows";
      case UNKNOWN -> name + ", which its coordinator does not know";
      case HANGING -> name + ", which its coordinator has forgotten";
    };
  }
}
