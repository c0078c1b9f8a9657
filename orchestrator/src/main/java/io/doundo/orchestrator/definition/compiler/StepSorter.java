package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepGraph;
import io.doundo.orchestrator.definition.compiler.document.Listing;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings the steps of one orchestration into topological order, ties by {@code seq} and then by
 * name, and checks what can only be seen of all steps together: names, edges, cycles and pivots.
 */
final class StepSorter {

  private static final Comparator<StepDeclaration> ORDER =
      Comparator.comparingInt(StepDeclaration::seq).thenComparing(StepDeclaration::name);

  private final GraphType type;
  private final Report report;
  private final Map<String, StepDeclaration> drafts = new LinkedHashMap<>();
  private final Map<String, List<String>> edges = new HashMap<>();
  private final Map<String, List<String>> order = new HashMap<>();
  private final Map<String, Guard> guards = new HashMap<>();
  private final Map<String, List<Body>> bodies = new HashMap<>();

  private StepSorter(GraphType type, Report report) {
    this.type = type;
    this.report = report;
  }

  /**
   * The compiled steps; null when the document has a problem, here or elsewhere. Checks that are
   * possible despite other problems are still made, so that all problems are reported at once.
   *
   * @param blocks the steps and the blocks that contain them
   */
  static @Nullable List<Step> sort(GraphType type, BlockReader blocks, Report report) {
    StepSorter sorter = new StepSorter(type, report);
    boolean bodiesKnown = sorter.compileBodies(blocks);
    int before = report.problems().size();
    blocks.steps().forEach(sorter::add);
    boolean isUnique = report.problems().size() == before;
    if (!blocks.hasBlocks()) {
      sorter.connect();
    } else if (isUnique) {
      sorter.connectBlocks(BlockEdges.of(type, blocks.blocks()));
    } else {
      return null;
    }
    boolean edgesKnown = blocks.isComplete() && report.problems().size() == before;
    List<StepDeclaration> sorted = sorter.topologicalOrder();
    if (sorted == null || !edgesKnown || !bodiesKnown) {
      return null;
    }
    List<Step> steps = sorter.compile(sorted);
    sorter.checkPivots(steps, sorted);
    return report.hasProblems() ? null : steps;
  }

  /** Whether the steps of all parts could be compiled. */
  private boolean compileBodies(BlockReader blocks) {
    boolean isComplete = true;
    for (StepDeclaration draft : blocks.steps()) {
      List<Body> compiled = new ArrayList<>();
      for (BlockReader body : blocks.bodiesOf(draft.name())) {
        List<Step> steps = sort(GraphType.SEQUENTIAL, body, report);
        if (steps == null) {
          isComplete = false;
        } else {
          compiled.add(new Body(body.branch(), GraphType.SEQUENTIAL, steps));
        }
      }
      bodies.put(draft.name(), compiled);
    }
    return isComplete;
  }

  private void add(StepDeclaration draft) {
    StepDeclaration first = drafts.putIfAbsent(draft.name(), draft);
    if (first != null) {
      draft
          .fields()
          .problem(
              "name",
              "the step \"%s\" is defined twice: the first is %s"
                  .formatted(draft.name(), place(first)));
    }
  }

  private void connect() {
    if (type == GraphType.SEQUENTIAL) {
      connectChain();
    }
    for (StepDeclaration draft : drafts.values()) {
      List<Scalar> dependsOn = draft.dependsOn();
      if (dependsOn == null) {
        edges.putIfAbsent(draft.name(), List.of());
      } else if (type == GraphType.GRAPH) {
        edges.put(draft.name(), dependencies(draft.fields(), dependsOn, drafts.keySet()));
      } else {
        draft.fields().problem("dependsOn", "needs type: graph");
      }
    }
  }

  /** The order is that of the document; in a graph, {@code dependsOn} adds to it. */
  private void connectBlocks(BlockEdges blocks) {
    guards.putAll(blocks.guards());
    Map<String, Set<String>> all = new LinkedHashMap<>();
    for (StepDeclaration draft : drafts.values()) {
      if (draft.fields().value("seq") != null) {
        draft
            .fields()
            .problem(
                "seq",
                "has no meaning in a document with choice or parallel: its steps run in the order"
                    + " in which they are written; leave it out");
      }
      Set<String> names = new LinkedHashSet<>(blocks.dependencies(draft.name()));
      names.addAll(meant(blocks, draft.name(), draft.fields(), draft.dependsOn()));
      all.put(draft.name(), names);
    }
    blocks.openings().forEach(opening -> addDependencies(blocks, opening, all));
    all.forEach(
        (step, names) -> {
          edges.put(step, List.copyOf(names));
          order.put(
              step, blocks.after(step).stream().filter(name -> !names.contains(name)).toList());
        });
  }

  private void addDependencies(
      BlockEdges blocks, BlockEdges.Opening opening, Map<String, Set<String>> all) {
    Block.Parallel block = opening.block();
    String name = block.name();
    StepDeclaration same = name == null ? null : drafts.get(name);
    if (same != null) {
      block.fields().problem("name", "is also the name of " + place(same));
    }
    List<String> problems = new ArrayList<>();
    for (String head : opening.heads()) {
      // Each head has the same dependencies, so their problems are reported once.
      if (problems.isEmpty()) {
        int before = report.problems().size();
        Set<String> names = meant(blocks, head, block.fields(), block.dependsOn());
        all.getOrDefault(head, new LinkedHashSet<>()).addAll(names);
        report.problems().stream().skip(before).map(Problem::message).forEach(problems::add);
      }
    }
  }

  private Set<String> meant(
      BlockEdges blocks, String step, Fields fields, @Nullable List<Scalar> dependsOn) {
    Set<String> names = new LinkedHashSet<>();
    if (dependsOn == null) {
      return names;
    }
    if (type != GraphType.GRAPH) {
      fields.problem("dependsOn", "needs type: graph");
      return names;
    }
    Set<String> known = new LinkedHashSet<>(drafts.keySet());
    known.addAll(blocks.blockNames());
    for (String name : dependencies(fields, dependsOn, known)) {
      names.addAll(blocks.meantBy(name, step));
    }
    if (!drafts.keySet().containsAll(names)) {
      fields.problem(
          "dependsOn", "names the block that it stands in: name a step of it, or one before it");
      names.retainAll(drafts.keySet());
    }
    return names;
  }

  private void connectChain() {
    StepDeclaration previous = null;
    for (StepDeclaration draft : drafts.values().stream().sorted(ORDER).toList()) {
      if (previous != null && previous.seq() == draft.seq()) {
        draft
            .fields()
            .problem(
                "seq",
                "%d is also the seq of %s; in a sequential orchestration each step needs its own seq"
                    .formatted(draft.seq(), place(previous)));
      }
      edges.put(draft.name(), previous == null ? List.of() : List.of(previous.name()));
      previous = draft;
    }
  }

  private List<String> dependencies(Fields fields, List<Scalar> dependsOn, Set<String> known) {
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < dependsOn.size(); i++) {
      Scalar entry = dependsOn.get(i);
      if (known.contains(entry.text())) {
        names.add(entry.text());
      } else {
        report.problem(
            entry,
            fields.path("dependsOn"),
            "there is no step \"%s\"%s"
                .formatted(entry.text(), Suggestions.didYouMean(entry.text(), known)));
      }
    }
    return List.copyOf(names);
  }

  /** Null when there is a cycle, which is then reported with its path. */
  private @Nullable List<StepDeclaration> topologicalOrder() {
    Map<String, Integer> open = new HashMap<>();
    Map<String, List<String>> dependents = new HashMap<>();
    TreeSet<StepDeclaration> ready = new TreeSet<>(ORDER);
    for (StepDeclaration draft : drafts.values()) {
      List<String> dependencies = edgesOf(draft.name());
      open.put(draft.name(), dependencies.size());
      dependencies.forEach(
          d -> dependents.computeIfAbsent(d, unused -> new ArrayList<>()).add(draft.name()));
      if (dependencies.isEmpty()) {
        ready.add(draft);
      }
    }
    List<StepDeclaration> sorted = new ArrayList<>();
    for (StepDeclaration next = ready.pollFirst(); next != null; next = ready.pollFirst()) {
      sorted.add(next);
      for (String name : dependents.getOrDefault(next.name(), List.of())) {
        StepDeclaration dependent = drafts.get(name);
        if (dependent != null && open.merge(name, -1, Integer::sum) == 0) {
          ready.add(dependent);
        }
      }
    }
    if (sorted.size() == drafts.size()) {
      return sorted;
    }
    Set<String> done = new HashSet<>();
    sorted.forEach(draft -> done.add(draft.name()));
    reportCycle(done);
    return null;
  }

  /** Every step left over has a dependency left over, so following them must come round. */
  private void reportCycle(Set<String> done) {
    String current =
        drafts.keySet().stream().filter(name -> !done.contains(name)).findFirst().orElseThrow();
    List<String> path = new ArrayList<>();
    while (!path.contains(current)) {
      path.add(current);
      current =
          edgesOf(current).stream().filter(name -> !done.contains(name)).findFirst().orElseThrow();
    }
    List<String> cycle = new ArrayList<>(path.subList(path.indexOf(current), path.size()));
    cycle.add(current);
    StepDeclaration first = drafts.get(current);
    if (first != null) {
      first
          .fields()
          .problem(
              "dependsOn", "the steps depend on each other in a cycle: " + Listing.path(cycle));
    }
  }

  private List<Step> compile(List<StepDeclaration> sorted) {
    Set<String> beyondPivot = new HashSet<>();
    List<Step> steps = new ArrayList<>();
    for (StepDeclaration draft : sorted) {
      boolean afterPivot = edgesOf(draft.name()).stream().anyMatch(beyondPivot::contains);
      if (afterPivot || draft.pivot()) {
        beyondPivot.add(draft.name());
      }
      Step step =
          draft
              .step(
                  edges.getOrDefault(draft.name(), List.of()),
                  afterPivot,
                  bodies.getOrDefault(draft.name(), List.of()))
              .withBreaker(draft.breaker());
      Guard guard = guards.get(draft.name());
      List<String> waitsFor = order.getOrDefault(draft.name(), List.of());
      steps.add(guard == null && waitsFor.isEmpty() ? step : step.within(waitsFor, guard));
    }
    return steps;
  }

  private void checkPivots(List<Step> steps, List<StepDeclaration> sorted) {
    StepGraph graph = StepGraph.of(steps);
    Guards branches = Guards.of(steps);
    checkAfterPivots(steps, sorted, graph, branches);
    for (int pivot = 0; pivot < steps.size(); pivot++) {
      if (!steps.get(pivot).pivot()) {
        continue;
      }
      int p = pivot;
      List<String> concurrent =
          IntStream.range(0, steps.size())
              .filter(s -> s != p && !isBefore(graph, s, p) && !isBefore(graph, p, s))
              .filter(s -> !branches.exclude(steps.get(s).name(), steps.get(p).name()))
              .mapToObj(s -> steps.get(s).name())
              .toList();
      if (!concurrent.isEmpty()) {
        sorted
            .get(pivot)
            .fields()
            .problem(
                "pivot",
                "a pivot must run alone, but %s may run at the same time as \"%s\""
                    .formatted(Listing.quoted(concurrent), steps.get(pivot).name()));
      }
    }
  }

  /** A pivot in another branch may not be taken, and then the step can turn the flow back. */
  private static void checkAfterPivots(
      List<Step> steps, List<StepDeclaration> sorted, StepGraph graph, Guards branches) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean isAfterPivot =
          IntStream.of(graph.predecessors(i))
              .mapToObj(steps::get)
              .anyMatch(other -> other.pivot() && branches.isTakenWith(other.name(), step.name()));
      if (isAfterPivot && step.onTimeout() == OnTimeout.UNDO) {
        sorted
            .get(i)
            .fields()
            .problem("onTimeout", "undo is not possible because the step comes after a pivot");
      }
      HttpDeclaration http = sorted.get(i).expressions().http();
      if (http != null && !isAfterPivot) {
        http.requireUndo();
      }
    }
  }

  private static boolean isBefore(StepGraph graph, int first, int second) {
    return IntStream.of(graph.predecessors(second)).anyMatch(step -> step == first);
  }

  /** The steps that must have passed first, for any reason. */
  private List<String> edgesOf(String name) {
    List<String> dependencies = edges.getOrDefault(name, List.of());
    List<String> waitsFor = order.getOrDefault(name, List.of());
    if (waitsFor.isEmpty()) {
      return dependencies;
    }
    List<String> all = new ArrayList<>(dependencies);
    all.addAll(waitsFor);
    return all;
  }

  private static String place(StepDeclaration draft) {
    return "step \"%s\" in line %d".formatted(draft.name(), draft.fields().mapping().line());
  }
}
