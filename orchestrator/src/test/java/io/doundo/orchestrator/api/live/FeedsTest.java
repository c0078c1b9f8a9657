package io.doundo.orchestrator.api.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The clock never ticks by itself here: its first tick is a second away, and each test is shorter.
 */
class FeedsTest {

  private static final LiveMessage CHANGE = new LiveMessage("flows", null, "t", Map.of());

  private final Feeds feeds = new Feeds(Executors.newSingleThreadScheduledExecutor());
  private final List<LiveMessage> heard = new ArrayList<>();
  private int asked;

  @AfterEach
  void stop() {
    feeds.close();
  }

  private Optional<LiveMessage> change() {
    asked++;
    return Optional.of(CHANGE);
  }

  @Test
  void aFeedIsAskedOnceHoweverManyListen() {
    List<LiveMessage> other = new ArrayList<>();
    Runnable leave = feeds.subscribe("t", () -> this::change, heard::add);
    Runnable otherLeaves = feeds.subscribe("t", () -> this::change, other::add);
    assertThat(asked).as("what comes later is compared with what was there").isEqualTo(1);
    assertThat(heard).isEmpty();
    feeds.tick();
    assertThat(asked).isEqualTo(2);
    assertThat(heard).containsExactly(CHANGE);
    assertThat(other).containsExactly(CHANGE);
    leave.run();
    feeds.tick();
    assertThat(heard).hasSize(1);
    assertThat(other).hasSize(2);
    otherLeaves.run();
    feeds.tick();
    assertThat(asked).as("nobody listens any more").isEqualTo(3);
  }

  @Test
  void aFeedThatFailsSaysSoOnceAndHoldsUpNobody() {
    boolean[] broken = {false};
    feeds.subscribe(
        "broken",
        () ->
            () -> {
              if (broken[0]) {
                throw new ReadsUnavailableException("Too many searches.");
              }
              return Optional.empty();
            },
        heard::add);
    feeds.subscribe("t", () -> this::change, message -> {});
    broken[0] = true;
    feeds.tick();
    feeds.tick();
    assertThat(asked).isEqualTo(3);
    assertThat(heard)
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.name()).isEqualTo("problem");
              assertThat(message.data())
                  .isEqualTo(Map.of("topic", "broken", "reason", "Too many searches."));
            });
    broken[0] = false;
    feeds.tick();
    broken[0] = true;
    feeds.tick();
    assertThat(heard).as("it failed anew").hasSize(2);
  }

  @Test
  void anErrorOfAFeedNeitherEndsTheOthersNorTheAsking() {
    List<Runnable> due = new ArrayList<>();
    try (Feeds asked = new Feeds(new ByHand(due))) {
      boolean[] broken = {false};
      asked.subscribe(
          "broken",
          () ->
              () -> {
                if (broken[0]) {
                  throw new StackOverflowError();
                }
                return Optional.empty();
              },
          heard::add);
      asked.subscribe(
          "t",
          () -> this::change,
          message -> {
            throw new IllegalStateException("a listener that fails");
          });
      asked.subscribe("t", () -> this::change, heard::add);
      broken[0] = true;
      due.remove(0).run();
      assertThat(heard).extracting(LiveMessage::name).containsExactlyInAnyOrder("problem", "flows");
      assertThat(due).as("the next asking").hasSize(1);
    }
  }

  /** Keeps what is due for the test to run. */
  private static final class ByHand extends ScheduledThreadPoolExecutor {
    private final List<Runnable> due;

    ByHand(List<Runnable> due) {
      super(1);
      this.due = due;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      due.add(task);
      return super.schedule(() -> {}, 1, TimeUnit.DAYS);
    }
  }

  @Test
  void askingTakesNoMoreThanItsShare() {
    assertThat(Feeds.pause(1_000_000)).isEqualTo(1_000_000_000);
    assertThat(Feeds.pause(500_000_000)).as("a tenth of the time").isEqualTo(5_000_000_000L);
  }

  @Test
  void thereIsAnEndToDifferentFeeds() {
    List<Runnable> leaves = new ArrayList<>();
    for (int i = 0; i < Feeds.MOST; i++) {
      leaves.add(feeds.subscribe("t" + i, () -> this::change, heard::add));
    }
    feeds.subscribe("t0", () -> this::change, message -> {});
    assertThatThrownBy(() -> feeds.subscribe("more", () -> this::change, heard::add))
        .isInstanceOf(Feeds.TooManyFeedsException.class)
        .hasMessageContaining("40 different topics");
    leaves.get(7).run();
    feeds.subscribe("more", () -> this::change, heard::add);
  }
}
