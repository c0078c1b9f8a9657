package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One item of a list of steps: a step, or a block of steps. */
sealed interface Block {

  /** A step without steps of its own. */
  record Single(StepDeclaration step) implements Block {}

  /**
   * A choice, which is a step, with its branches. Each is a chain, and may be empty.
   *
   * @param step the choice itself
   */
  record Choice(StepDeclaration step, List<List<Block>> branches) implements Block {

    public Choice {
      branches = branches.stream().map(List::copyOf).toList();
    }
  }

  /**
   * Lanes that run at the same time. Each is a chain of at least one item.
   *
   * @param name the name on which other steps can depend, or null
   * @param dependsOn of the whole block; null when absent
   * @param atOnce how many lanes may run at a time; 0 for all of them
   */
  record Parallel(
      Fields fields,
      @Nullable String name,
      @Nullable List<Scalar> dependsOn,
      List<List<Block>> lanes,
      int atOnce)
      implements Block {

    public Parallel {
      lanes = lanes.stream().map(List::copyOf).toList();
    }
  }
}
