package io.doundo.orchestrator.definition.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Reach;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Choices and parallel blocks: the graph that they compile to, and what is refused. */
class BlocksTest {

  private static final String ROUTE =
      """
      orchestrationName: order
      steps:
        - name: rate
        - name: route
          choice:
            - { when: "steps.rate.result.score > 700", do: [ { name: express }, { name: notify } ] }
            - { when: "payload.amount < 50", do: [] }
            - { else: [ { name: review } ] }
        - parallel: [ { name: book }, [ { name: pack }, { name: label } ], { name: weigh } ]
          atOnce: 2
        - { name: ship, input: { branch: "{{ steps.route.branch }}" } }
      """;

  @Test
  void aChoiceIsAStepWithGuardedSteps() {
    Orchestration order = definition(ROUTE);

    Step route = step(order, "route");
    assertThat(route.work())
        .isEqualTo(
            new Work.Choose(
                Arrays.asList("steps.rate.result.score > 700", "payload.amount < 50", null)));
    assertThat(route.work().reach()).isEqualTo(Reach.INSIDE);
    assertThat(route.undoing()).isEqualTo(UndoRule.NONE);
    assertThat(step(order, "express").guard()).isEqualTo(new Guard("route", 0));
    assertThat(step(order, "notify").guard()).isEqualTo(new Guard("route", 0));
    assertThat(step(order, "review").guard()).isEqualTo(new Guard("route", 2));
    assertThat(step(order, "book").guard()).isNull();
    assertThat(edges(order))
        .containsEntry("route", "[rate]")
        .containsEntry("express", "[route]")
        .containsEntry("notify", "[express]")
        .containsEntry("review", "[route]")
        .containsEntry("book", "[notify, review]")
        .containsEntry("pack", "[notify, review]")
        .containsEntry("label", "[pack]")
        .containsEntry("ship", "[book, label, weigh]");
  }

  @Test
  void atOnceIsAnEdgeWithoutResults() {
    Orchestration order = definition(ROUTE);

    assertThat(step(order, "weigh").after()).containsExactly("book");
    assertThat(step(order, "weigh").dependsOn()).containsExactly("notify", "review");
    int weigh = order.indexOf("weigh");
    assertThat(names(order, order.graph().dependencies(weigh)))
        .containsExactlyInAnyOrder("notify", "review", "book");
    assertThat(names(order, order.graph().ancestors(weigh)))
        .containsExactlyInAnyOrder("rate", "route", "express", "notify", "review");
    assertThat(names(order, order.graph().predecessors(weigh))).contains("book");
  }

  @Test
  void aLaneOfSeveralStepsBeginsBehindTheWholeLaneBefore() {
    Orchestration order =
        definition(
            """
            orchestrationName: o
            steps:
            - parallel: [ [ {name: a}, {name: b} ], [ {name: c}, {name: d} ], {name: e} ]
              atOnce: 1
            """);

    assertThat(step(order, "c").after()).containsExactly("b");
    assertThat(step(order, "d").after()).isEmpty();
    assertThat(step(order, "e").after()).containsExactly("d");
    assertThat(step(order, "e").dependsOn()).isEmpty();
  }

  @Test
  void blocksStandInEachOther() {
    Orchestration order =
        definition(
            """
            orchestrationName: o
            steps:
            - name: outer
              choice:
              - when: "payload.x"
                do:
                - parallel:
                  - { name: a }
                  - - name: inner
                      choice: [ { when: "payload.y", do: [ { name: b } ] } ]
                    - { name: c }
                - { name: d, input: "{{ steps.a.result }}" }
            - { name: e }
            """);

    assertThat(step(order, "b").guard()).isEqualTo(new Guard("inner", 0));
    assertThat(step(order, "inner").guard()).isEqualTo(new Guard("outer", 0));
    assertThat(step(order, "c").guard()).isEqualTo(new Guard("outer", 0));
    assertThat(edges(order))
        .containsEntry("a", "[outer]")
        .containsEntry("inner", "[outer]")
        .containsEntry("b", "[inner]")
        .containsEntry("c", "[b]")
        .containsEntry("d", "[a, c]")
        .containsEntry("e", "[d]");
  }

  @Test
  void inAGraphABlockIsDependedOnByItsName() {
    Orchestration order =
        definition(
            """
            orchestrationName: o
            type: graph
            steps:
            - { name: first }
            - name: lanes
              dependsOn: [first]
              parallel: [ { name: a }, [ { name: b }, { name: c } ] ]
            - name: route
              dependsOn: [lanes]
              choice:
              - { when: "payload.x", do: [ { name: d }, { name: e, dependsOn: [route, a] } ] }
              - { else: [ { name: f } ] }
            - { name: last, dependsOn: [route] }
            - { name: early, dependsOn: [d] }
            """);

    assertThat(edges(order))
        .containsEntry("a", "[first]")
        .containsEntry("b", "[first]")
        .containsEntry("route", "[a, c]")
        .containsEntry("e", "[a, d, route]")
        .containsEntry("last", "[e, f]")
        .containsEntry("early", "[d]");
  }

  @Test
  void storedStateIsReadBack() throws Exception {
    for (String document :
        List.of(
            ROUTE,
            "orchestrationName: o\nsteps: [{parallel: [{name: a}, {name: b}], atOnce: 1}]")) {
      Orchestration order = definition(document);

      assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
      assertThat(new String(DefinitionCodec.encode(order), UTF_8)).contains("\"schema\":2");
    }
  }

  /** Blocks that compile to edges alone are understood by older versions as well. */
  @Test
  void lanesAreStoredAsAnyGraphIs() {
    Orchestration lanes =
        definition("orchestrationName: o\nsteps: [{parallel: [{name: a}, {name: b}]}, {name: c}]");

    assertThat(new String(DefinitionCodec.encode(lanes), UTF_8))
        .contains("\"schema\":1")
        .doesNotContain("expressions", "guard", "after");
  }

  @Test
  void aBranchMayHoldAPivot() {
    Orchestration order =
        definition(
            """
            orchestrationName: o
            steps:
            - name: route
              choice:
              - { when: "payload.x", do: [ { name: pay, pivot: true }, { name: tell } ] }
              - { else: [ { name: ask, onTimeout: undo } ] }
            - { name: last, onTimeout: undo }
            """);

    assertThat(step(order, "tell").retry()).isEqualTo(RetryPolicy.DEFAULT_PERSISTENT);
    assertThat(step(order, "ask").retry()).isEqualTo(RetryPolicy.DEFAULT_DO);
    assertThat(step(order, "last").retry()).isEqualTo(RetryPolicy.DEFAULT_PERSISTENT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
      {name: a, choice: []}                                ~ steps[0].choice (line 4, column 21): must have 1 to 100 branches
      {name: a, choice: {}}                                ~ steps[0].choice (line 4, column 21): must be a list
      {name: a, choice: [x]}                               ~ steps[0].choice[0] (line 4, column 22): must be a branch
      {choice: [{when: "true", do: []}]}                   ~ steps[0].name (line 4, column 3): is missing
      {name: a, choice: [{else: []}]}                      ~ is the only branch
      {name: a, choice: [{else: []}, {when: "true", do: []}]} ~ steps[0].choice[0].else (line 4, column 29): must be the last branch
      {name: a, choice: [{do: []}]}                        ~ a branch needs its condition
      {name: a, choice: [{when: "true"}]}                  ~ steps[0].choice[0].do (line 4, column 22): is missing
      {name: a, choice: [{when: "true", do: {name: b}}]}   ~ steps[0].choice[0].do (line 4, column 41): must be a list
      {name: a, choice: [{when: "true", od: []}]}          ~ unknown field of a branch
      {name: a, choice: [{when: "true", do: []}, {else: [], when: "true"}]} ~ is a branch alone
      {name: a, choice: [{when: "1", do: []}]}             ~ steps[0].choice[0].when (line 4, column 29): {{ 1 }}: a condition must be true or false
      {name: a, choice: [{when: "steps.z.failed", do: []}]} ~ step "z" does not come before this step
      {name: a, choice: [{when: "true", do: [{name: z}]}]} ~ the step "z" is defined twice
      {name: a, choice: [{when: "true", do: [{name: b, seq: 3}]}]} ~ has no meaning in a document with choice or parallel
      {name: a, choice: [{when: "true", do: []}], timeout: 1s} ~ has no meaning for a step with "choice"
      {name: a, choice: [{when: "true", do: []}], result: {a: 1}} ~ has no meaning for a choice, which has no result
      {name: a, choice: [{when: "true", do: []}], set: {a: 1}} ~ a step does one thing
      {name: a, choice: [{when: "true", do: [{name: b}]}, {else: [{name: c, input: "{{ steps.b.result }}"}]}]} ~ step "b" does not come before this step
      {parallel: []}                                       ~ steps[0].parallel (line 4, column 14): must have at least one step
      {parallel: [[]]}                                     ~ steps[0].parallel[0] (line 4, column 15): must have at least one step
      {parallel: [x]}                                      ~ must be a step or a list of steps
      {parallel: [[x]]}                                    ~ steps[0].parallel[0][0] (line 4, column 16): must be an object
      {parallel: [{name: a}], when: "true"}                ~ steps[0].when (line 4, column 33): has no meaning for a parallel block
      {parallel: [{name: a}], atOnce: 0}                   ~ must be a whole number from 1
      {name: a, atOnce: 2}                                 ~ has no meaning without parallel
      {parallel: [{name: a}, {name: b, pivot: true}]}      ~ a pivot must run alone, but "a" may run at the same time
      {parallel: [{name: a}, {name: b, input: "{{ steps.a.result }}"}]} ~ step "a" does not come before this step
      {parallel: [{name: a}, {name: b, input: "{{ steps.a.result }}"}], atOnce: 1} ~ step "a" does not come before this step
      {name: z, parallel: [{name: a}]}                     ~ steps[0].name (line 4, column 10): is also the name of step "z"
      {parallel: [{name: a, dependsOn: [z]}]}              ~ needs type: graph
      {parallel: [{parallel: [{parallel: [{parallel: [{parallel: [{name: a}]}]}]}]}]} ~ stands in 4 other blocks
      """)
  void isRefused(String item, String problem) {
    String document = "orchestrationName: o\nvocabulary: 2\nsteps:\n- " + item + "\n- {name: z}\n";

    assertThat(problems(document)).anySatisfy(found -> assertThat(found).contains(problem));
  }

  @Test
  void aGraphOfBlocksHasNoCycles() {
    assertThat(
            problems(
                """
                orchestrationName: o
                type: graph
                steps:
                - { parallel: [ { name: a, dependsOn: [b] }, { name: b } ], atOnce: 1 }
                - { name: lanes, parallel: [ { name: c, dependsOn: [lanes] } ] }
                """))
        .satisfiesExactly(
            cycle -> assertThat(cycle).startsWith("steps[1].parallel[0].dependsOn"),
            itself -> assertThat(itself).contains("in a cycle: "));
  }

  @Test
  void aStepInABranchIsReadWithCareFromOutside() {
    assertThat(
            problems(
                """
                orchestrationName: o
                steps:
                - name: route
                  choice:
                  - when: "payload.x"
                    do: [ { name: a }, { name: b, input: "{{ steps.a.result.x }}" } ]
                - { name: c, input: "{{ steps.a.result.x }}" }
                - { name: d, input: { x: "{{ steps.a.?result.?x }}", branch: "{{ steps.route.branch }}" } }
                - { name: e, input: "{{ steps.d.branch }}" }
                """))
        .satisfiesExactly(
            c -> assertThat(c).startsWith("steps[1].input").contains("may be absent"),
            e -> assertThat(e).startsWith("steps[3].input").contains("has no \"branch\""));
  }

  @Test
  void stepsInBlocksCountAsAllOthersDo() {
    String many =
        IntStream.range(0, 101)
            .mapToObj(i -> "[{name: a" + i + "}, {name: b" + i + "}]")
            .collect(Collectors.joining(", "));

    assertThat(problems("orchestrationName: o\nsteps: [{parallel: [" + many + "]}]"))
        .anySatisfy(problem -> assertThat(problem).contains("at most 200 are allowed"));
  }

  private static Map<String, String> edges(Orchestration definition) {
    return definition.steps().stream()
        .collect(
            Collectors.toMap(
                Step::name, step -> step.dependsOn().stream().sorted().toList().toString()));
  }

  private static List<String> names(Orchestration definition, int[] steps) {
    return IntStream.of(steps).mapToObj(i -> definition.steps().get(i).name()).toList();
  }

  private static CompiledRegistration compile(String document) {
    return RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
  }

  private static List<String> problems(String document) {
    return compile(document).problems().stream().map(Problem::toString).toList();
  }

  private static Orchestration definition(String document) {
    CompiledRegistration compiled = compile(document);
    assertThat(compiled.problems()).isEmpty();
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private static Step step(Orchestration definition, String name) {
    return definition.steps().get(definition.indexOf(name));
  }
}
