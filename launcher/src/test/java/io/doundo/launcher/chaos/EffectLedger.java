package io.doundo.launcher.chaos;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The effects of a service that recognises a repeated idempotency key. Thread-safe. */
final class EffectLedger {

  private final Map<String, String> flows = new ConcurrentHashMap<>();
  private final AtomicInteger repeated = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();

  /** Has the effect, unless the key has had it before. */
  void have(String key, String flowId) {
    String before = flows.putIfAbsent(key, flowId);
    if (before != null) {
      repeated.incrementAndGet();
    }
  }

  /** The flow for which the key has had its effect; null when it has had none. */
  @Nullable String flowOf(String key) {
    return flows.get(key);
  }

  /** The flow of each effect, sorted: a flow with two effects is there twice. */
  List<String> flows() {
    return flows.values().stream().sorted().toList();
  }

  /** How many commands came with a key that had had its effect before. */
  int repeated() {
    return repeated.get();
  }

  /** The next commands have their effects, and get no answer. */
  void loseAnswers(int count) {
    unanswered.set(count);
  }

  /** Whether the answer to this command is lost. */
  boolean losesAnswer() {
    return unanswered.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  /** Whether all answers are lost that were to be. */
  boolean hasLostAnswers() {
    return unanswered.get() == 0;
  }
}
