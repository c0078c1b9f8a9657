package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the blocks of an orchestration to an order of its steps: the edges, and the guards of
 * the steps in branches. Lists in blocks are chains, whatever the type of the orchestration. Used
 * once.
 */
final class BlockEdges {

  /**
   * A parallel block with its first steps.
   *
   * @param heads the first steps of its lanes
   */
  record Opening(Block.Parallel block, List<String> heads) {}

  /** The first and the last steps of a block. */
  private record Span(List<String> heads, List<String> tails) {}

  private final Map<String, Set<String>> dependencies = new HashMap<>();
  private final Map<String, Set<String>> after = new HashMap<>();
  private final Map<String, Guard> guards = new HashMap<>();
  private final Map<String, List<String>> ends = new HashMap<>();
  private final Map<String, Set<String>> enclosing = new HashMap<>();
  private final List<Opening> openings = new ArrayList<>();

  private BlockEdges() {}

  static BlockEdges of(GraphType type, List<Block> blocks) {
    BlockEdges edges = new BlockEdges();
    if (type == GraphType.SEQUENTIAL) {
      edges.chain(blocks, null, Set.of());
    } else {
      blocks.forEach(block -> edges.connect(block, null, Set.of()));
    }
    return edges;
  }

  /** The steps on which the step depends because of its position. */
  Set<String> dependencies(String step) {
    return dependencies.getOrDefault(step, Set.of());
  }

  /** The steps that only have to pass before the step, without passing on results. */
  Set<String> after(String step) {
    return after.getOrDefault(step, Set.of());
  }

  /** The guards of all steps in branches. */
  Map<String, Guard> guards() {
    return Map.copyOf(guards);
  }

  /** The names of all blocks: of choices, and of those parallel blocks that have one. */
  Set<String> blockNames() {
    return Set.copyOf(ends.keySet());
  }

  /**
   * The steps that a dependency on a name means: all last steps of a block; for the steps in a
   * choice's branches, the choice itself.
   */
  List<String> meantBy(String dependency, String dependent) {
    boolean isWithin = enclosing.getOrDefault(dependent, Set.of()).contains(dependency);
    List<String> last = isWithin ? null : ends.get(dependency);
    return last == null ? List.of(dependency) : last;
  }

  /** All parallel blocks. */
  List<Opening> openings() {
    return List.copyOf(openings);
  }

  private Span chain(List<Block> blocks, @Nullable Guard guard, Set<String> within) {
    List<String> first = List.of();
    List<String> before = List.of();
    for (int i = 0; i < blocks.size(); i++) {
      Span span = connect(blocks.get(i), guard, within);
      if (i == 0) {
        first = span.heads();
      }
      add(dependencies, span.heads(), before);
      before = span.tails();
    }
    return new Span(first, before);
  }

  private Span connect(Block block, @Nullable Guard guard, Set<String> within) {
    if (block instanceof Block.Choice choice) {
      return connect(choice, guard, within);
    }
    if (block instanceof Block.Parallel parallel) {
      return connect(parallel, guard, within);
    }
    return single(((Block.Single) block).step().name(), guard, within);
  }

  private Span single(String step, @Nullable Guard guard, Set<String> within) {
    enclosing.put(step, within);
    if (guard != null) {
      guards.put(step, guard);
    }
    return new Span(List.of(step), List.of(step));
  }

  private Span connect(Block.Choice choice, @Nullable Guard guard, Set<String> within) {
    String name = choice.step().name();
    Span itself = single(name, guard, within);
    Set<String> inside = and(within, name);
    List<String> tails = new ArrayList<>();
    for (int i = 0; i < choice.branches().size(); i++) {
      Span branch = chain(choice.branches().get(i), new Guard(name, i), inside);
      add(dependencies, branch.heads(), itself.heads());
      tails.addAll(branch.tails());
    }
    List<String> last = tails.isEmpty() ? itself.tails() : tails;
    ends.put(name, last);
    return new Span(itself.heads(), last);
  }

  private Span connect(Block.Parallel parallel, @Nullable Guard guard, Set<String> within) {
    String name = parallel.name();
    Set<String> inside = name == null ? within : and(within, name);
    List<Span> lanes = parallel.lanes().stream().map(lane -> chain(lane, guard, inside)).toList();
    if (parallel.atOnce() > 0) {
      for (int i = parallel.atOnce(); i < lanes.size(); i++) {
        add(after, lanes.get(i).heads(), lanes.get(i - parallel.atOnce()).tails());
      }
    }
    List<String> first = lanes.stream().flatMap(lane -> lane.heads().stream()).toList();
    List<String> last = lanes.stream().flatMap(lane -> lane.tails().stream()).toList();
    openings.add(new Opening(parallel, first));
    if (name != null) {
      ends.put(name, last);
    }
    return new Span(first, last);
  }

  private static Set<String> and(Set<String> names, String name) {
    Set<String> all = new HashSet<>(names);
    all.add(name);
    return all;
  }

  private static void add(
      Map<String, Set<String>> edges, List<String> steps, List<String> dependencies) {
    for (String step : steps) {
      edges.computeIfAbsent(step, unused -> new LinkedHashSet<>()).addAll(dependencies);
    }
  }
}
