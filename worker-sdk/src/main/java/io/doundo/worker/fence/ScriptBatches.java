package io.doundo.worker.fence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks Redis for usual transitions, with one call in flight: what comes meanwhile leaves together,
 * as one script, as soon as that call ends. A call that meets none in flight leaves at once, as the
 * script of its transition. There is no timer.
 *
 * <p>A batch decides only the usual cases. In any other case, and for a record that cannot be used,
 * the script of that one transition decides, as without batches. When a call fails because Redis
 * cannot be asked, everything that waited leaves at once, one by one. So an answer or a failure
 * takes at most three times the timeout of a call, while no more than {@value #MOST} calls wait;
 * each further batch may take the timeout once more.
 *
 * <p>An {@link Error} fails the calls that it meets, and the next ones leave all the same.
 *
 * <p>Not for a cluster: there, the keys of a script must be in one slot, and records are in many.
 * Thread-safe. Answers are completed on the thread of the connection.
 */
final class ScriptBatches {

  /** Redis serves nobody else while a script runs: 256 transitions take some 3 to 4 ms. */
  private static final int MOST = 256;

  /** Sends {@code batch.lua}; the stage fails as those of {@link RedisConnection} do. */
  @FunctionalInterface
  interface BatchSender {

    CompletionStage<List<Object>> send(byte[][] keys, byte[][] arguments);
  }

  private final BatchSender sender;
  private final BooleanSupplier away;
  private final byte[] mark;
  private final List<byte[]> settings;
  private final boolean always;
  private final Queue<ScriptCall<?>> waiting = new ArrayDeque<>();
  private boolean inFlight;

  /**
   * Makes the batches of one connection.
   *
   * @param away whether the connection is lost at present
   * @param mark the key of since when absence is evidence
   * @param settings the first arguments of {@code batch.lua}
   * @param always whether a call that is alone leaves as a batch too, which costs more if the case
   *     is not the usual one: for tests
   */
  ScriptBatches(
      BatchSender sender,
      BooleanSupplier away,
      byte[] mark,
      List<byte[]> settings,
      boolean always) {
    this.sender = sender;
    this.away = away;
    this.mark = mark;
    this.settings = settings;
    this.always = always;
  }

  <T extends @Nullable Object> CompletionStage<T> ask(ScriptCall<T> call) {
    if (away.getAsBoolean()) {
      // It fails at once. Behind a call that is still in flight it would wait for nothing.
      return call.alone();
    }
    synchronized (this) {
      waiting.add(call);
      if (inFlight) {
        return call.answer();
      }
      inFlight = true;
    }
    sendWaiting();
    return call.answer();
  }

  /** Called by whoever ended the call in flight; ends with the next one in flight, or none. */
  private void sendWaiting() {
    List<ScriptCall<?>> calls = List.of();
    try {
      calls = next();
      while (!calls.isEmpty() && hasEnded(calls)) {
        calls = next();
      }
    } catch (RuntimeException | Error e) {
      fail(calls, e);
    }
  }

  /** Nobody else would send what waits. */
  private void fail(List<ScriptCall<?>> calls, Throwable failure) {
    List<ScriptCall<?>> left;
    synchronized (this) {
      left = taken(Integer.MAX_VALUE);
      inFlight = false;
    }
    calls.forEach(call -> call.failed(failure));
    left.forEach(call -> call.failed(failure));
  }

  private synchronized List<ScriptCall<?>> next() {
    List<ScriptCall<?>> calls = taken(MOST);
    inFlight = !calls.isEmpty();
    return calls;
  }

  private synchronized List<ScriptCall<?>> taken(int most) {
    List<ScriptCall<?>> calls = new ArrayList<>(Math.min(most, waiting.size()));
    while (calls.size() < most && !waiting.isEmpty()) {
      calls.add(waiting.remove());
    }
    return calls;
  }

  /** Sends these calls; whether they have ended already. If not, their end sends the next ones. */
  private boolean hasEnded(List<ScriptCall<?>> calls) {
    boolean isAlone = calls.size() == 1 && !always;
    return isAlone ? hasEndedAlone(calls.get(0)) : hasEndedTogether(calls);
  }

  private <T extends @Nullable Object> boolean hasEndedAlone(ScriptCall<T> call) {
    CompletableFuture<T> asked = call.alone();
    boolean ended = asked.isDone();
    CompletableFuture<T> unused =
        asked.whenComplete(
            (value, failure) -> {
              try {
                if (!ended) {
                  goOn(failure);
                }
              } finally {
                call.ended(value, failure);
              }
            });
    return ended;
  }

  private boolean hasEndedTogether(List<ScriptCall<?>> calls) {
    CompletableFuture<List<Object>> sent = sent(calls);
    boolean ended = sent.isDone();
    CompletableFuture<List<Object>> unused =
        sent.whenComplete(
            (replies, failure) -> {
              try {
                if (!ended) {
                  goOn(failure);
                }
              } finally {
                settle(calls, replies, failure);
              }
            });
    return ended;
  }

  /** The next call leaves before the answers of this one are given, so that Redis has work. */
  private void goOn(@Nullable Throwable failure) {
    if (isUnavailable(failure)) {
      taken(Integer.MAX_VALUE).forEach(ScriptBatches::askAlone);
    }
    sendWaiting();
  }

  private CompletableFuture<List<Object>> sent(List<ScriptCall<?>> calls) {
    try {
      byte[][] keys = new byte[calls.size() + 1][];
      List<byte[]> arguments = new ArrayList<>(settings);
      keys[0] = mark;
      int next = 1;
      for (ScriptCall<?> call : calls) {
        keys[next++] = call.record();
        arguments.addAll(call.arguments());
      }
      return sender.send(keys, arguments.toArray(new byte[0][])).toCompletableFuture();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Gives the answers.
   *
   * @param replies null when the batch failed
   */
  private static void settle(
      List<ScriptCall<?>> calls, @Nullable List<Object> replies, @Nullable Throwable failure) {
    if (replies != null && replies.size() == calls.size()) {
      for (int i = 0; i < calls.size(); i++) {
        calls.get(i).decided(replies.get(i));
      }
    } else if (failure != null && isUnavailable(failure)) {
      Throwable down = failure;
      calls.forEach(call -> call.failed(down));
    } else {
      // It does not say whose trouble it is; the script of each transition does.
      calls.forEach(ScriptBatches::askAlone);
    }
  }

  private static <T extends @Nullable Object> void askAlone(ScriptCall<T> call) {
    CompletableFuture<T> unused = call.alone().whenComplete(call::ended);
  }

  private static boolean isUnavailable(@Nullable Throwable failure) {
    return failure != null && RedisConnection.cause(failure) instanceof FenceUnavailableException;
  }

  /**
   * One transition that a batch may decide, or else a script of its own. Its answer is completed
   * once, by whichever did. Thread-safe.
   */
  static final class ScriptCall<T extends @Nullable Object> {

    private final byte[] record;
    private final List<byte[]> arguments;
    private final Function<Object, T> usual;
    private final Supplier<CompletionStage<T>> ownScript;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /**
     * @param record its key in Redis
     * @param arguments for {@code batch.lua}: the name of the transition, and what it is given.
     *     They are made by the caller, so that the connection's thread need not
     * @param usual reads the reply of a batch that decided it
     * @param ownScript asks with the script of this transition alone, which decides every case
     */
    ScriptCall(
        byte[] record,
        List<byte[]> arguments,
        Function<Object, T> usual,
        Supplier<CompletionStage<T>> ownScript) {
      this.record = record;
      this.arguments = arguments;
      this.usual = usual;
      this.ownScript = ownScript;
    }

    byte[] record() {
      return record;
    }

    List<byte[]> arguments() {
      return arguments;
    }

    CompletionStage<T> answer() {
      return answer;
    }

    /** Asks with the script of this transition alone. Does not yet complete the answer. */
    CompletableFuture<T> alone() {
      try {
        return ownScript.get().toCompletableFuture();
      } catch (RuntimeException | Error e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /** The reply of a batch; null when it left the decision to the script of this transition. */
    void decided(@Nullable Object reply) {
      if (reply == null) {
        CompletableFuture<T> unused = alone().whenComplete(this::ended);
        return;
      }
      T value;
      try {
        value = usual.apply(reply);
      } catch (RuntimeException | Error e) {
        answer.completeExceptionally(e);
        return;
      }
      answer.complete(value);
    }

    void ended(@Nullable T value, @Nullable Throwable failure) {
      if (failure == null) {
        complete(value);
      } else {
        failed(failure);
      }
    }

    @SuppressWarnings("NullAway") // A value that is null here is one of a T that may be null.
    private void complete(@Nullable T value) {
      answer.complete(value);
    }

    void failed(Throwable failure) {
      answer.completeExceptionally(
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure);
    }
  }
}
