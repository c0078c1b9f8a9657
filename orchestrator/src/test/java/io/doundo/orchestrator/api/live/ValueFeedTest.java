package io.doundo.orchestrator.api.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueFeedTest {

  /** A value with the time at which it was read. */
  private record Timed(int value, int at) {
    Timed withoutTime() {
      return new Timed(value, 0);
    }
  }

  @Test
  void onlyWhatDiffersIsToldAndAsItWasRead() {
    Deque<Timed> values =
        new ArrayDeque<>(
            List.of(new Timed(1, 10), new Timed(1, 11), new Timed(2, 12), new Timed(2, 13)));
    ValueFeed<Timed> feed = new ValueFeed<>("stats", "stats", values::remove, Timed::withoutTime);
    assertThat(feed.next()).as("the first time").isEmpty();
    assertThat(feed.next()).as("only time has passed").isEmpty();
    assertThat(feed.next()).map(LiveMessage::data).contains(new Timed(2, 12));
    assertThat(feed.next()).isEmpty();
  }
}
