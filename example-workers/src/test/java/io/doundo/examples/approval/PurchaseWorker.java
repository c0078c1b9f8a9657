package io.doundo.examples.approval;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Serves the purchase approval, and keeps the effects of each flow that are not undone. */
@SagaWorker("purchaseApproval")
final class PurchaseWorker {

  private final Map<String, Set<String>> standing = new ConcurrentHashMap<>();

  @Do("reserveBudget")
  void reserve(StepContext step) {
    add(step, "budget");
  }

  @Undo("reserveBudget")
  void release(StepContext step) {
    remove(step, "budget");
  }

  @Do("tellDirectors")
  void tell(StepContext step) {
    add(step, "message");
  }

  @Do("order")
  void order(StepContext step) {
    add(step, "order");
  }

  @Undo("order")
  void cancelOrder(StepContext step) {
    remove(step, "order");
  }

  private void add(StepContext step, String effect) {
    standing.computeIfAbsent(step.flowId(), id -> ConcurrentHashMap.newKeySet()).add(effect);
  }

  private void remove(StepContext step, String effect) {
    standing.getOrDefault(step.flowId(), Set.of()).remove(effect);
  }

  /** The effects of the flow that are not undone. */
  Set<String> standing(String flowId) {
    return new TreeSet<>(standing.getOrDefault(flowId, Set.of()));
  }
}
