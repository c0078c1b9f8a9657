package io.doundo.orchestrator.api.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
class LiveStreamTest {

  private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
  private final ByHand senders = new ByHand();
  private final Sent sent = new Sent();
  private final List<String> closed = new ArrayList<>();
  private final LiveStream stream =
      new LiveStream(sent, senders, heartbeats, () -> closed.add("place"));

  @AfterEach
  void stop() {
    heartbeats.shutdownNow();
  }

  @Test
  void helloIsTheFirstEventWhateverHasHappenedBefore() {
    stream.accept(message("hello", null, 0));
    stream.begin();
    stream.accept(message("flows", "t", 1));
    senders.run();
    assertThat(sent.events).hasSize(2);
    assertThat(sent.events.get(0)).contains("event:hello");
  }

  @Test
  void aSlowClientGetsTheLastHintOfEachTopicAndEveryTransition() {
    stream.begin();
    stream.accept(message("flows", "t", 1));
    stream.accept(message("flow", null, 2));
    stream.accept(message("flows", "t", 3));
    stream.accept(message("flow", null, 4));
    stream.beat();
    stream.beat();
    senders.run();
    assertThat(sent.events).hasSize(4);
    assertThat(sent.events.get(0)).contains("event:flows", "{n=3}");
    assertThat(sent.events.get(1)).contains("event:flow", "{n=2}");
    assertThat(sent.events.get(2)).contains("event:flow", "{n=4}");
    assertThat(sent.events.get(3)).contains("event:beat");
  }

  @Test
  void aClientThatReadsNothingIsCutOffWithTheReason() {
    stream.begin();
    for (int i = 0; i <= LiveStream.MOST_PENDING; i++) {
      stream.accept(message("flow", null, i));
    }
    stream.accept(message("flow", null, -1));
    senders.run();
    assertThat(sent.events)
        .singleElement()
        .asString()
        .contains("event:end", "more than 1,000 events behind");
    assertThat(sent.completed).isTrue();
    assertThat(closed).containsExactly("place");
  }

  @Test
  void itsSubscriptionsEndWithItAndLateOnesAtOnce() {
    stream.onClose(() -> closed.add("list"));
    stream.begin();
    stream.end("Your login has ended.");
    senders.run();
    stream.close();
    stream.onClose(() -> closed.add("late"));
    stream.accept(message("flow", null, 1));
    senders.run();
    assertThat(closed).containsExactly("list", "place", "late");
    assertThat(sent.events).singleElement().asString().contains("Your login has ended.");
  }

  @Test
  void aClientThatHasGoneGivesItsPlaceBack() {
    sent.isGone = true;
    stream.begin();
    stream.accept(message("flow", null, 1));
    senders.run();
    assertThat(closed).containsExactly("place");
  }

  @Test
  void aStreamThatCannotSendWhatItHasDoesNotStayOpenInSilence() {
    sent.failure = new IllegalArgumentException("this cannot be written");
    stream.begin();
    stream.accept(message("flow", null, 1));
    senders.run();
    assertThat(closed).containsExactly("place");
  }

  private static LiveMessage message(String name, @Nullable String key, int n) {
    return new LiveMessage(name, null, key, Map.of("n", n));
  }

  private static final class Sent extends SseEmitter {
    final List<String> events = new ArrayList<>();
    boolean completed;
    boolean isGone;
    @Nullable RuntimeException failure;

    @Override
    public void send(SseEventBuilder event) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (isGone) {
        throw new IOException("broken pipe");
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

    @Override
    public void completeWithError(Throwable failure) {
      throw new IllegalStateException("the server has noticed it first");
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
