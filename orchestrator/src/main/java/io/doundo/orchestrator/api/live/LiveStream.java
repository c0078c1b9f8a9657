package io.doundo.orchestrator.api.live;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * The connection of one client. Messages wait here while an earlier one is being sent, and newer
 * ones replace older ones of the same key, so that a slow client is never more than one message per
 * topic behind. Sending may block; one thread at a time sends, which is never a thread that others
 * need. Thread-safe.
 */
public final class LiveStream implements Consumer<LiveMessage> {

  /** A quiet connection shows this often that it is alive. */
  public static final long HEARTBEAT_MS = 15_000;

  /** A client that is further behind than this is cut off. */
  static final int MOST_PENDING = 1_000;

  private final SseEmitter emitter;
  private final ExecutorService senders;
  private final ScheduledExecutorService heartbeats;
  private final Runnable onClose;
  private final Map<String, LiveMessage> pending = new LinkedHashMap<>();
  private final List<Runnable> leaves = new ArrayList<>();
  private @Nullable ScheduledFuture<?> heartbeat;
  private long unkeyed;
  private boolean begun;
  private boolean sending;
  private boolean isOver;
  private boolean closed;

  /**
   * @param emitter must not time out
   * @param senders has a thread for every stream that sends
   * @param onClose called once
   */
  public LiveStream(
      SseEmitter emitter,
      ExecutorService senders,
      ScheduledExecutorService heartbeats,
      Runnable onClose) {
    this.emitter = emitter;
    this.senders = senders;
    this.heartbeats = heartbeats;
    this.onClose = onClose;
    emitter.onCompletion(this::close);
    emitter.onTimeout(this::close);
    emitter.onError(failure -> close());
  }

  public SseEmitter emitter() {
    return emitter;
  }

  /** Calls this when the stream ends, at once if it has ended already. */
  public void onClose(Runnable leave) {
    synchronized (this) {
      if (!closed) {
        leaves.add(leave);
        return;
      }
    }
    leave.run();
  }

  /**
   * Sends what waits, and from now on what comes.
   *
   * @throws RejectedExecutionException when the orchestrator is stopping
   */
  public synchronized void begin() {
    begun = true;
    heartbeat =
        heartbeats.scheduleWithFixedDelay(
            this::beat, HEARTBEAT_MS, HEARTBEAT_MS, TimeUnit.MILLISECONDS);
    sendSoon();
  }

  @Override
  public synchronized void accept(LiveMessage message) {
    if (closed || isOver) {
      return;
    }
    if (pending.size() >= MOST_PENDING) {
      end("The client is more than %,d events behind. Connect again.".formatted(MOST_PENDING));
      return;
    }
    put(message);
    sendSoon();
  }

  /** Tells the client why the stream ends, instead of whatever else waits, and ends it. */
  public synchronized void end(String reason) {
    if (closed || isOver) {
      return;
    }
    isOver = true;
    pending.clear();
    put(new LiveMessage("end", null, null, Map.of("reason", reason)));
    sendSoon();
  }

  /** Shows that the connection is alive, and that what the client knows is still so. */
  synchronized void beat() {
    accept(new LiveMessage("beat", null, "beat", Map.of("asOf", Instant.now().toString())));
  }

  private void put(LiveMessage message) {
    String key = message.key() == null ? "#" + unkeyed++ : message.key();
    pending.put(key, message);
  }

  private void sendSoon() {
    if (!begun || sending || closed) {
      return;
    }
    sending = true;
    try {
      senders.execute(this::send);
    } catch (RejectedExecutionException e) {
      emitter.complete();
      close();
    }
  }

  private void send() {
    try {
      for (LiveMessage next = next(); next != null; next = next()) {
        emitter.send(event(next));
      }
      if (isFinished()) {
        emitter.complete();
        close();
      }
    } catch (IOException | RuntimeException | Error e) {
      // The client has gone, which is how most streams end. Whatever else it is, a stream that
      // can send nothing must not stay open: its client would wait without a sign.
      abort(e);
    }
  }

  /** The server refuses to hear of an end that it has noticed itself. */
  private void abort(Throwable cause) {
    try {
      emitter.completeWithError(cause);
    } catch (IllegalStateException known) {
      cause.addSuppressed(known);
    } finally {
      close();
    }
  }

  private synchronized @Nullable LiveMessage next() {
    String first = closed || pending.isEmpty() ? null : pending.keySet().iterator().next();
    if (first == null) {
      sending = false;
      return null;
    }
    return pending.remove(first);
  }

  private synchronized boolean isFinished() {
    return isOver && pending.isEmpty();
  }

  private static SseEventBuilder event(LiveMessage message) {
    SseEventBuilder event = SseEmitter.event();
    String id = message.id();
    return (id == null ? event : event.id(id))
        .name(message.name())
        .data(message.data(), MediaType.APPLICATION_JSON);
  }

  public void close() {
    List<Runnable> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      pending.clear();
      if (heartbeat != null) {
        heartbeat.cancel(false);
      }
      open = List.copyOf(leaves);
    }
    open.forEach(Runnable::run);
    onClose.run();
  }
}
