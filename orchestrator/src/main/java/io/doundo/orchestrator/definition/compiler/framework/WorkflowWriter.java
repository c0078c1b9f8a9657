package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.protocol.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the steps of an orchestration from those of a workflow: which stand in the main order,
 * which in others, and what follows an error. Used once.
 */
final class WorkflowWriter {

  private static final Set<String> STEP_FIELDS =
      Set.of(
          "id",
          "name",
          "type",
          "order",
          "config",
          "retryPolicy",
          "timeout",
          "conditions",
          "nextStepId",
          "dependsOn",
          "metadata");

  private static final Set<String> HANDLER_FIELDS =
      Set.of("stepId", "errorTypes", "handlerStepId", "shouldContinue");

  /** By their ids, in the order of the document. */
  private final Map<String, Step> steps = new LinkedHashMap<>();

  private final Map<String, List<Node>> handlers = new HashMap<>();
  private final Set<String> named = new HashSet<>();
  private final Set<String> written = new HashSet<>();
  private final Node workflow;
  private final Variables variables;

  /** A step of theirs that can be read. */
  private record Step(Node node, String id, String name, StepType type, long order) {}

  WorkflowWriter(Node workflow) {
    this.workflow = workflow;
    readSteps();
    Map<String, String> names = new HashMap<>();
    steps.values().forEach(step -> names.put(step.id, step.name));
    this.variables = new Variables(names, Set.of());
    readHandlers();
    readNamed();
  }

  private void readSteps() {
    long position = 0;
    for (Node node : workflow.nodes("steps")) {
      node.warnOfOthers(STEP_FIELDS);
      String id = node.required("id");
      StepType type = node.word("type", StepType.class);
      Long order = node.number("order");
      position++;
      if (id == null || type == null) {
        continue;
      }
      Step step = new Step(node, id, nameOf(id), type, order == null ? position : order);
      if (steps.putIfAbsent(id, step) != null) {
        node.problem("id", "the step \"" + id + "\" is defined twice");
      }
    }
  }

  /** An id as the name of a step of ours. */
  static String nameOf(String id) {
    return Names.refuse(id) == null ? id : slug(id, "step");
  }

  /** A text as a name: letters, digits and dashes. */
  static String slug(String text, String prefix) {
    String slug =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-").replaceAll("^-+|-+$", "");
    String named = slug.matches("[a-z].*") ? slug : prefix + '-' + slug;
    return named.length() <= 60 ? named : named.substring(0, 60).replaceAll("-+$", "");
  }

  private void readHandlers() {
    for (Node handler : workflow.nodes("errorHandlers")) {
      handler.warnOfOthers(HANDLER_FIELDS);
      Step step = find(handler, "stepId");
      if (step != null) {
        handlers.computeIfAbsent(step.id, any -> new ArrayList<>()).add(handler);
      }
    }
  }

  /** The step that a field names; its absence is noted. */
  private @Nullable Step find(Node of, String field) {
    String id = of.required(field);
    Step step = id == null ? null : steps.get(id);
    if (id != null && step == null) {
      of.problem(field, "there is no step \"" + id + '"');
    }
    return step;
  }

  /** The steps that others name leave the main order. */
  private void readNamed() {
    for (Step step : steps.values()) {
      Node config = step.node.object("config");
      switch (step.type) {
        case CONDITIONAL -> {
          name(config, "trueStepId");
          name(config, "falseStepId");
        }
        case PARALLEL, FOR_EACH -> config.texts("steps").forEach(id -> name(config, "steps", id));
        case HTTP_REQUEST,
            DATA_TRANSFORM,
            WAIT,
            WEBHOOK_CALL,
            FUNCTION_CALL,
            VALIDATION,
            ERROR_HANDLER -> {
          // It has no steps of its own.
        }
      }
    }
    handlers.values().forEach(list -> list.forEach(handler -> name(handler, "handlerStepId")));
  }

  private void name(Node of, String field) {
    Scalar id = of.scalar(field);
    if (id != null) {
      name(of, field, id);
    }
  }

  private void name(Node of, String field, Scalar id) {
    if (!steps.containsKey(id.text())) {
      of.problem(field, "there is no step \"" + id.text() + '"');
    } else if (!named.add(id.text())) {
      of.problem(
          field, "the step \"" + id.text() + "\" stands in another place already; make it two");
    }
  }

  /** Writes {@code steps} and, where the order needs it, {@code type}. */
  void write(Tree orchestration) {
    List<Step> main =
        steps.values().stream()
            .filter(step -> !named.contains(step.id) && step.type != StepType.ERROR_HANDLER)
            .sorted(Comparator.comparingLong(Step::order))
            .toList();
    Map<String, Set<String>> edges = edges(main);
    Map<String, List<Mapping>> chains = new LinkedHashMap<>();
    main.forEach(step -> chains.put(step.id, chain(step, variables)));
    if (edges != null) {
      link(chains, edges);
    }
    List<Located> list = new ArrayList<>();
    chains.values().forEach(list::addAll);
    for (Step step : steps.values()) {
      if (!written.contains(step.id) && workflow.notes().problems().isEmpty()) {
        step.node.problem("id", "nothing leads to the step \"" + step.id + '"');
      }
    }
    if (edges != null) {
      orchestration.text("type", workflow.mapping(), "graph");
    }
    Located at = workflow.value("steps");
    orchestration.put("steps", Tree.list(at == null ? workflow.mapping() : at, list));
  }

  /**
   * A step behind another waits for the last one of its chain, so that errors are handled first.
   */
  private static void link(Map<String, List<Mapping>> chains, Map<String, Set<String>> edges) {
    Map<String, String> lasts = new HashMap<>();
    chains.forEach(
        (id, chain) -> {
          if (!chain.isEmpty()) {
            lasts.put(id, nameIn(chain.get(chain.size() - 1)));
          }
        });
    chains.forEach(
        (id, chain) ->
            linked(
                chain,
                edges.getOrDefault(id, Set.of()).stream()
                    .map(before -> lasts.getOrDefault(before, nameOf(before)))
                    .toList()));
  }

  /** In a graph, each step of a chain waits for the one before it, the first one for the edges. */
  private static void linked(List<Mapping> chain, List<String> before) {
    List<String> waitsFor = before;
    for (int i = 0; i < chain.size(); i++) {
      Mapping step = chain.get(i);
      Tree linked = new Tree(step);
      step.fields().forEach((name, field) -> linked.put(name, field.value()));
      if (!waitsFor.isEmpty()) {
        linked.put(
            "dependsOn",
            Tree.list(step, waitsFor.stream().map(name -> Tree.text(step, name)).toList()));
      }
      chain.set(i, linked.build());
      waitsFor = List.of(nameIn(step));
    }
  }

  private static void add(Map<String, Set<String>> edges, String step, String before) {
    edges.computeIfAbsent(step, any -> new TreeSet<>()).add(before);
  }

  private static String nameIn(Mapping step) {
    Field name = step.fields().get("name");
    return name != null && name.value() instanceof Scalar text ? text.text() : "";
  }

  /**
   * The steps that each waits for, by ids; null when all stand in one chain.
   *
   * @param main in their order
   */
  private @Nullable Map<String, Set<String>> edges(List<Step> main) {
    boolean isGraph = main.stream().anyMatch(step -> step.node.has("dependsOn"));
    Map<String, Set<String>> edges = new LinkedHashMap<>();
    main.forEach(step -> edges.put(step.id, new TreeSet<>()));
    boolean isChain = !isGraph;
    for (int i = 0; i < main.size(); i++) {
      Step step = main.get(i);
      Step following = i + 1 < main.size() ? main.get(i + 1) : null;
      Step next = next(step, main, i);
      if (isGraph) {
        for (Scalar id : step.node.texts("dependsOn")) {
          if (!edges.containsKey(id.text())) {
            step.node.problem("dependsOn", "there is no step \"" + id.text() + "\" beside it");
          } else {
            add(edges, step.id, id.text());
          }
        }
      } else if (next == null && following != null) {
        add(edges, following.id, step.id);
      }
      if (next != null) {
        add(edges, next.id, step.id);
        isChain &= next.equals(following);
      }
    }
    if (!isGraph && !isChain) {
      for (Step step : main.subList(Math.min(1, main.size()), main.size())) {
        if (edges.getOrDefault(step.id, Set.of()).isEmpty()) {
          step.node.problem(
              "id",
              "nextStepId passes over the step \"%s\", and nothing leads to it".formatted(step.id));
        }
      }
    }
    return isChain ? null : edges;
  }

  /** The step that {@code nextStepId} names, if it stands in the main order and behind this one. */
  private @Nullable Step next(Step step, List<Step> main, int position) {
    if (!step.node.has("nextStepId")) {
      return null;
    }
    Step next = find(step.node, "nextStepId");
    int at = next == null ? -1 : main.indexOf(next);
    if (next != null && at < 0) {
      step.node.problem("nextStepId", "the step \"" + next.id + "\" stands within another one");
      return null;
    }
    if (next != null && at <= position) {
      step.node.problem(
          "nextStepId",
          "leads back to \"" + next.id + "\": a loop is a repeat, which the framework has not");
      return null;
    }
    return next;
  }

  /** A step with what follows its errors. */
  private List<Mapping> chain(Step step, Variables names) {
    if (!written.add(step.id)) {
      return new ArrayList<>();
    }
    List<Node> own = handlers.getOrDefault(step.id, List.of());
    if (step.type == StepType.PARALLEL && waitsForAll(step.node)) {
      own.forEach(
          handler ->
              handler.problem(
                  "stepId",
                  ("\"%s\" is a PARALLEL that waits for all, which has no error of its own: add an"
                          + " error handler to each of its steps instead")
                      .formatted(step.id)));
    }
    List<Mapping> chain = new ArrayList<>();
    chain.add(write(step, names, null, !own.isEmpty()));
    for (Node handler : own) {
      Step called = handler.has("handlerStepId") ? find(handler, "handlerStepId") : null;
      if (called != null && written.add(called.id)) {
        chain.add(write(called, names, ErrorRules.isMeant(step.name, handler), false));
      }
    }
    Mapping check = own.isEmpty() ? null : ErrorRules.check(step.node.mapping(), step.name, own);
    if (check != null) {
      chain.add(check);
    }
    return chain;
  }

  /**
   * @param also a further condition, or null
   * @param goesOn whether the flow goes on without it when it fails
   */
  private Mapping write(Step step, Variables names, @Nullable String also, boolean goesOn) {
    Node node = step.node;
    Tree tree = new Tree(node.mapping());
    Located id = node.value("id");
    tree.text("name", id == null ? node.mapping() : id, step.name);
    String own = Conditions.of(node.nodes("conditions"), names);
    String when = own == null ? also : also == null ? own : "(%s) && (%s)".formatted(also, own);
    Located conditions = node.value("conditions");
    Located at = conditions == null ? node.mapping() : conditions;
    boolean isBlock = step.type == StepType.PARALLEL && waitsForAll(node);
    if (isBlock) {
      return parallel(step, names, when, at);
    }
    if (when != null) {
      tree.text("when", at, when);
    }
    if (goesOn) {
      tree.text("onFailure", node.mapping(), "continue");
    }
    switch (step.type) {
      case CONDITIONAL -> conditional(step, names, tree);
      case PARALLEL -> race(step, names, tree);
      case FOR_EACH -> forEach(step, names, tree);
      case HTTP_REQUEST,
          DATA_TRANSFORM,
          WAIT,
          WEBHOOK_CALL,
          FUNCTION_CALL,
          VALIDATION,
          ERROR_HANDLER ->
          new StepWriter(node, step.name, names, tree).write(step.type);
    }
    attempts(step, tree);
    return tree.build();
  }

  private static boolean waitsForAll(Node step) {
    return step.object("config").flag("waitForAll", true);
  }

  private List<Located> body(Node config, String field, Scalar id, Variables names) {
    Step step = steps.get(id.text());
    if (step == null) {
      return List.of();
    }
    if (step.node.has("nextStepId")) {
      step.node.warn("nextStepId", "has no meaning for a step within another one, and is ignored");
    }
    if (written.contains(step.id)) {
      config.problem(field, "the step \"" + step.id + "\" would contain itself");
      return List.of();
    }
    return new ArrayList<>(chain(step, names));
  }

  private void conditional(Step step, Variables names, Tree tree) {
    Node config = step.node.object("config");
    String when = Conditions.of(config.nodes("conditions"), names);
    if (!config.has("conditions")) {
      config.problem("conditions", "is missing");
    }
    if (when == null) {
      return;
    }
    Located at = config.value("conditions");
    Located place = at == null ? config.mapping() : at;
    Mapping yes =
        new Tree(config.mapping())
            .text("when", place, when)
            .put("do", branch(config, "trueStepId", names))
            .build();
    Mapping no =
        new Tree(config.mapping()).put("else", branch(config, "falseStepId", names)).build();
    tree.put("choice", Tree.list(config.mapping(), List.of(yes, no)));
  }

  private Located branch(Node config, String field, Variables names) {
    Scalar id = config.scalar(field);
    return id == null
        ? Tree.list(config.mapping(), List.of())
        : Tree.list(id, body(config, field, id, names));
  }

  /** A block has no condition of its own: with one, it stands in a choice. */
  private Mapping parallel(Step step, Variables names, @Nullable String when, Located at) {
    Node config = step.node.object("config");
    List<Located> lanes = new ArrayList<>();
    for (Scalar id : config.texts("steps")) {
      lanes.add(Tree.list(id, body(config, "steps", id, names)));
    }
    Located id = step.node.value("id");
    Located place = id == null ? step.node.mapping() : id;
    String block = when == null ? step.name : step.name + "-steps";
    Tree tree =
        new Tree(step.node.mapping())
            .text("name", place, block)
            .put("parallel", Tree.list(config.mapping(), lanes))
            .put("atOnce", config.value("maxConcurrency"));
    if (when == null) {
      return tree.build();
    }
    Mapping yes =
        new Tree(step.node.mapping())
            .text("when", at, when)
            .put("do", Tree.list(config.mapping(), List.of(tree.build())))
            .build();
    Mapping no = new Tree(step.node.mapping()).put("else", Tree.list(at, List.of())).build();
    return new Tree(step.node.mapping())
        .text("name", place, step.name)
        .put("choice", Tree.list(step.node.mapping(), List.of(yes, no)))
        .build();
  }

  private void race(Step step, Variables names, Tree tree) {
    Node config = step.node.object("config");
    Tree branches = new Tree(config.mapping());
    for (Scalar id : config.texts("steps")) {
      branches.put(nameOf(id.text()), Tree.list(id, body(config, "steps", id, names)));
    }
    tree.put("firstOf", branches.build());
  }

  private void forEach(Step step, Variables names, Tree tree) {
    Node config = step.node.object("config");
    Scalar list = config.required("inputVariable") == null ? null : config.scalar("inputVariable");
    String item = config.required("itemVariable");
    String expression = list == null ? null : names.strict(list.text());
    if (list != null && expression == null) {
      config.problem("inputVariable", "must be the name of a variable or a path");
    }
    if (item != null && !Variables.isIdentifier(item)) {
      config.problem(
          "itemVariable", "must have letters, digits and _ only, but is \"" + item + '"');
    }
    if (list == null || expression == null || item == null) {
      return;
    }
    List<Located> body = new ArrayList<>();
    for (Scalar id : config.texts("steps")) {
      body.addAll(body(config, "steps", id, names.with(item)));
    }
    Located as = config.value("itemVariable");
    tree.text("forEach", list, expression)
        .text("as", as == null ? list : as, item)
        .put("atOnce", config.value("maxConcurrency"))
        .put("do", Tree.list(config.mapping(), body));
  }

  /** Retries and the timeout of the step. */
  private void attempts(Step step, Tree tree) {
    Node node = step.node;
    if (!step.type.hasAttempts()) {
      for (String field : List.of("retryPolicy", "timeout")) {
        if (node.has(field)) {
          node.warn(field, "has no meaning for " + step.type + ", and is ignored");
        }
      }
      return;
    }
    Long timeout = node.number("timeout");
    Located at = node.value("timeout");
    if (timeout != null && at != null) {
      tree.text("timeout", at, timeout + "ms");
    }
    if (node.has("retryPolicy")) {
      tree.put("retry", RetryWriter.write(node.object("retryPolicy")));
    }
  }
}
