package io.doundo.orchestrator.definition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The edges of a definition as index arrays, computed once. An edge leads from an earlier to a
 * later index, so indexes are a topological order. Immutable; the arrays it hands out must not be
 * written.
 */
public final class StepGraph {

  private final Map<String, Integer> indexes;
  private final int[][] dependencies;
  private final int[][] givers;
  private final int[][] dependents;
  private final int[][] ancestors;
  private final int[][] predecessors;

  private StepGraph(
      Map<String, Integer> indexes,
      int[][] dependencies,
      int[][] givers,
      int[][] dependents,
      int[][] ancestors,
      int[][] predecessors) {
    this.indexes = indexes;
    this.dependencies = dependencies;
    this.givers = givers;
    this.dependents = dependents;
    this.ancestors = ancestors;
    this.predecessors = predecessors;
  }

  /**
   * Derives the graph of steps in topological order.
   *
   * @throws IllegalArgumentException when a name occurs twice, or a step depends on one that does
   *     not stand before it, or in a branch of one
   */
  public static StepGraph of(List<Step> steps) {
    int size = steps.size();
    Map<String, Integer> indexes = new HashMap<>();
    int[][] dependencies = new int[size][];
    int[][] givers = new int[size][];
    int[][] ancestors = new int[size][];
    int[][] predecessors = new int[size][];
    BitSet[] above = new BitSet[size];
    BitSet[] before = new BitSet[size];
    List<List<Integer>> below = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Step step = steps.get(i);
      below.add(new ArrayList<>());
      above[i] = new BitSet(size);
      before[i] = new BitSet(size);
      int[] direct = indexesOf(step, step.dependsOn(), indexes);
      for (int index : direct) {
        above[i].set(index);
        above[i].or(above[index]);
      }
      givers[i] = direct;
      dependencies[i] =
          step.after().isEmpty() ? direct : union(direct, indexesOf(step, step.after(), indexes));
      for (int index : dependencies[i]) {
        before[i].set(index);
        before[i].or(before[index]);
        below.get(index).add(i);
      }
      ancestors[i] = above[i].stream().toArray();
      predecessors[i] = before[i].equals(above[i]) ? ancestors[i] : before[i].stream().toArray();
      requireChoice(step, steps, indexes);
      if (indexes.put(step.name(), i) != null) {
        throw new IllegalArgumentException("step " + step.name() + " occurs twice");
      }
    }
    int[][] dependents = new int[size][];
    for (int i = 0; i < size; i++) {
      dependents[i] = below.get(i).stream().mapToInt(Integer::intValue).toArray();
    }
    return new StepGraph(
        Map.copyOf(indexes), dependencies, givers, dependents, ancestors, predecessors);
  }

  private static void requireChoice(Step step, List<Step> steps, Map<String, Integer> indexes) {
    Guard guard = step.guard();
    if (guard == null) {
      return;
    }
    Integer index = indexes.get(guard.choice());
    if (index == null
        || !(steps.get(index).work() instanceof Work.Choose choice)
        || guard.branch() < 0
        || guard.branch() >= choice.branches().size()) {
      throw new IllegalArgumentException(
          "step %s stands in branch %d of %s, and no such choice is before it"
              .formatted(step.name(), guard.branch(), guard.choice()));
    }
  }

  private static int[] indexesOf(Step step, List<String> names, Map<String, Integer> indexes) {
    int[] found = new int[names.size()];
    for (int i = 0; i < found.length; i++) {
      Integer index = indexes.get(names.get(i));
      if (index == null) {
        throw new IllegalArgumentException(
            "step " + step.name() + " stands before its dependency " + names.get(i));
      }
      found[i] = index;
    }
    Arrays.sort(found);
    return found;
  }

  private static int[] union(int[] one, int[] other) {
    return IntStream.concat(Arrays.stream(one), Arrays.stream(other)).distinct().sorted().toArray();
  }

  int indexOf(String stepName) {
    return indexes.getOrDefault(stepName, -1);
  }

  /** Steps that must have succeeded before this one, direct ones, ascending. */
  public int[] dependencies(int step) {
    return dependencies[step];
  }

  /** Those of these steps whose results this one receives, ascending. */
  public int[] givers(int step) {
    return givers[step];
  }

  /** Steps that wait for this one, direct ones, ascending. */
  public int[] dependents(int step) {
    return dependents[step];
  }

  /** All steps, ascending. */
  public int[] all() {
    return IntStream.range(0, dependencies.length).toArray();
  }

  /**
   * All steps before this one on any path on which results are passed on, ascending, which is
   * topological order.
   */
  public int[] ancestors(int step) {
    return ancestors[step];
  }

  /** All steps that must have passed before this one, on any path, ascending. */
  public int[] predecessors(int step) {
    return predecessors[step];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StepGraph graph
        && indexes.equals(graph.indexes)
        && Arrays.deepEquals(dependencies, graph.dependencies)
        && Arrays.deepEquals(givers, graph.givers);
  }

  @Override
  public int hashCode() {
    return 31 * indexes.hashCode() + Arrays.deepHashCode(dependencies);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(dependencies);
  }
}
