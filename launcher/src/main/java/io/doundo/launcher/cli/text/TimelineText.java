package io.doundo.launcher.cli.text;

import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * A timeline in lines. The entries of a step that is retried many times are folded to the first and
 * last ones, and so is the middle of a timeline that is still too long.
 */
public final class TimelineText {

  /** The number of entries shown at each end of a stretch about one step's DO or UNDO. */
  private static final int STRETCH_ENDS = 4;

  /** The number of lines shown at each end of the whole timeline. */
  private static final int ENDS = 60;

  private final List<JsonNode> entries;
  private final Terminal terminal;

  public TimelineText(Iterable<JsonNode> entries, Terminal terminal) {
    this.entries = StreamSupport.stream(entries.spliterator(), false).toList();
    this.terminal = terminal;
  }

  public List<String> inFull() {
    return entries.stream().map(entry -> FlowText.entry(entry, terminal)).toList();
  }

  public List<String> folded() {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from < entries.size()) {
      int to = from + 1;
      while (to < entries.size() && isSameWork(entries.get(from), entries.get(to))) {
        to++;
      }
      addStretch(lines, entries.subList(from, to));
      from = to;
    }
    return withoutMiddle(lines);
  }

  private static boolean isSameWork(JsonNode one, JsonNode other) {
    return one.path("step").isString()
        && Objects.equals(one.path("step"), other.path("step"))
        && Objects.equals(one.path("operation"), other.path("operation"));
  }

  private void addStretch(List<String> lines, List<JsonNode> stretch) {
    int left = stretch.size() - 2 * STRETCH_ENDS;
    // A fold that saves only a few lines is not worth a line.
    if (left <= STRETCH_ENDS) {
      stretch.forEach(entry -> lines.add(FlowText.entry(entry, terminal)));
      return;
    }
    stretch.subList(0, STRETCH_ENDS).forEach(entry -> lines.add(FlowText.entry(entry, terminal)));
    JsonNode first = stretch.get(0);
    lines.add(
        terminal.dim(
            "  … %d more about %s %s, the last at %s …"
                .formatted(
                    left,
                    Terminal.clean(first.path("step").asString("")),
                    Terminal.clean(first.path("operation").asString("")),
                    TimeText.time(
                        stretch.get(stretch.size() - STRETCH_ENDS - 1).path("timestamp")))));
    stretch
        .subList(stretch.size() - STRETCH_ENDS, stretch.size())
        .forEach(entry -> lines.add(FlowText.entry(entry, terminal)));
  }

  private List<String> withoutMiddle(List<String> lines) {
    int left = lines.size() - 2 * ENDS;
    if (left <= STRETCH_ENDS) {
      return lines;
    }
    List<String> ends = new ArrayList<>(lines.subList(0, ENDS));
    ends.add(terminal.dim("  … %d more lines …".formatted(left)));
    ends.addAll(lines.subList(lines.size() - ENDS, lines.size()));
    return ends;
  }
}
