package io.doundo.worker.delivery;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a worker does at one moment.
 *
 * @param alive whether the thread that reads commands lives; once it has ended, only another
 *     process can go on
 * @param consumerFailure why commands cannot be read, or could not be until the process ended; null
 *     while they can
 * @param fenceProblem why the fence cannot be asked, so that nothing runs; null while it can
 * @param missingTopics topics of served steps that do not exist, because their orchestration is not
 *     registered
 * @param pausedPartitions partitions that are not read, because too much of them is under way or
 *     the fence cannot be asked
 */
public record WorkerState(
    boolean alive,
    @Nullable String consumerFailure,
    @Nullable String fenceProblem,
    Set<String> missingTopics,
    int pausedPartitions) {

  public WorkerState {
    missingTopics = Set.copyOf(missingTopics);
  }

  /** Whether commands are read, and run. */
  public boolean serves() {
    return alive && consumerFailure == null && fenceProblem == null;
  }
}
