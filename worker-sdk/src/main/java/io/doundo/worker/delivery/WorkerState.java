package io.doundo.worker.delivery;

import java.util.ArrayList;
import java.util.List;
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
 * @param clockProblem why the fence refuses DOs that are in time; null unless it has lately
 * @param missingTopics topics of served steps that do not exist, because their orchestration is not
 *     registered
 * @param pausedPartitions partitions that are not read, because too much of them is under way or
 *     the fence cannot be asked
 */
public record WorkerState(
    boolean alive,
    @Nullable String consumerFailure,
    @Nullable String fenceProblem,
    @Nullable String clockProblem,
    Set<String> missingTopics,
    int pausedPartitions) {

  public WorkerState {
    missingTopics = Set.copyOf(missingTopics);
  }

  /** Why commands are not read or do not run, for people; empty while they do. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!alive) {
      problems.add("commands are no longer consumed; restart this process: " + consumerFailure);
    } else if (consumerFailure != null) {
      problems.add("commands cannot be consumed: " + consumerFailure);
    }
    if (fenceProblem != null) {
      problems.add("the fence cannot be asked, so nothing runs: " + fenceProblem);
    }
    if (clockProblem != null) {
      problems.add(clockProblem);
    }
    return problems;
  }
}
