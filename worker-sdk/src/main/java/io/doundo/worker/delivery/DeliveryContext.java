package io.doundo.worker.delivery;

import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.threads.AsyncSemaphore;
import io.doundo.worker.threads.CallCounter;
import io.doundo.worker.threads.CoarseTimer;
import io.doundo.worker.threads.TaskTimer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The shared parts of all deliveries, and the running ones. Thread-safe. */
final class DeliveryContext {

  private record StepAction(StepKey step, boolean isDo) {}

  private static final int RENEWALS_PER_LEASE = 100;

  private final String instance = UUID.randomUUID().toString().substring(24);
  private final AtomicLong owners = new AtomicLong();
  private final Map<StepAction, AsyncSemaphore> permits = new ConcurrentHashMap<>();
  private final Map<Delivery, Lease> running = new ConcurrentHashMap<>();
  private final Map<FenceKey, Lease> dos = new ConcurrentHashMap<>();
  private final DeliverySettings settings;
  private final AnswerSender answers;
  private final JsonBinder json;
  private final Executor handlers;
  private final TaskTimer timer;
  private final CoarseTimer renewals;
  private final WorkerMeters meters;
  private final CallCounter claims = new CallCounter();
  private boolean closed;
  private volatile boolean stopping;
  private volatile boolean stopped;

  DeliveryContext(
      DeliverySettings settings,
      AnswerSender answers,
      JsonBinder json,
      Executor handlers,
      TaskTimer timer,
      WorkerMeters meters) {
    this.settings = settings;
    this.answers = answers;
    this.json = json;
    this.handlers = handlers;
    this.timer = timer;
    this.renewals = new CoarseTimer(timer, settings.lease().dividedBy(RENEWALS_PER_LEASE));
    this.meters = meters;
  }

  AnswerSender answers() {
    return answers;
  }

  JsonBinder json() {
    return json;
  }

  Executor handlers() {
    return handlers;
  }

  TaskTimer timer() {
    return timer;
  }

  /** Renews leases, all that are due within a hundredth of a lease together. */
  CoarseTimer renewals() {
    return renewals;
  }

  WorkerMeters meters() {
    return meters;
  }

  Duration lease() {
    return settings.lease();
  }

  /** A name that no other delivery has, here or elsewhere. */
  String nextOwner() {
    return instance + '-' + Long.toString(owners.incrementAndGet(), 36);
  }

  AsyncSemaphore permits(Command command) {
    return permits.computeIfAbsent(
        new StepAction(command.step(), command.isDo()),
        bench -> new AsyncSemaphore(settings.concurrency()));
  }

  /**
   * A command asks the fence. Until its decision is carried out the worker is not idle; a command
   * that asks after {@link #stopping} finds that it is not wanted.
   */
  void asks() {
    claims.begins();
  }

  /** What the fence decided about a command that asked is carried out, or given up. */
  void wasDecided() {
    claims.ends();
  }

  /**
   * Waits until the fence has decided about the commands that have asked it by now, but no longer
   * than this. For the thread that polls.
   */
  void awaitDecisions(Duration longest) {
    claims.awaitEnded(longest.toNanos());
  }

  /**
   * Notes a run that is about to begin.
   *
   * @return whether it may begin: not once the runs were interrupted, or nothing is settled any
   *     more
   */
  synchronized boolean begun(Delivery delivery, Lease lease) {
    if (closed) {
      return false;
    }
    running.put(delivery, lease);
    if (delivery.command().isDo()) {
      dos.put(delivery.command().key(), lease);
    }
    return true;
  }

  /** Forgets a run; its lease, or null when it had not begun. */
  @Nullable Lease ended(Delivery delivery) {
    Lease lease = running.remove(delivery);
    if (lease != null) {
      dos.remove(delivery.command().key(), lease);
    }
    return lease;
  }

  /** Renews the lease of a DO of this step, if one runs here. */
  void renewRunOf(FenceKey key) {
    Lease lease = dos.get(key);
    if (lease != null) {
      lease.renew();
    }
  }

  /** How many commands hold their step and are not answered yet. */
  int running() {
    return running.size();
  }

  /** Whether no command holds its step, or may still come to hold it. */
  boolean isIdle() {
    // In this order: a command is counted as running before it is decided.
    return claims.areEnded() && running.isEmpty();
  }

  /**
   * Nothing more asks the fence; running handlers continue, and so do those of commands that asked
   * before.
   */
  void stopping() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Interrupts what still runs, and lets nothing more begin. */
  void interruptAll() {
    synchronized (this) {
      closed = true;
    }
    running.values().forEach(Lease::abandon);
  }

  /** Nothing more begins or is settled. */
  synchronized void stopped() {
    closed = true;
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }
}
