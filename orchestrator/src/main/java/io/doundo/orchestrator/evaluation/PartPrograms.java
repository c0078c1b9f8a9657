package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Condition;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.Reads;
import io.doundo.expression.Template;
import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of a step with parts, compiled once for all its flows, and what the bodies of its
 * parts read. Immutable and thread-safe.
 *
 * @param items the list of which each part gets an item; null for other steps
 * @param state the first state of a loop; null for none
 * @param next the state of a loop after a round; null when it stays
 * @param until whether a loop has ended; null for never
 * @param inside what the expressions of the bodies read, at any depth
 */
record PartPrograms(
    @Nullable Template items,
    @Nullable Template state,
    @Nullable Template next,
    @Nullable Condition until,
    Reads inside) {

  static PartPrograms of(Step step, Work.Parts work) {
    ExpressionCompiler compiler = ExpressionCompiler.ofStored();
    Work.Repeat repeat = work instanceof Work.Repeat loop ? loop : null;
    String until = repeat == null ? null : repeat.until();
    return new PartPrograms(
        work instanceof Work.ForEach list
            ? compiler
                .template("forEach", Json.MAPPER.getNodeFactory().stringNode(list.items()))
                .orElseThrow()
            : null,
        template(compiler, "state", repeat == null ? null : repeat.state()),
        template(compiler, "next", repeat == null ? null : repeat.next()),
        until == null ? null : compiler.condition("until", until).orElseThrow(),
        inside(compiler, step, work));
  }

  private static @Nullable Template template(
      ExpressionCompiler compiler, String place, @Nullable String json) {
    return json == null ? null : compiler.template(place, Json.MAPPER.readTree(json)).orElseThrow();
  }

  private static Reads inside(ExpressionCompiler compiler, Step step, Work.Parts work) {
    Reads reads = Reads.NONE;
    for (Body body : work.bodies()) {
      for (Step inner : body.steps()) {
        reads = reads.and(of(inner));
      }
    }
    Template result = template(compiler, "result", step.data().result());
    return result == null ? reads : reads.and(result.reads());
  }

  /** What all expressions of a step read. */
  private static Reads of(Step step) {
    StepPrograms programs = StepPrograms.of(step);
    Reads own =
        Stream.of(
                programs.readByWhen(),
                programs.readByInput(),
                programs.readByResult(),
                programs.readByUndo(),
                programs.readByWork(),
                programs.readByUntil(),
                programs.readByAccept(),
                programs.readByTask(),
                programs.http().map(http -> http.readByDo().and(http.readByUndo())))
            .flatMap(Optional::stream)
            .reduce(Reads.NONE, Reads::and);
    if (!(step.work() instanceof Work.Parts work)) {
      return own;
    }
    PartPrograms parts = of(step, work);
    Reads all = own.and(parts.inside());
    for (Template template : parts.templates()) {
      all = all.and(template.reads());
    }
    return parts.until() == null ? all : all.and(parts.until().reads());
  }

  private Template[] templates() {
    return Stream.of(
            Optional.ofNullable(items), Optional.ofNullable(state), Optional.ofNullable(next))
        .flatMap(Optional::stream)
        .toArray(Template[]::new);
  }
}
