package io.doundo.orchestrator.api.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.live.ListFeed.Hint;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowSummary;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListFeedTest {

  private static final FlowSummary A = flow("a", 1, FlowStatus.IN_PROGRESS);
  private static final FlowSummary B = flow("b", 2, FlowStatus.IN_PROGRESS);
  private static final FlowSummary C = flow("c", 3, FlowStatus.IN_PROGRESS);

  private final Queue<FlowPage> pages = new ArrayDeque<>();
  private final ListFeed feed = new ListFeed("flows:", pages::remove);

  @Test
  void whatIsTheSameIsNoChange() {
    pages.add(page(null, B, A));
    pages.add(page(null, B, A));
    assertThat(feed.next()).as("there is nothing to compare with yet").isEmpty();
    assertThat(feed.next()).isEmpty();
  }

  @Test
  void changedNewAndGoneFlowsAreCounted() {
    pages.add(page(null, B, A));
    pages.add(page(null, C, flow("a", 1, FlowStatus.PARKED)));
    feed.next();
    assertThat(next()).isEqualTo(new Hint("flows:", List.of("a"), 1, 1, true));
  }

  @Test
  void aFlowThatYoungerOnesPushOffThePageIsNotGone() {
    pages.add(page("next", B, A));
    pages.add(page("next", C, B));
    pages.add(page("next", B, A));
    feed.next();
    assertThat(next()).isEqualTo(new Hint("flows:", List.of(), 1, 0, true));
    assertThat(next())
        .as("A is back, but not new")
        .isEqualTo(new Hint("flows:", List.of(), 0, 1, true));
  }

  @Test
  void inAListOfTheOldestFirstOneThatLeavesIsAChangeToo() {
    pages.add(page("next", A, B));
    pages.add(page("next", B, C));
    feed.next();
    assertThat(feed.next()).isPresent();
  }

  @Test
  void aListThatIsNoLongerCompleteIsAChange() {
    pages.add(page(null, A));
    pages.add(page(List.of(A), null, "it is being read"));
    feed.next();
    assertThat(next()).isEqualTo(new Hint("flows:", List.of(), 0, 0, false));
  }

  private Object next() {
    LiveMessage message = feed.next().orElseThrow();
    assertThat(message.name()).isEqualTo("flows");
    assertThat(message.key()).as("only the last one counts").isEqualTo("flows:");
    return message.data();
  }

  private static FlowPage page(@Nullable String cursor, FlowSummary... flows) {
    return page(List.of(flows), cursor, null);
  }

  private static FlowPage page(
      List<FlowSummary> flows, @Nullable String cursor, @Nullable String note) {
    Instant now = Instant.ofEpochSecond(9);
    return new FlowPage(flows, cursor, null, null, now, 0, Instant.EPOCH, note == null, note);
  }

  private static FlowSummary flow(String id, int startedAt, FlowStatus status) {
    Instant at = Instant.ofEpochSecond(startedAt);
    return new FlowSummary(
        id, "order", 1, status, null, false, null, null, at, at, null, 1, List.of(), 0, null, null,
        null, false);
  }
}
