package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The branches of a choice, as written in the document. */
record Branches(List<Branch> branches) {

  private static final int MAX_BRANCHES = 100;

  private static final String WHEN = "when";
  private static final String DO = "do";
  private static final String ELSE = "else";
  private static final Set<String> FIELDS = Set.of(WHEN, DO, ELSE);

  /**
   * One branch.
   *
   * @param when its condition; null for {@code else}
   * @param field the name of the field with its steps
   * @param steps null when they are missing or wrong, which is then reported
   */
  record Branch(Fields fields, @Nullable String when, String field, @Nullable Sequence steps) {}

  Branches {
    branches = List.copyOf(branches);
  }

  /** Reads the field {@code choice} and reports its problems. */
  static Branches read(Fields choice, int maxCondition) {
    List<Branch> branches = new ArrayList<>();
    Sequence list = choice.list("choice");
    if (list == null) {
      return new Branches(branches);
    }
    int count = list.elements().size();
    if (count == 0 || count > MAX_BRANCHES) {
      choice.problem(
          "choice",
          "must have 1 to %d branches: choice: [{when: …, do: […]}, {else: […]}]"
              .formatted(MAX_BRANCHES));
      return new Branches(branches);
    }
    for (int i = 0; i < count; i++) {
      Located element = list.elements().get(i);
      if (element instanceof Mapping mapping) {
        Fields fields = choice.element("choice", i, mapping);
        branches.add(branch(fields, maxCondition, i == 0, i == count - 1));
      } else {
        choice.problem(
            element,
            "choice[" + i + ']',
            "must be a branch, {when: …, do: […]} or {else: […]}, but is " + element.kind());
      }
    }
    return new Branches(branches);
  }

  private static Branch branch(Fields fields, int maxCondition, boolean isFirst, boolean isLast) {
    fields.refuseAllBut(FIELDS, "of a branch");
    if (fields.mapping().fields().containsKey(ELSE)) {
      if (fields.value(WHEN) != null || fields.value(DO) != null) {
        fields.problem(
            ELSE, "is a branch alone: write {else: […]} as the last one, without when and do");
      } else if (!isLast) {
        fields.problem(ELSE, "must be the last branch: those behind it would never be taken");
      } else if (isFirst) {
        fields.problem(ELSE, "is the only branch: put a branch with a condition before it");
      }
      return new Branch(fields, null, ELSE, steps(fields, ELSE));
    }
    if (fields.value(WHEN) == null) {
      fields.problem(
          WHEN,
          "is missing: a branch needs its condition; the branch for all other cases is {else: […]}");
    }
    return new Branch(fields, fields.text(WHEN, maxCondition), DO, steps(fields, DO));
  }

  private static @Nullable Sequence steps(Fields fields, String name) {
    if (fields.value(name) == null) {
      fields.problem(name, "is missing: it needs a list of steps; [] means that nothing is done");
      return null;
    }
    return fields.list(name);
  }

  /** The work of the compiled choice. */
  Work.Choose work() {
    List<@Nullable String> conditions = new ArrayList<>();
    branches.forEach(branch -> conditions.add(branch.when()));
    return new Work.Choose(conditions);
  }
}
