package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receivers of an orchestration in its document and in its stored form. */
class NotifyDocumentsTest {

  private static String document(String receivers) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], notify: [" + receivers + "]}";
  }

  @Test
  void everyFieldIsReadAndTheNameIsTheConnectionUnlessItIsGiven() throws Exception {
    Orchestration read =
        definition(
            document(
                "{name: late, on: [UNDONE, parked], connection: ops, url: /hooks, when: event.step =="
                    + " 'a', body: {text: '{{ event.flowId }}'}}, {on: INCIDENT, connection: ops}"));

    assertThat(read.receivers())
        .containsExactly(
            new Receiver(
                "late",
                List.of(Occasion.PARKED, Occasion.UNDONE),
                "ops",
                "/hooks",
                "event.step == 'a'",
                "{\"text\":\"{{ event.flowId }}\"}"),
            new Receiver("ops", List.of(Occasion.INCIDENT), "ops", "", null, null));
    assertThat(DefinitionCodec.decode(DefinitionCodec.encode(read)).receivers())
        .isEqualTo(read.receivers());
  }

  @Test
  void theOrderOfTheOccasionsDoesNotChangeTheDefinitionAndAnotherReceiverDoes() {
    Orchestration one = definition(document("{on: [PARKED, UNDONE], connection: ops}"));

    assertThat(definition(document("{on: [undone, PARKED], connection: ops, name: ops}")).id())
        .isEqualTo(one.id());
    assertThat(definition(document("{on: [PARKED], connection: ops}")).id()).isNotEqualTo(one.id());
    assertThat(definition(document("")).id())
        .isEqualTo(definition("{orchestrationName: o, steps: [{name: a}]}").id());
  }

  @Test
  void inAnOlderDocumentTheFieldStaysUnknown() {
    assertThat(
            warnings(
                "{orchestrationName: o, steps: [{name: a}], notify: [{on: PARKED, connection: c}]}"))
        .singleElement()
        .asString()
        .contains("notify", "it counts in a document that says vocabulary: 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{connection: ops}|notify[0].on|is missing",
        "{on: [], connection: ops}|notify[0].on|is missing",
        "{on: PARKED}|notify[0].connection|is missing",
        "{on: [BREAKER_OPENED], connection: ops}|notify[0].on|only to doundo.notify.receivers",
        "{on: [PRAKED], connection: ops}|notify[0].on|did you mean \"PARKED\"",
        "{on: PARKED, connection: a.b}|notify[0].connection|a.b",
        "{on: PARKED, connection: ops, url: hooks}|notify[0].url|begins with one '/'",
        "{on: PARKED, connection: ops, url: '/{{ event.id }}'}|notify[0].url|holds no expressions",
        "{on: PARKED, connection: ops, when: event.stepp == 'a'}|notify[0].when|did you mean",
        "{on: PARKED, connection: ops, body: {a: '{{ payload.x }}'}}|notify[0].body.a|payload",
        "{on: PARKED, connection: ops, secret: x}|notify[0].secret|unknown field of a receiver",
        "{on: PARKED, connection: ops}, {on: UNDONE, connection: ops}|notify[1].name|already",
        "ops|notify[0]|must be an object with on and connection",
      })
  void whatIsWrongIsSaidWithItsPlace(String receivers, String place, String problem) {
    assertThat(problems(document(receivers)))
        .singleElement()
        .asString()
        .contains(place)
        .contains(problem);
  }

  @Test
  void thereAreAtMostSixteen() {
    String many =
        IntStream.range(0, 17)
            .mapToObj(i -> "{on: PARKED, connection: c" + i + "}")
            .collect(Collectors.joining(", "));

    assertThat(problems(document(many)))
        .singleElement()
        .asString()
        .contains("has 17 receivers; at most 16 are allowed");
  }
}
