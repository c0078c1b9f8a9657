package io.doundo.orchestrator.query;

import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.core.StepStatus;
import io.doundo.orchestrator.streams.FlowHead;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers queries for lists of flows from the index. Thread-safe. */
public final class FlowSearch {

  private final FlowIndex index;
  private final FlowViews views;

  FlowSearch(FlowIndex index, FlowViews views) {
    this.index = index;
    this.views = views;
  }

  public FlowPage find(FlowQuery query) {
    List<FlowHead> found =
        index
            .all()
            .filter(flow -> matches(flow, query))
            .map(IndexedFlow::head)
            .filter(Objects::nonNull)
            .sorted(FlowCursor.ORDER)
            .limit(query.limit() + 1L)
            .toList();
    boolean more = found.size() > query.limit();
    List<FlowHead> page = more ? found.subList(0, query.limit()) : found;
    return new FlowPage(
        page.stream().map(views::summary).toList(),
        more ? FlowCursor.of(page.get(page.size() - 1)).encode() : null,
        index.caughtUp() && !index.overflowed(),
        note());
  }

  private @Nullable String note() {
    if (!index.caughtUp()) {
      return "The list is still being read after the start; flows may be missing.";
    }
    return index.overflowed()
        ? "There are more flows than are kept for lists; the oldest ended ones are missing."
        : null;
  }

  private boolean matches(IndexedFlow flow, FlowQuery query) {
    FlowHead head = flow.head();
    return head != null
        && matches(head, query)
        && ((query.step() == null && query.error() == null) || matchesSteps(flow, query));
  }

  private static boolean matches(FlowHead head, FlowQuery query) {
    long startedAt = head.startedAt();
    return (query.statuses().isEmpty() || query.statuses().contains(head.status()))
        && (query.orchestration() == null || query.orchestration().equals(head.orchestrationName()))
        && (query.from() == null || startedAt >= query.from().toEpochMilli())
        && (query.to() == null || startedAt < query.to().toEpochMilli())
        && (query.cursor() == null || query.cursor().isBefore(head))
        && (query.search() == null
            || contains(head.flowId(), query.search())
            || contains(head.searchValue(), query.search()));
  }

  private boolean matchesSteps(IndexedFlow flow, FlowQuery query) {
    Optional<FlowState> decoded = flow.flow().map(stored -> stored.state());
    if (decoded.isEmpty()) {
      return false;
    }
    FlowState state = decoded.get();
    return (query.step() == null || isAt(state, query.step()))
        && (query.error() == null || failedWith(state, query.error()));
  }

  private boolean isAt(FlowState state, String step) {
    int index = views.stepNames(state).indexOf(step);
    return index >= 0 && isOpenOrFailed(state.steps().get(index).status());
  }

  private static boolean isOpenOrFailed(StepStatus status) {
    return switch (status) {
      case ARMED, IN_PROGRESS, DO_FAIL, RETRY_EXHAUSTED, FAILED, IN_DOUBT, UNDOING, UNDO_FAIL ->
          true;
      case PENDING, DO_SUCCESS, UNDO_SUCCESS, SKIPPED, RESOLVED -> false;
    };
  }

  private static boolean failedWith(FlowState state, String error) {
    return contains(state.reason(), error)
        || state.steps().stream().map(StepState::error).anyMatch(e -> contains(e, error));
  }

  private static boolean contains(@Nullable String text, String part) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
