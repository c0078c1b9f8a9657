package io.doundo.history.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The log of a run for people. Where no story is wanted, logging costs nothing. */
public final class Story {

  private final List<String> lines = new ArrayList<>();
  private final boolean told;

  public Story(boolean told) {
    this.told = told;
  }

  public void tell(Timeline timeline, String who, Supplier<String> what) {
    if (told) {
      lines.add(String.format("%7d %-13s %s", timeline.now() - Timeline.BEGIN, who, what.get()));
    }
  }

  public void tell(Supplier<String> what) {
    if (told) {
      lines.add(what.get());
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
