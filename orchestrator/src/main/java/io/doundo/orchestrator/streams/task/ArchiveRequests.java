package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One task's requests to the archive, and the answers until the task processes them. It is lost
 * with the task: requesters keep their requests in a store and repeat them. To be used by the
 * task's thread only; the archive answers from any thread.
 */
final class ArchiveRequests {

  /** The number of concurrent requests, which limits the memory of answers. */
  private static final int MOST_AT_ONCE = 100;

  private final Archive archive;
  private final EngineMeters meters;
  private final Map<String, FlowStub> asked = new HashMap<>();
  private final Queue<String> waiting = new ArrayDeque<>();
  private final Queue<ArchiveAnswer> answers = new ConcurrentLinkedQueue<>();
  private int underWay;

  ArchiveRequests(Archive archive, EngineMeters meters) {
    this.archive = archive;
    this.meters = meters;
  }

  /**
   * The archive's answer.
   *
   * @param stub which was asked with
   * @param flow null when the archive has it no longer, or when reading it failed
   * @param failure null when it was read, or is not there
   */
  record ArchiveAnswer(
      String flowId, FlowStub stub, @Nullable StoredFlow flow, @Nullable Throwable failure) {}

  /** Asks for a flow as this stub left it; no new request when one is pending. */
  void ask(String flowId, FlowStub stub) {
    FlowStub before = asked.put(flowId, stub);
    if (stub.equals(before)) {
      return;
    }
    if (before == null || !waiting.contains(flowId)) {
      waiting.add(flowId);
    }
    askNext();
  }

  private void askNext() {
    while (underWay < MOST_AT_ONCE) {
      String flowId = waiting.poll();
      FlowStub stub = flowId == null ? null : asked.get(flowId);
      if (flowId == null || stub == null) {
        return;
      }
      underWay++;
      meters.recallAsked();
      CompletableFuture<Boolean> unused =
          archive
              .recall(flowId, stub)
              .handle(
                  (found, failure) ->
                      answers.add(
                          failure == null
                              ? new ArchiveAnswer(flowId, stub, found.orElse(null), null)
                              : new ArchiveAnswer(flowId, stub, null, failure)));
    }
  }

  /** Takes the next answer that has come; null when there is none. */
  @Nullable ArchiveAnswer next() {
    ArchiveAnswer answer = answers.poll();
    if (answer == null) {
      return null;
    }
    underWay--;
    asked.remove(answer.flowId(), answer.stub());
    askNext();
    return answer;
  }
}
