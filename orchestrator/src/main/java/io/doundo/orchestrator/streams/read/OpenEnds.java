package io.doundo.orchestrator.streams.read;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open transactions in which flows have ended. A stub that was read while one of them was open
 * may not be committed; once it is settled, the stub is committed, or in no store any more. Safe
 * for any thread.
 */
final class OpenEnds {

  /** By the thread that writes in it; a thread has one transaction at a time. */
  private final Map<Thread, Object> open = new ConcurrentHashMap<>();

  /** A flow ends in the calling thread's transaction. */
  void add() {
    open.computeIfAbsent(Thread.currentThread(), thread -> new Object());
  }

  /** The calling thread's transaction is committed, or its tasks are closed without a commit. */
  void settle() {
    open.remove(Thread.currentThread());
  }

  /** Those that are open now; of a thread that has ended, nothing will be committed any more. */
  Set<Object> now() {
    if (open.isEmpty()) {
      return Set.of();
    }
    open.keySet().removeIf(thread -> !thread.isAlive());
    return Set.copyOf(open.values());
  }

  /** Whether one of these is still open. */
  boolean isAnyOpen(Set<Object> transactions) {
    return !transactions.isEmpty() && now().stream().anyMatch(transactions::contains);
  }
}
