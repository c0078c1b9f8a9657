package io.doundo.orchestrator.definition.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Contract;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Tolerance;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents whose steps have parts: what they mean, and what is refused. */
class PartsDocumentsTest {

  private static CompiledRegistration compiled(String steps) {
    String document = "orchestrationName: order\nsteps:\n" + steps.indent(2);
    return RegistrationCompiler.compile(document.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  private static Orchestration order(String steps) {
    CompiledRegistration compiled = compiled(steps);
    assertThat(compiled.results().get(0)).as(compiled.toString()).isInstanceOf(Defined.class);
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private static List<String> problems(String steps) {
    CompiledRegistration compiled = compiled(steps);
    assertThat(compiled.results().get(0)).as(compiled.toString()).isInstanceOf(Refused.class);
    return ((Refused) compiled.results().get(0))
        .problems().stream().map(problem -> problem.path() + ": " + problem.message()).toList();
  }

  private static <T extends Work.Parts> T work(Orchestration order, String step, Class<T> type) {
    return type.cast(order.steps().get(order.indexOf(step)).work());
  }

  @Test
  void aSagaInsideIsAStepWithABody() throws Exception {
    Orchestration order =
        order(
            """
            - name: extras
              do: [ { name: gift }, { name: card, undo: none } ]
              onFailure: continue
              timeout: 2d
              retry: { maxAttempts: 2 }
            - { name: ship }
            """);
    Step extras = order.steps().get(0);

    assertThat(extras.goesOn()).isTrue();
    assertThat(extras.undoable()).isTrue();
    assertThat(extras.timeout()).isEqualTo(Duration.ofDays(2));
    assertThat(extras.retry().maxAttempts()).isEqualTo(2);
    assertThat(order.part("extras").steps())
        .extracting(Step::name, Step::dependsOn)
        .containsExactly(tuple("gift", List.of()), tuple("card", List.of("gift")));
    assertThat(order.allSteps()).extracting(Step::name).contains("gift", "card", "ship");
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
  }

  @Test
  void aStepWithPartsHasNoTimeoutAndOneAttemptByDefault() {
    Step step = order("- { name: delivery, flow: shipping }").steps().get(0);

    assertThat(step.attempts())
        .isEqualTo(AttemptRules.ofParts(null, OnTimeout.RETRY, AttemptRules.RETRY_OF_PARTS));
    assertThat(((Work.Flow) step.work()).orchestration()).isEqualTo("shipping");
  }

  @Test
  void aListHasItemsALimitAndAToleranceInItsStoredFormAsWell() throws Exception {
    Orchestration order =
        order(
            """
            - name: items
              forEach: payload.items
              as: line
              atOnce: 5
              tolerate: 10%
              do: [ { name: reserve, input: { sku: "{{ line.sku }}", at: "{{ index }}" } } ]
              result: { bin: "{{ steps.reserve.result.bin }}", sku: "{{ line.sku }}" }
            """);
    Work.ForEach items = work(order, "items", Work.ForEach.class);

    assertThat(items.items()).isEqualTo("{{ payload.items }}");
    assertThat(items.as()).isEqualTo("line");
    assertThat(items.atOnce()).isEqualTo(5);
    assertThat(items.tolerate()).isEqualTo(new Tolerance(10, true));
    assertThat(order.part("items").contract())
        .isEqualTo(
            new Contract(
                null, "{\"bin\":\"{{ steps.reserve.result.bin }}\",\"sku\":\"{{ line.sku }}\"}"));
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
  }

  @Test
  void aRaceHasABodyForEachBranch() throws Exception {
    Orchestration order =
        order(
            """
            - name: offer
              firstOf:
                carrierA: [ { name: bookA } ]
                tooLate: [ { name: limit, wait: 10m } ]
            """);

    assertThat(work(order, "offer", Work.FirstOf.class).atOnce()).isEqualTo(2);
    assertThat(order.part("offer/tooLate").steps()).extracting(Step::name).containsExactly("limit");
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
  }

  @Test
  void aLoopHasAStateAndAnEnd() throws Exception {
    Orchestration order =
        order(
            """
            - name: watch
              repeat:
                every: 5m
                state: { checks: 0, last: unknown }
                next: { checks: "{{ state.checks + 1 }}", last: "{{ result.status }}" }
                until: "round >= 288"
                most: 1000
                version: newest
              do:
                - { name: probe }
                - { name: alert, when: "steps.probe.result.status != state.last" }
            """);
    Work.Repeat watch = work(order, "watch", Work.Repeat.class);

    assertThat(watch.every()).isEqualTo(Duration.ofMinutes(5));
    assertThat(watch.most()).isEqualTo(1000);
    assertThat(watch.newest()).isTrue();
    assertThat(watch.isEndless()).isFalse();
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
  }

  @Test
  void anEndlessLoopOwesNothing() {
    Orchestration order =
        order("- { name: watch, repeat: { every: 5m }, do: [ { name: probe, undo: none } ] }");

    assertThat(work(order, "watch", Work.Repeat.class).isEndless()).isTrue();
  }

  @Test
  void partsInPartsAreFoundByTheirPath() {
    Orchestration order =
        order(
            """
            - name: items
              forEach: payload.items
              do:
                - name: offer
                  firstOf: { a: [ { name: bookA } ], b: [ { name: inner, do: [ { name: x } ] } ] }
            """);

    assertThat(order.part("items/offer/b/inner").steps())
        .extracting(Step::name)
        .containsExactly("x");
    assertThat(order.part("items/offer/b/inner").id()).isEqualTo(order.id());
    assertThatIllegalArgumentException().isThrownBy(() -> order.part("items/offer"));
    assertThatIllegalArgumentException().isThrownBy(() -> order.part("items/offer/c"));
    assertThatIllegalArgumentException().isThrownBy(() -> order.part("nothing"));
  }

  @Test
  void aBodyHasChoicesAndSeesTheStepsBeforeItsHolder() {
    Orchestration order =
        order(
            """
            - { name: rate }
            - name: items
              forEach: "{{ steps.rate.result.items }}"
              do:
                - name: route
                  choice:
                    - { when: "item.price > steps.rate.result.limit", do: [ { name: express } ] }
                    - { else: [ { name: plain } ] }
            """);

    Orchestration part = order.part("items");
    assertThat(part.steps().get(part.indexOf("express")).guard()).isNotNull();
  }

  @Test
  void aPivotInsideMakesItsStepOne() {
    order("- { name: pay, pivot: true, do: [ { name: charge, pivot: true } ] }");

    assertThat(problems("- { name: pay, do: [ { name: charge, pivot: true } ] }"))
        .containsExactly(
            "steps[0].pivot: is missing: one of the steps of \"pay\" is a pivot, so it is one as"
                + " well: say pivot: true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- { name: x, forEach: payload.items, do: [ { name: y, pivot: true } ] }",
        "- { name: x, forEach: payload.items, do: [ { name: y, pivot: true, do: [ { name: z,"
            + " pivot: true } ] } ] }",
        "- { name: x, firstOf: { a: [ { name: y, pivot: true } ], b: [ { name: z } ] } }",
        "- { name: x, repeat: { most: 2, until: 'false' }, do: [ { name: y, pivot: true } ] }",
        "- { name: x, pivot: true, forEach: payload.items, do: [ { name: y } ] }",
      })
  void noPivotWherePartsMayHaveToBeUndone(String step) {
    assertThat(problems(step)).allMatch(problem -> problem.contains("cannot hold a pivot"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ name: x, do: [] }|steps[0].do: must have at least one step",
        "{ name: x, forEach: payload.items }|steps[0].do: is missing: a step with \"forEach\" needs"
            + " the steps of a part",
        "{ name: x, forEach: payload.items, tolerate: 101%, do: [{ name: y }] }|steps[0].tolerate:"
            + " must be a number of items, or a percentage from 0% to 100%",
        "{ name: x, forEach: payload.items, tolerate: -1, do: [{ name: y }] }|steps[0].tolerate:"
            + " must be a number of items, or a percentage from 0% to 100%",
        "{ name: x, forEach: payload.items, as: payload, do: [{ name: y }] }|steps[0].as:"
            + " \"payload\" already has a meaning in expressions",
        "{ name: x, do: [{ name: y }], as: z }|steps[0].as: has no meaning for a step with \"do\"",
        "{ name: x, firstOf: { a: [{ name: y }] } }|steps[0].firstOf: must have 2 to 100 branches:"
            + " firstOf: {one: […], other: […]}",
        "{ name: x, firstOf: { a: [{ name: y }], b: [] } }|steps[0].firstOf.b: must have at least"
            + " one step",
        "{ name: x, flow: order }|steps[0].flow: starts its own orchestration again and again: put"
            + " a choice around it, or a when",
        "{ name: x, do: [{ name: y, flow: order }] }|steps[0].do[0].flow: starts its own"
            + " orchestration again and again: put a choice around it, or a when",
        "{ name: x, flow: registration }|steps[0].flow: \"registration\" is reserved, because"
            + " topics of the orchestrator itself begin with orchestrator.registration",
        "{ name: x, do: [{ name: x }] }|steps[0].do[0].name: the step \"x\" is defined twice, once"
            + " in another part",
        "{ name: x, do: [{ name: y }], undo: { input: 1 } }|steps[0].undo: must be none: the parts"
            + " of a step with \"do\" are undone by their own steps",
        "{ name: x, do: [{ name: y }], dispatch: committed }|steps[0].dispatch: has no meaning for"
            + " a step with \"do\"",
        "{ name: x, do: [{ name: y }], onTimeout: undo }|steps[0].onTimeout: has no meaning without"
            + " a timeout",
        "{ name: x, do: [{ name: y }], set: { a: 1 } }|steps[0].set: a step does one thing, and"
            + " this one has \"do\", \"set\": make it two",
        "{ name: x, repeat: { every: 1m }, do: [{ name: y }] }|steps[0].repeat: has no most, and"
            + " its steps owe an undo: the list of rounds to undo would grow without end; say most,"
            + " or undo: none of its steps",
        "{ name: x, repeat: { most: 5 }, do: [{ name: y }] }|steps[0].repeat.until: is missing:"
            + " with most, the step fails if until is never true",
        "{ name: x, repeat: { most: 100001, until: a }, do: [{ name: y }] }|steps[0].repeat.most:"
            + " must be a whole number from 1 to 100000",
        "{ name: x, repeat: { most: 5, until: 'true', next: 1 }, do: [{ name: y }]"
            + " }|steps[0].repeat.state: is missing: next changes the state, so say the first one",
        "{ name: x, do: [{ name: y, when: item.a }] }|steps[0].do[0].when: {{ item.a }}: \"item\""
            + " is not known here",
      })
  void isRefused(String step, String problem) {
    assertThat(problems("- " + step)).anyMatch(found -> found.startsWith(problem));
  }

  @Test
  void partsStandInEachOtherFourDeepAtMost() {
    String four = "do: [{ name: c4, %s }]";
    String deep = "- { name: c1, do: [{ name: c2, do: [{ name: c3, " + four + " }] }] }";
    order(deep.formatted("do: [{ name: y }]"));

    assertThat(problems(deep.formatted("do: [{ name: c5, do: [{ name: y }] }]")))
        .anyMatch(
            problem ->
                problem.endsWith("do: stands in 4 other parts: at most 4 may stand in each other"));
  }

  @Test
  void aStepOfABodyIsNotSeenFromOutside() {
    assertThat(
            problems(
                """
                - { name: x, do: [ { name: y } ] }
                - { name: z, input: { a: "{{ steps.y.result.b }}" } }
                """))
        .anyMatch(problem -> problem.startsWith("steps[1].input"));
  }
}
