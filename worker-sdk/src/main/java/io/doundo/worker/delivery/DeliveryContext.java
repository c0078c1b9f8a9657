package io.doundo.worker.delivery;

import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.threads.AsyncSemaphore;
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
  private final WorkerMeters meters;
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

  void begun(Delivery delivery, Lease lease) {
    running.put(delivery, lease);
    if (delivery.command().isDo()) {
      dos.put(delivery.command().key(), lease);
    }
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

  /** Nothing more begins; running handlers continue. */
  void stopping() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Interrupts what still runs. */
  void interruptAll() {
    running.values().forEach(Lease::abandon);
  }

  /** Nothing more is settled. */
  void stopped() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }
}
