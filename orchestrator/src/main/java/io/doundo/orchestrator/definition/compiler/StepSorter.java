package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepGraph;
import io.doundo.orchestrator.definition.compiler.Located.Scalar;
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

  private static final Comparator<StepDraft> ORDER =
      Comparator.comparingInt(StepDraft::seq).thenComparing(StepDraft::name);

  private final GraphType type;
  private final Report report;
  private final Map<String, StepDraft> drafts = new LinkedHashMap<>();
  private final Map<String, List<String>> edges = new HashMap<>();

  private StepSorter(GraphType type, Report report) {
    this.type = type;
    this.report = report;
  }

  /**
   * The compiled steps; null when the document has a problem, here or elsewhere. Checks that are
   * possible despite other problems are still made, so that all problems are reported at once.
   *
   * @param allRead whether every step of the document is among the drafts
   */
  static @Nullable List<Step> sort(
      GraphType type, List<StepDraft> drafts, boolean allRead, Report report) {
    StepSorter sorter = new StepSorter(type, report);
    int before = report.problems().size();
    drafts.forEach(sorter::add);
    sorter.connect();
    boolean edgesKnown = allRead && report.problems().size() == before;
    List<StepDraft> sorted = sorter.topologicalOrder();
    if (sorted == null || !edgesKnown) {
      return null;
    }
    List<Step> steps = sorter.compile(sorted);
    sorter.checkPivots(steps, sorted);
    return report.hasProblems() ? null : steps;
  }

  private void add(StepDraft draft) {
    StepDraft first = drafts.putIfAbsent(draft.name(), draft);
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
    for (StepDraft draft : drafts.values()) {
      List<Scalar> dependsOn = draft.dependsOn();
      if (dependsOn == null) {
        edges.putIfAbsent(draft.name(), List.of());
      } else if (type == GraphType.GRAPH) {
        edges.put(draft.name(), dependencies(draft, dependsOn));
      } else {
        draft.fields().problem("dependsOn", "needs type: graph");
      }
    }
  }

  private void connectChain() {
    StepDraft previous = null;
    for (StepDraft draft : drafts.values().stream().sorted(ORDER).toList()) {
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

  private List<String> dependencies(StepDraft draft, List<Scalar> dependsOn) {
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < dependsOn.size(); i++) {
      Scalar entry = dependsOn.get(i);
      if (drafts.containsKey(entry.text())) {
        names.add(entry.text());
      } else {
        report.problem(
            entry,
            draft.fields().path("dependsOn"),
            "there is no step \"%s\"%s"
                .formatted(entry.text(), Suggestions.didYouMean(entry.text(), drafts.keySet())));
      }
    }
    return List.copyOf(names);
  }

  /** Null when there is a cycle, which is then reported with its path. */
  private @Nullable List<StepDraft> topologicalOrder() {
    Map<String, Integer> open = new HashMap<>();
    Map<String, List<String>> dependents = new HashMap<>();
    TreeSet<StepDraft> ready = new TreeSet<>(ORDER);
    for (StepDraft draft : drafts.values()) {
      List<String> dependencies = edgesOf(draft.name());
      open.put(draft.name(), dependencies.size());
      dependencies.forEach(
          d -> dependents.computeIfAbsent(d, unused -> new ArrayList<>()).add(draft.name()));
      if (dependencies.isEmpty()) {
        ready.add(draft);
      }
    }
    List<StepDraft> sorted = new ArrayList<>();
    for (StepDraft next = ready.pollFirst(); next != null; next = ready.pollFirst()) {
      sorted.add(next);
      for (String name : dependents.getOrDefault(next.name(), List.of())) {
        StepDraft dependent = drafts.get(name);
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
    StepDraft first = drafts.get(current);
    if (first != null) {
      first
          .fields()
          .problem(
              "dependsOn", "the steps depend on each other in a cycle: " + Listing.path(cycle));
    }
  }

  private List<Step> compile(List<StepDraft> sorted) {
    Set<String> beyondPivot = new HashSet<>();
    List<Step> steps = new ArrayList<>();
    for (StepDraft draft : sorted) {
      List<String> dependencies = edgesOf(draft.name());
      boolean afterPivot = dependencies.stream().anyMatch(beyondPivot::contains);
      if (afterPivot || draft.pivot()) {
        beyondPivot.add(draft.name());
      }
      if (afterPivot && draft.onTimeout() == OnTimeout.UNDO) {
        draft
            .fields()
            .problem("onTimeout", "undo is not possible because the step comes after a pivot");
      }
      steps.add(draft.step(dependencies, afterPivot));
    }
    return steps;
  }

  private void checkPivots(List<Step> steps, List<StepDraft> sorted) {
    StepGraph graph = StepGraph.of(steps);
    for (int pivot = 0; pivot < steps.size(); pivot++) {
      if (!steps.get(pivot).pivot()) {
        continue;
      }
      int p = pivot;
      List<String> concurrent =
          IntStream.range(0, steps.size())
              .filter(s -> s != p && !isAncestor(graph, s, p) && !isAncestor(graph, p, s))
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

  private static boolean isAncestor(StepGraph graph, int ancestor, int step) {
    return IntStream.of(graph.ancestors(step)).anyMatch(a -> a == ancestor);
  }

  private List<String> edgesOf(String name) {
    return edges.getOrDefault(name, List.of());
  }

  private static String place(StepDraft draft) {
    return "step \"%s\" in line %d".formatted(draft.name(), draft.fields().mapping().line());
  }
}
