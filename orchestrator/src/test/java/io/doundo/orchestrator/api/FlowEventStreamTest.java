package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.timeline.FlowTimeline.Timeline;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The events sent to a client, with a sender that the test runs by hand. */
class FlowEventStreamTest {

  private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
  private final ByHand senders = new ByHand();
  private final Sent sent = new Sent();
  private int closed;

  @AfterEach
  void stop() {
    heartbeats.shutdownNow();
  }

  @Test
  void aStreamEndsWithItsFlowAndSaysSo() {
    FlowEventStream stream = stream(0);
    stream.replay(new Timeline(List.of(record(1, "IN_PROGRESS"), record(2, "COMPLETED")), true));
    stream.begin();
    senders.run();
    assertThat(sent.events).hasSize(3);
    assertThat(sent.events.get(2)).contains("event:end", "COMPLETED");
    assertThat(sent.completed).isTrue();
  }

  /** As in a server that is slower than the sender. */
  @Test
  void aStreamThatEndsBeforeItsResponseBeginsGivesItsPlaceBack() {
    FlowEventStream stream =
        new FlowEventStream(new SseEmitter(0L), 0, senders, heartbeats, () -> closed++);
    boolean[] unsubscribed = {false};
    stream.watch(() -> unsubscribed[0] = true);
    stream.replay(new Timeline(List.of(record(1, "COMPLETED")), true));
    stream.begin();

    senders.run();

    assertThat(closed).isEqualTo(1);
    assertThat(unsubscribed[0]).isTrue();
  }

  @Test
  void aParkedFlowKeepsItsStreamOpenAndSaysSo() {
    FlowEventStream stream = stream(0);
    stream.begin();
    stream.on(record(1, "PARKED"));
    senders.run();
    assertThat(sent.events).hasSize(2);
    assertThat(sent.events.get(1)).contains("event:rest", "operator");
    assertThat(sent.completed).isFalse();
    stream.on(record(2, "UNDONE"));
    senders.run();
    assertThat(sent.events.get(3)).contains("event:end");
  }

  @Test
  void nothingIsSentTwice() {
    FlowEventStream stream = stream(2);
    stream.replay(new Timeline(List.of(record(1, "IN_PROGRESS"), record(2, "IN_PROGRESS")), true));
    stream.on(record(2, "IN_PROGRESS"));
    stream.on(record(3, "IN_PROGRESS"));
    stream.begin();
    senders.run();
    assertThat(sent.events).singleElement().asString().contains("id:3");
  }

  @Test
  void aStreamIsNeverSentByTwoThreads() {
    FlowEventStream stream = stream(0);
    stream.begin();
    stream.on(record(1, "IN_PROGRESS"));
    stream.on(record(2, "IN_PROGRESS"));
    stream.beat();
    stream.beat();
    assertThat(senders.tasks).as("one task, however much there is to send").hasSize(1);
    senders.run();
    stream.beat();
    senders.run();
    assertThat(sent.events.get(2)).as("a sign of life").startsWith(":").contains("IN_PROGRESS");
  }

  @Test
  void aClientTooFarBehindIsCutOffAndNothingIsKeptForIt() {
    FlowEventStream stream = stream(0);
    stream.begin();
    for (int i = 1; i <= 25_000; i++) {
      stream.on(record(i, "IN_PROGRESS"));
    }
    senders.run();
    assertThat(sent.events).singleElement().asString().contains("event:end", "Last-Event-ID");
    assertThat(sent.completed).isTrue();
  }

  @Test
  void anOrchestratorThatStopsSaysSo() {
    FlowEventStream stream = stream(0);
    stream.begin();
    stream.onEnd("The orchestrator is stopping.");
    senders.run();
    assertThat(sent.events).singleElement().asString().contains("event:end", "stopping");
    stream.close();
    stream.close();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void aStreamThatCannotSendWhatItHasDoesNotStayOpenInSilence() {
    sent.failure = new IllegalArgumentException("this cannot be written");
    FlowEventStream stream = stream(0);
    stream.begin();
    stream.on(record(1, "IN_PROGRESS"));
    senders.run();
    assertThat(closed).isEqualTo(1);
  }

  private FlowEventStream stream(int after) {
    return new FlowEventStream(sent, after, senders, heartbeats, () -> closed++);
  }

  private static AuditRecord record(int transition, String status) {
    return new AuditRecord(
        "f", "i", "order", null, transition, 1, status, RawJson.EMPTY_OBJECT, List.of());
  }

  private static final class Sent extends SseEmitter {
    final List<String> events = new ArrayList<>();
    boolean completed;
    @Nullable RuntimeException failure;

    @Override
    public void send(SseEventBuilder event) {
      if (failure != null) {
        throw failure;
      }
      StringBuilder text = new StringBuilder();
      for (DataWithMediaType part : event.build()) {
        text.append(part.getData());
      }
      events.add(text.toString());
    }

    @Override
    public void complete() {
      completed = true;
    }
  }

  private static final class ByHand extends AbstractExecutorService {
    final Queue<Runnable> tasks = new ArrayDeque<>();

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
