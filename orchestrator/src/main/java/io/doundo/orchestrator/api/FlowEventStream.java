package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.FlowWatch;
import io.doundo.orchestrator.query.TimelineEntry;
import io.doundo.protocol.AuditRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One stream of server-sent events. What was read of the log and what is heard of its end overlap,
 * so a transition is sent only when it is later than the last one sent. Sending may block on a slow
 * client, so it is done by the executor, never by the thread that reads for everybody.
 */
final class FlowEventStream implements FlowWatch.Listener {

  private static final Set<String> TERMINAL =
      Set.of("COMPLETED", "UNDONE", "ABANDONED", "REJECTED");

  private static final long HEARTBEAT_SECONDS = 15;

  /** A client that is further behind than this is cut off. */
  private static final int MOST_PENDING = 10_000;

  private final SseEmitter emitter = new SseEmitter(0L);
  private final ScheduledExecutorService executor;
  private final Runnable onClose;
  private final Queue<AuditRecord> pending = new ArrayDeque<>();
  private FlowWatch.@Nullable Subscription subscription;
  private @Nullable ScheduledFuture<?> heartbeat;
  private int lastSent;
  private boolean begun;
  private boolean sending;
  private boolean ending;
  private boolean closed;

  /**
   * @param after the last transition the client already has, or 0
   * @param onClose called once
   */
  FlowEventStream(int after, ScheduledExecutorService executor, Runnable onClose) {
    this.lastSent = after;
    this.executor = executor;
    this.onClose = onClose;
    emitter.onCompletion(this::close);
    emitter.onTimeout(this::close);
    emitter.onError(failure -> close());
  }

  SseEmitter emitter() {
    return emitter;
  }

  synchronized void watch(FlowWatch.Subscription watched) {
    subscription = watched;
  }

  /** Puts what happened so far before whatever has been heard meanwhile. */
  synchronized void replay(Timeline timeline) {
    List<AuditRecord> heard = List.copyOf(pending);
    pending.clear();
    pending.addAll(timeline.records());
    pending.addAll(heard);
  }

  /** Whether the client has everything already, and nothing more will come. */
  synchronized boolean isOverBeforeItBegan() {
    AuditRecord last = null;
    for (AuditRecord record : pending) {
      last = record;
    }
    return last != null
        && TERMINAL.contains(last.status())
        && pending.stream().allMatch(record -> record.transition() <= lastSent);
  }

  synchronized void begin() {
    begun = true;
    heartbeat =
        executor.scheduleWithFixedDelay(
            this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    sendSoon();
  }

  @Override
  public synchronized void on(AuditRecord record) {
    pending.add(record);
    if (pending.size() > MOST_PENDING) {
      ending = true;
    }
    sendSoon();
  }

  @Override
  public synchronized void onEnd(String reason) {
    ending = true;
    sendSoon();
  }

  void close() {
    FlowWatch.Subscription watched;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      watched = subscription;
      if (heartbeat != null) {
        heartbeat.cancel(false);
      }
    }
    if (watched != null) {
      watched.close();
    }
    onClose.run();
  }

  private synchronized void sendSoon() {
    if (!begun || sending || closed) {
      return;
    }
    try {
      sending = true;
      executor.execute(this::send);
    } catch (RejectedExecutionException e) {
      emitter.complete();
    }
  }

  private void send() {
    try {
      AuditRecord record = next(null);
      while (record != null) {
        emitter.send(
            SseEmitter.event()
                .id(String.valueOf(record.transition()))
                .name("transition")
                .data(TimelineEntry.of(record), MediaType.APPLICATION_JSON));
        record = next(record);
      }
    } catch (IOException | IllegalStateException e) {
      // The client has gone, which is how most streams end.
      emitter.completeWithError(e);
      close();
    }
  }

  /**
   * The next record that the client does not have; null when there is none for now. An ended flow
   * can be repaired, so its end is the stream's only when nothing came after it.
   */
  private synchronized @Nullable AuditRecord next(@Nullable AuditRecord sent) {
    AuditRecord record = pending.poll();
    while (record != null && record.transition() <= lastSent) {
      record = pending.poll();
    }
    if (record != null) {
      lastSent = record.transition();
      return record;
    }
    sending = false;
    if (ending || (sent != null && TERMINAL.contains(sent.status()))) {
      emitter.complete();
    }
    return null;
  }

  private void beat() {
    try {
      emitter.send(SseEmitter.event().comment("still here"));
    } catch (IOException | IllegalStateException e) {
      emitter.completeWithError(e);
      close();
    }
  }
}
