package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.stored.DeclaredFigures;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of breakers in a document, in its stored form, and as requests to the breakers. */
class BreakerDocumentsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static String document(String breakers) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a, breaker: bank}], breakers: {"
        + breakers
        + "}}";
  }

  @Test
  void figuresAreReadAndTheOthersAreTheDefaults() throws Exception {
    Orchestration read =
        definition(document("rail: {}, bank: {faults: 2, window: 5m, openFor: 30s, firstWave: 1}"));

    assertThat(read.breakers())
        .containsExactly(
            new BreakerFigures("bank", 2, Duration.ofMinutes(5), Duration.ofSeconds(30), 1),
            new BreakerFigures("rail", 5, MINUTE, MINUTE, 3));
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(read)).breakers())
        .isEqualTo(read.breakers());
  }

  @Test
  void theyArePartOfTheHashAndTheirOrderAndDefaultsAreNot() {
    Orchestration one = definition(document("bank: {faults: 2}, rail: {}"));

    assertThat(definition(document("rail: {faults: 5}, bank: {window: 60s, faults: 2}")).id())
        .isEqualTo(one.id());
    assertThat(definition(document("bank: {faults: 3}, rail: {}")).id()).isNotEqualTo(one.id());
    assertThat(definition(document("")).id())
        .isEqualTo(
            definition("{orchestrationName: o, vocabulary: 2, steps: [{name: a, breaker: bank}]}")
                .id());
    // An empty field counts as absent.
    assertThat(definition(document("bank: null")).id()).isEqualTo(definition(document("")).id());
  }

  @Test
  void inAnOlderDocumentTheFieldStaysUnknown() {
    String older = "{orchestrationName: o, steps: [{name: a}]";

    assertThat(warnings(older + ", breakers: {bank: 7}}"))
        .singleElement()
        .asString()
        .contains("breakers", "it counts in a document that says vocabulary: 2");
    assertThat(definition(older + ", breakers: {bank: {}}}").id())
        .isEqualTo(definition(older + "}").id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bank: {faults: 0}|breakers.bank.faults|must be a whole number from 1 to 1000",
        "bank: {faults: many}|breakers.bank.faults|must be a whole number",
        "bank: {firstWave: 1001}|breakers.bank.firstWave|must be a whole number from 1 to 1000",
        "bank: {window: 500ms}|breakers.bank.window|must be a duration from 1 s",
        "bank: {window: 2h}|breakers.bank.window|must be at most 1 h but is 2 h",
        "bank: {openFor: 11m}|breakers.bank.openFor|must be at most 10 min but is 11 min",
        "bank: {openfor: 11m}|breakers.bank.openfor|did you mean \"openFor\"",
        "bank: 5|breakers.bank|must be an object",
        "a.b: {}|breakers.a.b|a.b",
      })
  void whatIsWrongIsSaidWithItsPlace(String breakers, String place, String problem) {
    assertThat(problems(document(breakers)))
        .singleElement()
        .asString()
        .contains(place)
        .contains(problem);
  }

  @Test
  void thereAreAtMost64() {
    String many =
        IntStream.rangeClosed(0, 64)
            .mapToObj(number -> "b" + number + ": {}")
            .collect(Collectors.joining(", "));

    assertThat(problems(document(many)))
        .singleElement()
        .asString()
        .contains("has 65 breakers; at most 64 are allowed");
  }

  @Test
  void aBreakerThatNoStepNamesIsWarnedOfUnlessAConnectionMayNameIt() {
    assertThat(warnings(document("bank: {}, bnak: {}")))
        .singleElement()
        .asString()
        .contains("breakers.bnak", "no step of this document names this breaker");
    assertThat(
            warnings(
                "{orchestrationName: o, vocabulary: 2, breakers: {crm: {}}, steps: [{name: a,"
                    + " http: {connection: c, get: /x}}]}"))
        .isEmpty();
  }

  @Test
  void aNewVersionAsksOnlyForFiguresThatHaveChanged() {
    Orchestration before = definition(document("bank: {faults: 2}, rail: {}"));
    Orchestration after = definition(document("bank: {faults: 3}, rail: {}"));

    assertThat(DeclaredFigures.requests(after, before.breakers(), 7, "ann"))
        .containsExactly(
            new BreakerCommand(
                "registration of o version 7",
                "bank",
                BreakerVerb.CONFIGURE,
                new BreakerCommand.Figures(3, 60_000L, 60_000L, 3),
                null,
                "registered with o version 7",
                "ann"));
    assertThat(DeclaredFigures.requests(after, List.of(), 1, null)).hasSize(2);
    assertThat(DeclaredFigures.requests(definition(document("")), after.breakers(), 8, null))
        .isEmpty();
  }
}
