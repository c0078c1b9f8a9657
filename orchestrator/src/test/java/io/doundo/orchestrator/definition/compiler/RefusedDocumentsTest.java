package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.compile;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedDocumentsTest {

  @Test
  void allProblemsAreListedWithTheirPlaces() {
    assertThat(
            problems(
                """
                orchestrationName: a.b
                type: sequental
                timout: 5s
                steps:
                  - name: createRealm
                    maxRetrys: 3
                    retry: {delay: soon, jitter: 2}
                  - name: createRealm
                  - seq: 3
                  - plain
                """))
        .containsExactly(
            "timout (line 3, column 1): unknown field, did you mean \"timeout\"?",
            "orchestrationName (line 1, column 20): \"a.b\" must not contain a dot, because dots"
                + " separate the parts of topic names",
            "type (line 2, column 7): must be one of sequential, parallel, graph, simultaneous, saga"
                + " but is \"sequental\", did you mean \"sequential\"?",
            "steps[3] (line 10, column 5): must be an object with at least a name but is \"plain\"",
            "steps[0].maxRetrys (line 6, column 5): unknown field, did you mean \"maxRetries\"?",
            "steps[0].retry.delay (line 7, column 20): must be a duration such as 30s, PT30S or a"
                + " number of milliseconds but is \"soon\"",
            "steps[0].retry.jitter (line 7, column 34): must be a number from 0 to 1 but is \"2\"",
            "steps[2].name (line 9, column 5): is missing: every step needs a name",
            "steps[1].name (line 8, column 11): the step \"createRealm\" is defined twice: the first is"
                + " step \"createRealm\" in line 5");
  }

  @Test
  void aCycleIsReportedBesideOtherProblems() {
    assertThat(
            problems(
                """
                orchestrationName: a.b
                type: graph
                steps:
                  - {name: x, dependsOn: [y]}
                  - {name: y, dependsOn: [x, z]}
                """))
        .hasSize(3)
        .anyMatch(problem -> problem.contains("must not contain a dot"))
        .anyMatch(problem -> problem.contains("there is no step \"z\""))
        .anyMatch(problem -> problem.endsWith("in a cycle: x -> y -> x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name: a, undo: all                  | must be none but is "all"
          name: a, retry: {factor: 0.5}       | must be a number from 1 to 100 but is "0.5"
          name: a, retry: {factor: NaN}       | must be a number from 1 to 100 but is "NaN"
          name: a, retry: {factor: 3, strategy: fixed} | counts with strategy: exponential only; leave it out
          name: a, undo: none, undoFailed: true | contradicts undo: none
          name: a, pivot: maybe               | must be true or false but is "maybe"
          name: a, dispatch: now              | must be committed but is "now"
          name: a, onTimeout: retyr           | did you mean "retry"?
          name: a, timeout: 0                 | must be a duration from 1 ms to 366 days
          name: a, timeout: 400d              | must be a duration from 1 ms to 366 days
          name: a, timeout: [1]               | but is a list
          name: a, maxRetries: -1             | must be a whole number from 0 to 100000
          name: a, maxRetries: 1.5            | must be a whole number
          name: a, maxRetries: 3, retry: {maxAttempts: 4} | 3 means 3 attempt(s) in all, but retry.maxAttempts is 4
          name: a, maxRetries: 0, retry: {maxAttempts: 3} | 0 means 1 attempt(s) in all
          name: a, retry: {delay: 2s, maxDelay: 1s} | must not be shorter than delay
          name: a, retry: {retryOn: ['(']}    | "(" is not a regular expression: Unclosed group at position
          name: a, retry: {abortOn: ['a{2,1}']} | is not a regular expression
          name: a, retry: {max_attempts: 3}   | did you mean "maxAttempts"?
          name: a, retry: 3                   | must be an object but is "3"
          name: a, dependsOn: [b]             | needs type: graph
          name: Größe                         | only the letters A to Z and a to z count, "ö" does not
          name: 1a                            | must begin with a letter
          name: ''                            | must not be blank
          name: a b                           | must begin with a letter and have at most 63
          name: [a]                           | must be text but is a list
          """)
  void aStepIsRefusedWithItsReason(String step, String reason) {
    assertThat(problems("orchestrationName: o\nsteps: [{" + step + "}]"))
        .hasSize(1)
        .first()
        .asString()
        .contains("steps[0].", reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          steps: [{name: a}]                         | orchestrationName (line 1, column 1): is missing
          {orchName: o, steps: [{name: a}]}          | DoUndo does not read "orchName"
          {orchestrationName: flow, steps: [{name: a}]} | "flow" is reserved
          {orchestrationName: o}                     | steps (line 1, column 1): is missing
          {orchestrationName: o, steps: []}          | must have at least one step
          {orchestrationName: o, steps: {name: a}}   | must be a list but is an object
          {orchestrationName: o, as: boss, steps: [{name: a}]} | must be one of initiator, worker
          [{orchestrationName: o, steps: [{name: a}]}] | put the list under "orchestrations"
          {orchestrations: []}                       | must have at least one orchestration
          {orchestrations: [x]}                      | orchestrations[0] (line 1, column 19): must be an object
          {headers: {}, payload: text}               | payload (line 1, column 24): must be an object
          {headers: {}, payload: {steps: [{name: a}]}} | payload.orchestrationName
          {orchestrationName: o, as: worker, steps: [{name: a}, {name: a}]} | is defined twice
          {orchestrationName: o, steps: [{name: a, seq: 2}, {name: b, seq: 2}]} | 2 is also the seq of step "a"
          {orchestrationName: o, type: parallel, steps: [{name: a, pivot: true}, {name: b}]} | a pivot must run alone, but "b" may run at the same time
          {orchestrationName: o, steps: [{name: a, pivot: true}, {name: b, onTimeout: undo}]} | comes after a pivot
          """)
  void aRegistrationIsRefusedWithItsReason(String document, String reason) {
    assertThat(problems(document)).hasSize(1).first().asString().contains(reason);
  }

  @Test
  void aCycleIsRefusedWithItsPath() {
    assertThat(
            problems(
                """
                orchestrationName: o
                type: graph
                steps:
                  - {name: start}
                  - {name: a, dependsOn: [start, c]}
                  - {name: b, dependsOn: [a]}
                  - {name: c, dependsOn: [b]}
                  - {name: after, dependsOn: [c]}
                """))
        .containsExactly(
            "steps[1].dependsOn (line 5, column 26): the steps depend on each other in a cycle:"
                + " a -> c -> b -> a");
    assertThat(problems("{orchestrationName: o, type: graph, steps: [{name: a, dependsOn: a}]}"))
        .singleElement()
        .asString()
        .endsWith("in a cycle: a -> a");
  }

  @Test
  void anUnknownDependencyIsRefusedWithASuggestion() {
    assertThat(
            problems(
                """
                orchestrationName: o
                type: graph
                steps:
                  - {name: reserveStock}
                  - {name: ship, dependsOn: [reserveStok, pay]}
                """))
        .containsExactly(
            "steps[1].dependsOn (line 5, column 30): there is no step \"reserveStok\", did you mean"
                + " \"reserveStock\"?",
            "steps[1].dependsOn (line 5, column 43): there is no step \"pay\"");
  }

  @Test
  void namesThatCollideInKafkasMetricsAreRefused() {
    assertThat(
            problems(
                """
                orchestrations:
                  - {orchestrationName: a, steps: [{name: b_c}]}
                  - {orchestrationName: a_b, steps: [{name: c}]}
                  - {orchestrationName: a, steps: [{name: x}]}
                """))
        .hasSize(2)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("orchestrations[1].orchestrationName (line 3")
                    .contains("orchestrator.a_b.c.do collides with orchestrator.a.b_c.do"),
            second -> assertThat(second).contains("\"a\" is defined twice"));
  }

  @Test
  void jsonProblemsHavePlacesToo() {
    assertThat(problems("{\"orchestrationName\":\"o\",\n \"steps\":[{\"name\":\"a.b\"}]}"))
        .containsExactly(
            "steps[0].name (line 2, column 19): \"a.b\" must not contain a dot, because dots"
                + " separate the parts of topic names");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"orchestrationName": "o", "steps": [}         | not valid JSON
          {"orchestrationName":"o"} {"orchestrationName":"p"} | another value follows
          {"orchestrationName":"o","orchestrationName":"p","steps":[{"name":"a"}]} | duplicate field "orchestrationName"; the first one is in line 1
          orchestrationName: !!java.net.URL [x]          | YAML tags are not allowed
          ? [a, b]                                       | a field name must be text
          &a [*a]                                        | refers to a value that contains it
          just text                                      | must be an object but is "just text"
          """)
  void unreadableInputIsRefused(String document, String reason) {
    assertThat(problems(document)).isNotEmpty().first().asString().contains(reason);
  }

  @Test
  void malformedYamlIsRefusedAtItsPlace() {
    assertThat(problems("orchestrationName: o\nsteps:\n  - name: a\n bad: [1\n"))
        .singleElement()
        .asString()
        .startsWith("(line 4, column 2): not valid YAML: ");
  }

  @Test
  void repeatedFieldsAreRefused() {
    assertThat(problems("orchestrationName: o\nsteps:\n  - name: a\n    name: b\n"))
        .containsExactly(
            "(line 4, column 5): duplicate field \"name\"; the first one is in line 3");
  }

  @Test
  void aliasBombsAreRefused() {
    StringBuilder bomb = new StringBuilder("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
    for (int i = 1; i < 9; i++) {
      String ten = IntStream.range(0, 10).mapToObj(n -> "*x").collect(Collectors.joining(", "));
      bomb.append("x").append(i).append(": &x").append(i).append(" [");
      bomb.append(ten.replace("*x", "*x" + (i - 1))).append("]\n");
    }
    assertThat(problems(bomb.toString())).singleElement().asString().contains("aliases");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void deepNestingIsRefused(String opening) {
    assertThat(problems(opening.repeat(200))).isNotEmpty();
  }

  @Test
  void sizeEncodingAndEmptinessAreChecked() {
    assertThat(problems("# " + "x".repeat(1024 * 1024)))
        .singleElement()
        .asString()
        .contains("at most 934,464 are allowed");
    assertThat(RegistrationCompiler.compile("# ü".getBytes(ISO_8859_1), Map.of()).reason())
        .isEqualTo("the document is not valid UTF-8 text");
    assertThat(RegistrationCompiler.compile(null, Map.of()).reason())
        .isEqualTo("the record is empty");
    assertThat(problems("---\n---\n")).singleElement().asString().contains("holds no document");
  }

  @Test
  void tooManyStepsAreRefused() {
    String steps =
        IntStream.range(0, 201)
            .mapToObj(i -> "{name: s" + i + "}")
            .collect(Collectors.joining(","));

    assertThat(problems("{orchestrationName: o, steps: [" + steps + "]}"))
        .singleElement()
        .asString()
        .contains("has 201 steps; at most 200 are allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "  \"orchestrationName\": \"o\",",
        "  \"type\": \"sequential\"",
        "  ]",
        "}",
        "    { \"seq\": 1, \"name\": \"a\" },",
        "orchestrationName: o",
        "  - name: a",
        "steps:"
      })
  void aLineOfASplitDocumentIsNamedAsSuch(String line) {
    assertThat(problems(line))
        .isNotEmpty()
        .first()
        .asString()
        .contains("looks like one line of a", "one record a line");
  }

  @Test
  void oneBadRegistrationRefusesTheRecordButTheOthersAreStillRead() {
    CompiledRegistration compiled =
        compile("orchestrationName: good\nsteps: [{name: a}]\n---\norchestrationName: bad\n");

    assertThat(compiled.accepted()).isFalse();
    assertThat(compiled.results().get(0)).isInstanceOf(Defined.class);
    assertThat(compiled.results().get(1))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.orchestrationName()).isEqualTo("bad"));
    assertThat(compiled.reason())
        .isEqualTo(
            "document 2 steps (line 4, column 1): is missing: a registration needs a list of"
                + " steps");
  }
}
