package io.doundo.orchestrator.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an orchestration is shown and found by people. */
public record Presentation(@Nullable String title, @Nullable String category, List<String> labels) {

  /** The presentation of an orchestration whose document defines none. */
  public static final Presentation NONE = new Presentation(null, null, List.of());

  public Presentation {
    labels = List.copyOf(labels);
  }
}
