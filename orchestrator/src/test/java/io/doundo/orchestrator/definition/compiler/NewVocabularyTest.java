package io.doundo.orchestrator.definition.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of the second vocabulary: what they may contain, what is refused, and where. */
class NewVocabularyTest {

  private static final String ORDER =
      """
      orchestrationName: order
      vocabulary: 2
      title: An order
      category: sales
      labels: [shop, eu]
      payload: { type: object, properties: { id: {}, amount: { type: number }, dryRun: {} } }
      result: { total: "{{ steps.total.result.sum }}" }
      steps:
        - name: check
          validate:
            - { that: "payload.amount > 0", message: "amount {{ payload.amount }} is out of range" }
            - { schema: { type: object, required: [id] }, of: "{{ payload }}" }
        - name: total
          set: { sum: "{{ payload.amount * 1.19 }}", "007": 007, n: 1.10 }
        - name: book
          when: "!payload.dryRun"
          input: { id: "{{ payload.id }}", sum: "{{ steps.total.result.sum }}" }
          result: { ref: "{{ result.reference }}" }
          undo: { input: { ref: "{{ result.?reference }}", effect: "{{ effect }}" } }
        - name: tell
          input: { ref: "{{ steps.book.?result.?ref.orValue('none') }}" }
          undo: none
          onFailure: continue
      """;

  @Test
  void everythingIsRead() {
    Orchestration order = definition(ORDER);

    assertThat(order.presentation().title()).isEqualTo("An order");
    assertThat(order.presentation().labels()).containsExactly("shop", "eu");
    assertThat(order.contract().payload()).contains("\"amount\"");
    assertThat(order.contract().result()).isEqualTo("{\"total\":\"{{ steps.total.result.sum }}\"}");
    Step total = step(order, "total");
    assertThat(total.work())
        .isEqualTo(
            new Work.Set("{\"sum\":\"{{ payload.amount * 1.19 }}\",\"007\":\"007\",\"n\":1.10}"));
    assertThat(total.undoing()).isEqualTo(UndoRule.NONE);
    Step book = step(order, "book");
    assertThat(book.when()).isEqualTo("!payload.dryRun");
    assertThat(book.data().result()).isEqualTo("{\"ref\":\"{{ result.reference }}\"}");
    assertThat(book.undoing())
        .isEqualTo(
            new UndoRule.Own(
                false, "{\"ref\":\"{{ result.?reference }}\",\"effect\":\"{{ effect }}\"}"));
    assertThat(step(order, "tell").goesOn()).isTrue();
    assertThat(step(order, "tell").undoable()).isFalse();
  }

  @Test
  void storedStateIsReadBack() throws Exception {
    Orchestration order = definition(ORDER);

    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(order))).isEqualTo(order);
    assertThat(new String(DefinitionCodec.encode(order), UTF_8))
        .contains("\"schema\":2", "\"expressions\":1");
  }

  @Test
  void aBreakerIsStoredAndIsPartOfTheHash() throws Exception {
    String document = "{orchestrationName: o, vocabulary: 2, steps: [{name: a%s}, {name: b}]}";
    Orchestration plain = definition(document.formatted(""));
    Orchestration behind = definition(document.formatted(", breaker: bank"));

    assertThat(behind.steps().get(0).breaker()).isEqualTo("bank");
    assertThat(behind.steps().get(1).breaker()).isNull();
    assertThat(behind.id()).isNotEqualTo(plain.id());
    byte[] stored = DefinitionCodec.encode(behind);
    assertThat(DefinitionCodec.decode(stored)).isEqualTo(behind);
    // An older version would send what the breaker holds back.
    assertThat(new String(stored, UTF_8)).contains("\"schema\":2");
    assertThat(new String(DefinitionCodec.encode(plain), UTF_8))
        .contains("\"schema\":1")
        .doesNotContain("breaker");
  }

  @Test
  void allOfItIsAccepted() {
    assertThat(RegistrationCompiler.compile(ORDER.getBytes(UTF_8), Map.of()).problems()).isEmpty();
  }

  @Test
  void aPayloadSchemaThatAsksForItselfWithoutEndIsRefused() {
    String document =
        """
        orchestrationName: o
        vocabulary: 2
        payload: {allOf: [{$ref: "#"}]}
        steps: [{name: a}]
        """;
    assertThat(compile(document).problems())
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .contains("it asks for itself about the same value, without end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "title: x\ncategory: [1]\nlabels: {}\nresult: 7\nsteps: [{name: a}]",
        "steps: [{name: a, input: 1, result: {b: c}, onFailure: [], when: null}]",
        "steps: [{name: a, set: null, when: ~, choice: null}]",
        "payload: {type: object}\nsteps: [{name: a}]",
      })
  void aDocumentOfBeforeKeepsItsHashAndIsWarned(String rest) {
    CompiledRegistration compiled = compile("orchestrationName: o\n" + rest);
    String plain = definition("orchestrationName: o\nsteps: [{name: a}]").id().hash();

    assertThat(compiled.problems()).isEmpty();
    Defined defined = (Defined) compiled.results().get(0);
    assertThat(defined.orchestration().id().hash()).isEqualTo(plain);
    assertThat(defined.warnings())
        .isNotEmpty()
        .allSatisfy(warning -> assertThat(warning).contains("unknown field, ignored"));
  }

  @Test
  void theWarningSaysWhatWouldMakeAFieldCount() {
    assertThat(compile("orchestrationName: o\ntitle: x\nsteps: [{name: a, input: {}}]"))
        .satisfies(
            compiled ->
                assertThat(compiled.results().get(0).warnings())
                    .containsExactlyInAnyOrder(
                        "title (line 2): unknown field, ignored; it counts in a document that says"
                            + " vocabulary: 2",
                        "steps[0].input (line 3): unknown field, ignored; it counts in a document"
                            + " that says vocabulary: 2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {name: a, when: "payload. > 1"}            ~ steps[0].when (line 4, column 19): {{ payload. > 1 }}: no viable
          {name: a, when: "size(payload)"}           ~ steps[0].when (line 4, column 19): {{ size(payload) }}: a condition must be true or false
          {name: a, when: "steps.b.failed"}          ~ there is no step "b" before this step
          {name: a, when: "steps.z.failed"}          ~ step "z" does not come before this step
          {name: a, input: {x: [1, "{{ paylod.a }}"]}} ~ steps[0].input.x[1] (line 4, column 28): {{ paylod.a }}: "paylod" is not known here
          {name: a, input: "{{ result.x }}"}         ~ "result" is not known here
          {name: a, result: "{{ result.x }}", undo: {input: "{{ result.x }}"}} ~ steps[0].undo.input
          {name: a, undo: {input: "{{ result.x }}"}} ~ result.x may be absent, because the outcome can be unknown
          {name: a, undo: {inptu: 1}}                ~ unknown field, did you mean "input"?
          {name: a, undo: {}}                        ~ must be none, or say its input
          {name: a, breaker: "a b"}                  ~ steps[0].breaker (line 4, column 22): "a b"
          {name: a, set: {x: 1}, breaker: bank}      ~ has no meaning for a step with "set"
          {name: a, onFailure: continue}             ~ continue is possible only where nothing is owed
          {name: a, set: [1]}                        ~ must be an object
          {name: a, set: {x: 1}, validate: []}       ~ a step does one thing
          {name: a, set: {x: 1}, timeout: 1s}        ~ has no meaning for a step with "set"
          {name: a, set: {x: 1}, pivot: true}        ~ has no meaning for a step with "set"
          {name: a, set: {x: 1}, undo: {input: 1}}   ~ must be none: a step with "set" leaves nothing to undo
          {name: a, set: {x: 1}, input: 1}           ~ has no meaning for a step with "set"
          {name: a, validate: []}                    ~ must be a list of 1 to 100 rules
          {name: a, validate: [{that: "1"}]}         ~ steps[0].validate[0].that (line 4, column 31): {{ 1 }}: a condition must be true or false
          {name: a, validate: [{message: x}]}        ~ must have either "that" or "schema"
          {name: a, validate: [{that: "true", tat: 1}]} ~ unknown field of a rule, did you mean "that"?
          {name: a, validate: [{schema: {type: objct}, of: 1}]} ~ is not a valid JSON Schema
          {name: a, validate: [{schema: {$ref: "http://x/y"}, of: 1}]} ~ only references within the schema
          {name: a, validate: [{schema: {allOf: [{$ref: "#"}]}, of: 1}]} ~ it asks for itself about the same value, without end
          {name: a, task: {title: x, form: {allOf: [{$ref: "#"}]}}} ~ it asks for itself about the same value, without end
          {name: a, validate: [{schema: {type: object}}]} ~ needs "of"
          {name: a, http: {}}                        ~ is missing: say what is requested
          {name: a, task: {assignee: x}}             ~ is missing: say what is to be done
          {name: a, task: x}                         ~ must be an object
          {name: a, task: {titel: x, title: y}}      ~ unknown field of a task, did you mean "title"?
          {name: a, task: {title: x, form: {type: objct}}} ~ steps[0].task.form
          {name: a, task: {title: x, form: {$ref: "http://x/y"}}} ~ only references within the schema
          {name: a, task: {title: x, due: soon}}     ~ steps[0].task.due
          {name: a, task: {title: "{{ paylod.x }}"}} ~ steps[0].task.title (line 4, column 27): {{ paylod.x }}: "paylod" is not known here
          {name: a, task: {title: x, assignee: "{{ signal.by }}"}} ~ "signal" is not known here
          {name: a, task: {title: x, candidates: [b, "{{ paylod.x }}"]}} ~ steps[0].task.candidates[1]
          {name: a, task: {title: x}, retry: {}}     ~ has no meaning for a step with "task"
          {name: a, task: {title: x}, undo: {input: 1}} ~ must be none
          {name: a, task: {title: x}, onTimeout: continue} ~ has no meaning without a timeout
          {name: a, task: {title: x}, timeout: 1s, onTimeout: retry} ~ must be undo, continue or escalate
          {name: a, task: {title: x}, accept: "signal.from == 'x'"} ~ accept
          {name: a, task: {title: x}, signal: y}     ~ a step does one thing
          {name: a, wait: soon}                      ~ must be a duration, such as 10m or 3d
          {name: a, wait: 2000d}                     ~ must be at most 1830d, about five years
          {name: a, wait: 1s, timeout: 2s}           ~ has no meaning for a step with "wait"
          {name: a, wait: 1s, result: 1}             ~ has no meaning for a step with "wait"
          {name: a, wait: 1s, accept: "true"}        ~ has no meaning for a step without "signal"
          {name: a, until: tomorrow}                 ~ must be a time, such as 2026-01-31T09:00:00Z
          {name: a, until: "{{ payload. }}"}         ~ until
          {name: a, signal: "a b"}                   ~ signal
          {name: a, signal: "{{ payload.x }}"}       ~ names hold no expressions
          {name: a, signal: x, retry: {}}            ~ has no meaning for a step with "signal"
          {name: a, signal: x, undo: {input: 1}}     ~ must be none
          {name: a, signal: x, onTimeout: continue}  ~ has no meaning without a timeout
          {name: a, signal: x, timeout: 1s, onTimeout: retry} ~ must be undo, continue or escalate
          {name: a, signal: x, accept: "signal.from == 'x'"} ~ accept
          {name: a, onTimeout: continue}             ~ continue is possible only for a step with "signal"
          {name: a, pivot: true, undo: none, onFailure: continue} ~ continue contradicts pivot
          {name: a, wehn: "true"}                    ~ unknown field, did you mean "when"?
          """)
  void isRefused(String step, String problem) {
    String document = "orchestrationName: o\nvocabulary: 2\nsteps:\n- " + step + "\n- {name: z}\n";

    assertThat(problems(document)).anySatisfy(found -> assertThat(found).contains(problem));
  }

  @Test
  void theAnswerToATaskIsNoOtherStepsSignal() {
    String document =
        """
        orchestrationName: o
        steps:
        - { name: sign, task: { title: Sign it } }
        - { name: other, signal: sign }
        - { name: fine, signal: signed }
        """;

    assertThat(problems(document))
        .singleElement()
        .asString()
        .contains("steps[1].signal", "is the answer to the task of that name");
  }

  /** A flow hands signals to its parts, whose steps stand in the same document. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ name: sign, task: { title: Sign it } }, { name: inner, do: [ { name: other, signal: sign } ] }",
        "{ name: inner, do: [ { name: sign, task: { title: Sign it } } ] }, { name: other, signal: sign }",
        "{ name: race, firstOf: { a: [ { name: sign, task: { title: Sign it } } ], b: [ { name: other, signal: sign } ] } }",
        "{ name: sign, task: { title: Sign it } }, { name: outer, do: [ { name: inner, do: [ { name: other, signal: sign } ] } ] }",
      })
  void theAnswerToATaskIsNoSignalOfAnotherPartEither(String steps) {
    assertThat(problems("orchestrationName: o\nsteps: [ " + steps + " ]\n"))
        .singleElement()
        .asString()
        .contains("the signal \"sign\" is the answer to the task of that name");
  }

  @Test
  void stepsThatMayBeAbsentAreReadWithCare() {
    String document =
        """
        orchestrationName: o
        steps:
        - { name: a, when: "payload.x" }
        - { name: b, undo: none, onFailure: continue }
        - { name: c, input: { a: "{{ steps.a.result.x }}", b: "{{ steps.b.result }}" } }
        - { name: d, when: "has(steps.a.result) && steps.a.result.x > 1 && steps.b.failed" }
        """;

    assertThat(problems(document))
        .satisfiesExactly(
            a -> assertThat(a).startsWith("steps[2].input.a").contains("may be absent"),
            b -> assertThat(b).startsWith("steps[2].input.b").contains("may be absent"));
  }

  @Test
  void pathsAreComparedWithSchemasAndTemplates() {
    String document =
        """
        orchestrationName: o
        vocabulary: 2
        payload: { properties: { amount: {} } }
        steps:
        - { name: a, result: { score: "{{ result.x }}" } }
        - { name: b, set: { sum: 1 } }
        - { name: c, when: "payload.amuont == steps.a.result.scroe", input: "{{ steps.b.result.summ }}" }
        - { name: d, when: "flow.nmae == 'o'" }
        """;

    assertThat(problems(document))
        .satisfiesExactly(
            a -> assertThat(a).contains("\"amuont\" is not in the schema of payload"),
            b -> assertThat(b).contains("\"scroe\" is not in the schema of steps.a.result"),
            c -> assertThat(c).contains("\"summ\" is not in the schema of steps.b.result"),
            d -> assertThat(d).contains("\"nmae\" is not in the schema of flow"));
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
