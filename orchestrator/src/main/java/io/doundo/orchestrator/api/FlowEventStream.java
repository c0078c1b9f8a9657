package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import io.doundo.orchestrator.query.timeline.TimelineEntry;
import io.doundo.protocol.AuditRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * One stream of server-sent events. The log as read and the notifications of its end overlap, so a
 * transition is sent only if it is later than the last one sent. Sending may block on a slow
 * client; a stream is sent by one thread at a time, which is never the one that reads for everybody
 * nor the one that keeps all streams alive.
 */
final class FlowEventStream implements FlowWatch.Listener {

  private static final Set<String> TERMINAL =
      Set.of("COMPLETED", "UNDONE", "ABANDONED", "REJECTED");

  private static final long HEARTBEAT_SECONDS = 15;

  /** A client that is further behind than this is cut off. */
  private static final int MOST_PENDING = 10_000;

  private final SseEmitter emitter;
  private final ExecutorService senders;
  private final ScheduledExecutorService heartbeats;
  private final Runnable onClose;
  private final Queue<AuditRecord> pending = new ArrayDeque<>();
  private FlowWatch.@Nullable Subscription subscription;
  private OpenStreams.@Nullable OpenStream login;
  private @Nullable ScheduledFuture<?> heartbeat;
  private int lastSent;
  private String status = "";
  private @Nullable String endReason;
  private boolean begun;
  private boolean sending;
  private boolean beatDue;
  private boolean restTold;
  private boolean finished;
  private boolean closed;

  /**
   * @param emitter what is sent goes there; it must not time out
   * @param after the last transition the client already has, or 0
   * @param senders has a thread for every stream that sends
   * @param onClose called once
   */
  FlowEventStream(
      SseEmitter emitter,
      int after,
      ExecutorService senders,
      ScheduledExecutorService heartbeats,
      Runnable onClose) {
    this.emitter = emitter;
    this.lastSent = after;
    this.senders = senders;
    this.heartbeats = heartbeats;
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

  /**
   * Lets the stream end with its caller's login.
   *
   * @param stream closed when this stream ends
   */
  synchronized void openFor(OpenStreams.OpenStream stream) {
    login = stream;
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
        heartbeats.scheduleWithFixedDelay(
            this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    sendSoon();
  }

  @Override
  public synchronized void on(AuditRecord record) {
    if (endReason != null || closed) {
      return;
    }
    if (pending.size() >= MOST_PENDING) {
      pending.clear();
      endReason =
          "The client is more than %,d transitions behind. Connect again with Last-Event-ID: %d."
              .formatted(MOST_PENDING, lastSent);
    } else {
      pending.add(record);
    }
    sendSoon();
  }

  @Override
  public synchronized void onEnd(String reason) {
    if (endReason == null) {
      endReason = reason;
    }
    sendSoon();
  }

  /** Keeps a quiet connection alive; a stream that sends needs no such sign. */
  synchronized void beat() {
    beatDue = true;
    sendSoon();
  }

  void close() {
    FlowWatch.Subscription watched;
    OpenStreams.OpenStream open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      pending.clear();
      watched = subscription;
      open = login;
      if (heartbeat != null) {
        heartbeat.cancel(false);
      }
    }
    if (watched != null) {
      watched.close();
    }
    if (open != null) {
      open.close();
    }
    onClose.run();
  }

  private synchronized void sendSoon() {
    if (!begun || sending || closed) {
      return;
    }
    try {
      sending = true;
      senders.execute(this::send);
    } catch (RejectedExecutionException e) {
      complete();
    }
  }

  private void send() {
    try {
      SseEventBuilder event = next();
      while (event != null) {
        emitter.send(event);
        event = next();
      }
      if (isFinished()) {
        complete();
      }
    } catch (IOException | RuntimeException | Error e) {
      // The client has gone, which is how most streams end. Whatever else it is, a stream that
      // can send nothing must not stay open: its client would wait without a sign.
      try {
        emitter.completeWithError(e);
      } catch (IllegalStateException gone) {
        // The server has noticed it first and has ended the request.
      }
      close();
    }
  }

  /**
   * Ends the response and releases its resources. An emitter that completes before the server has
   * begun the response, as that of an ended flow may, never calls its completion callback.
   */
  private void complete() {
    emitter.complete();
    close();
  }

  private synchronized boolean isFinished() {
    return finished;
  }

  /**
   * The next data for the client; null when there is nothing for now. An ended flow can be
   * repaired, so its end is the stream's only when nothing came after it.
   */
  private synchronized @Nullable SseEventBuilder next() {
    AuditRecord record = finished ? null : pending.poll();
    while (record != null && record.transition() <= lastSent) {
      status = record.status();
      record = pending.poll();
    }
    if (record != null) {
      lastSent = record.transition();
      status = record.status();
      restTold = false;
      beatDue = false;
      return SseEmitter.event()
          .id(String.valueOf(record.transition()))
          .name("transition")
          .data(TimelineEntry.of(record), MediaType.APPLICATION_JSON);
    }
    if (!finished && (endReason != null || TERMINAL.contains(status))) {
      finished = true;
      return told(
          "end",
          endReason == null
              ? "The flow has ended, so this stream ends. If the flow is undone or repaired later,"
                  + " connect again with Last-Event-ID."
              : endReason);
    }
    if (!finished && !restTold && status.equals("PARKED")) {
      restTold = true;
      return told("rest", "The flow waits for an operator. The stream stays open until it ends.");
    }
    if (!finished && beatDue) {
      beatDue = false;
      return SseEmitter.event()
          .comment(
              status.isEmpty()
                  ? "waiting for the flow's first transition"
                  : "the flow is " + status + "; the stream ends when it does");
    }
    sending = false;
    return null;
  }

  private SseEventBuilder told(String name, String reason) {
    return SseEmitter.event()
        .name(name)
        .data(Map.of("status", status, "reason", reason), MediaType.APPLICATION_JSON);
  }
}
