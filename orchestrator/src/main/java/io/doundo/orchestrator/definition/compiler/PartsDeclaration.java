package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.Shape;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a step as the document has them.
 *
 * @param kind the field that names the step's kind
 * @param loop the field {@code repeat}; null for other kinds
 * @param bodies where the steps of its parts stand; none when another orchestration is the body
 */
record PartsDeclaration(
    Fields fields, String kind, @Nullable Fields loop, List<BodyDeclaration> bodies) {

  static final String DO = "do";
  static final String FLOW = "flow";
  static final String FOR_EACH = "forEach";
  static final String FIRST_OF = "firstOf";
  static final String REPEAT = "repeat";

  /** The kinds of steps with parts. */
  static final Set<String> KINDS = Set.of(DO, FLOW, FOR_EACH, FIRST_OF, REPEAT);

  /** The fields that only steps with parts can have. */
  static final Set<String> FIELDS = Set.of("as", "tolerate", "strict");

  /** The results of the kinds that put them together from those of their parts. */
  static final Map<String, Shape> RESULTS =
      Map.of(
          FOR_EACH,
          Shape.ofFields("items", "done", "failed", "errors", "truncated"),
          FIRST_OF,
          Shape.ofFields("winner", "result"),
          REPEAT,
          Shape.ofFields("rounds", "state", "result"));

  /** The kinds that have their steps under {@code do}. */
  private static final Set<String> WITH_DO = Set.of(FOR_EACH, REPEAT);

  private static final Set<String> LOOP_FIELDS =
      Set.of("every", "state", "next", "until", "most", "version");

  /** What expressions know under these names is not an item. */
  private static final Set<String> TAKEN =
      Set.of(
          "payload",
          "input",
          "steps",
          "flow",
          "index",
          "state",
          "round",
          "result",
          "effect",
          "response",
          "key",
          "signal",
          "event",
          "param");

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,9})\\s*%");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final int ALL = 100;
  private static final int LEAST_BRANCHES = 2;
  private static final int MOST_BRANCHES = 100;
  private static final int MAX_EXPRESSION = 4_100;

  /**
   * The steps of a part.
   *
   * @param branch null for the only body
   * @param place of the list among the fields of its step
   */
  record BodyDeclaration(@Nullable String branch, String place, Sequence steps) {}

  /** Reads the fields of the kind and reports their problems. */
  static PartsDeclaration read(Fields fields, String kind) {
    List<BodyDeclaration> bodies =
        switch (kind) {
          case FLOW -> List.of();
          case FIRST_OF -> branches(fields);
          default -> body(fields, kind);
        };
    PartsDeclaration parts =
        new PartsDeclaration(
            fields, kind, kind.equals(REPEAT) ? fields.object(REPEAT) : null, bodies);
    parts.check();
    return parts;
  }

  private static List<BodyDeclaration> body(Fields fields, String kind) {
    if (fields.value(DO) == null) {
      fields.problem(
          DO, "is missing: a step with \"%s\" needs the steps of a part".formatted(kind));
      return List.of();
    }
    Sequence steps = fields.list(DO);
    return steps == null ? List.of() : List.of(new BodyDeclaration(null, DO, steps));
  }

  private static List<BodyDeclaration> branches(Fields fields) {
    List<BodyDeclaration> bodies = new ArrayList<>();
    Fields branches = fields.object(FIRST_OF);
    if (branches == null) {
      return bodies;
    }
    Map<String, Field> named = branches.mapping().fields();
    if (named.size() < LEAST_BRANCHES || named.size() > MOST_BRANCHES) {
      fields.problem(
          FIRST_OF,
          "must have %d to %d branches: firstOf: {one: […], other: […]}"
              .formatted(LEAST_BRANCHES, MOST_BRANCHES));
    }
    for (String name : named.keySet()) {
      String refusal = Names.refuse(name);
      if (refusal != null) {
        branches.problem(name, '"' + name + "\" " + refusal);
      }
      Sequence steps = branches.list(name);
      if (steps != null) {
        bodies.add(new BodyDeclaration(name, FIRST_OF + '.' + name, steps));
      } else if (branches.value(name) == null) {
        branches.problem(name, "must have at least one step");
      }
    }
    return bodies;
  }

  private void check() {
    boolean isList = kind.equals(FOR_EACH);
    for (String name : List.of("as", "tolerate", "strict", "atOnce")) {
      if (fields.value(name) != null && !isList) {
        fields.problem(name, "has no meaning for a step with \"" + kind + "\"");
      }
    }
    if (kind.equals(FLOW)) {
      String name = fields.text(FLOW, MAX_EXPRESSION);
      String refusal = name == null ? null : Names.refuseOrchestration(name);
      if (refusal != null) {
        fields.problem(FLOW, '"' + name + "\" " + refusal);
      }
    } else if (isList) {
      checkList();
    } else if (loop != null) {
      checkLoop(loop);
    }
    if (kind.equals(FIRST_OF) && fields.value("result") != null) {
      fields.problem(
          "result", "has no meaning for firstOf: its result is {winner, result} of its winner");
    }
  }

  private void checkList() {
    // Reading a field reports its problems.
    fields.text(FOR_EACH, MAX_EXPRESSION);
    String as = fields.text("as", MAX_EXPRESSION);
    if (as != null && !VARIABLE.matcher(as).matches()) {
      fields.problem("as", "must be a name: a letter, then letters, digits and '_'");
    } else if (as != null && TAKEN.contains(as)) {
      fields.problem("as", "\"" + as + "\" already has a meaning in expressions");
    }
    fields.integer("atOnce", 1, Work.Parts.MOST_AT_ONCE);
    fields.flag("strict", false);
    if (fields.value("tolerate") != null && tolerance() == null) {
      fields.problem("tolerate", "must be a number of items, or a percentage from 0% to 100%");
    }
  }

  private void checkLoop(Fields repeat) {
    repeat.refuseAllBut(LOOP_FIELDS, "of repeat");
    repeat.duration("every", Duration.ZERO);
    repeat.text("until", MAX_EXPRESSION);
    repeat.integer("most", 1, Work.Repeat.MOST_ROUNDS);
    repeat.word("version", List.of("newest"));
    if (repeat.value("until") == null && repeat.value("most") != null) {
      repeat.problem("until", "is missing: with most, the step fails if until is never true");
    }
    if (repeat.value("next") != null && repeat.value("state") == null) {
      repeat.problem("state", "is missing: next changes the state, so say the first one");
    }
  }

  private @Nullable Tolerance tolerance() {
    if (fields.value("tolerate") == null) {
      return Tolerance.NONE;
    }
    if (!(fields.value("tolerate") instanceof Scalar scalar)) {
      return null;
    }
    Matcher percent = PERCENT.matcher(scalar.text().strip());
    if (percent.matches()) {
      int share = Integer.parseInt(percent.group(1));
      return share <= ALL ? new Tolerance(share, true) : null;
    }
    return NUMBER.matcher(scalar.text().strip()).matches()
        ? new Tolerance(Integer.parseInt(scalar.text().strip()), false)
        : null;
  }

  /** The name of the item in the expressions of the body. */
  String itemName() {
    String as = fields.text("as", MAX_EXPRESSION);
    return as == null ? Work.ForEach.DEFAULT_NAME : as;
  }

  /** The expression of the list, as a template; null when it is missing. */
  @Nullable String items() {
    String said = fields.text(FOR_EACH, MAX_EXPRESSION);
    return said == null || said.contains("{{") ? said : "{{ " + said + " }}";
  }

  @Nullable String until() {
    return loop == null ? null : loop.text("until", MAX_EXPRESSION);
  }

  /** A template of the loop, {@code state} or {@code next}; null when it is missing. */
  @Nullable LocatedJson template(String name) {
    Located value = loop == null ? null : loop.value(name);
    return value == null ? null : LocatedJson.of(value, name);
  }

  /** Whether it repeats without a limit. */
  boolean isEndless() {
    return loop != null && loop.value("most") == null;
  }

  /** The compiled work. */
  Work.Parts work(List<Body> compiled) {
    return switch (kind) {
      case FLOW -> new Work.Flow(String.valueOf(fields.text(FLOW, MAX_EXPRESSION)));
      case FIRST_OF -> new Work.FirstOf(compiled);
      case FOR_EACH -> forEach(compiled.get(0));
      case REPEAT -> repeat(compiled.get(0));
      default -> new Work.Do(compiled.get(0));
    };
  }

  private Work.ForEach forEach(Body body) {
    Integer atOnce = fields.integer("atOnce", 1, Work.Parts.MOST_AT_ONCE);
    Tolerance tolerance = tolerance();
    return new Work.ForEach(
        String.valueOf(items()),
        itemName(),
        atOnce == null ? Work.ForEach.DEFAULT_AT_ONCE : atOnce,
        tolerance == null ? Tolerance.NONE : tolerance,
        fields.flag("strict", false),
        body);
  }

  private Work.Repeat repeat(Body body) {
    Fields repeat = loop;
    Duration every = repeat == null ? null : repeat.duration("every", Duration.ZERO);
    Integer most = repeat == null ? null : repeat.integer("most", 1, Work.Repeat.MOST_ROUNDS);
    LocatedJson state = template("state");
    LocatedJson next = template("next");
    return new Work.Repeat(
        every == null ? Duration.ZERO : every,
        state == null ? null : state.text(),
        next == null ? null : next.text(),
        until(),
        most == null ? 0 : most,
        repeat != null && repeat.value("version") != null,
        body);
  }

  /** Whether the field holds the steps of a part, and does not name a kind. */
  static boolean isBody(Fields fields, String field) {
    return field.equals(DO) && WITH_DO.stream().anyMatch(kind -> fields.value(kind) != null);
  }
}
