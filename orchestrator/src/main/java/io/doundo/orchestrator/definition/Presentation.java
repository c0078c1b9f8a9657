package io.doundo.orchestrator.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an orchestration is shown and found by people.
 *
 * @param origin the workflow of the framework that it was made of, as JSON; null for none
 */
public record Presentation(
    @Nullable String title,
    @Nullable String category,
    List<String> labels,
    @Nullable String origin) {

  /** The presentation of an orchestration whose document defines none. */
  public static final Presentation NONE = new Presentation(null, null, List.of(), null);

  public Presentation {
    labels = List.copyOf(labels);
  }

  /** The same, made of a workflow. */
  public Presentation madeOf(@Nullable String workflow) {
    return new Presentation(title, category, labels, workflow);
  }
}
