package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Documents with parts, from their text to what workers are sent and what the steps give. */
class FamilyDocumentsTest {

  private final DocumentFamily family = new DocumentFamily();

  @Test
  void aListGivesEachPartItsItemAndHasTheirResultsInOrder() {
    family.worker("reserve", payload -> payload.contains("bad") ? "" : "{\"bin\":7}");
    family.start(
        """
        orchestrationName: order
        steps:
          - name: items
            forEach: payload.items
            as: line
            tolerate: 1
            do: [ { name: reserve, input: { sku: "{{ line.sku }}", at: "{{ index }}" } } ]
            result: { sku: "{{ line.sku }}", bin: "{{ steps.reserve.result.bin }}" }
          - { name: ship, input: { done: "{{ steps.items.result.done }}" } }
          - { name: bill }
        """,
        "{\"items\":[{\"sku\":\"a\"},{\"sku\":\"bad\"},{\"sku\":\"c\"}]}");

    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(family.sent)
        .containsExactly(
            "f~items~0 DO reserve {\"sku\":\"a\",\"at\":0}",
            "f~items~1 DO reserve {\"sku\":\"bad\",\"at\":1}",
            "f~items~2 DO reserve {\"sku\":\"c\",\"at\":2}",
            "f DO ship {\"done\":2}",
            "f DO bill {\"items\":"
                + family.result("f", "items").replaceFirst("^\\{\"items\":(.*)}$", "$1")
                + "}");
    assertThat(family.result("f", "items"))
        .isEqualTo(
            "{\"items\":{\"items\":[{\"sku\":\"a\",\"bin\":7},null,{\"sku\":\"c\",\"bin\":7}],\"done\":2,\"failed\":1,\"errors\":[{\"index\":1,\"error\":\"step"
                + " reserve FAILED: no stock\"}]}}");
  }

  @Test
  void aBodySeesThePayloadAndTheStepsOfItsHolderAtAnyDepth() {
    family.worker("rate", payload -> "{\"limit\":5}");
    family.start(
        """
        orchestrationName: order
        steps:
          - { name: rate }
          - name: items
            forEach: payload.items
            do:
              - name: inner
                do:
                  - name: pack
                    input:
                      id: "{{ payload.id }}"
                      item: "{{ item }}"
                      limit: "{{ steps.rate.result.limit }}"
                      root: "{{ flow.root }}"
        """,
        "{\"id\":\"o-1\",\"items\":[\"x\"]}");

    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(family.sent)
        .endsWith(
            "f~items~0~inner~0 DO pack {\"id\":\"o-1\",\"item\":\"x\",\"limit\":5,"
                + "\"root\":\"f\"}");
  }

  @Test
  void aPartWithoutInputIsSentWhatItsHolderWouldBe() {
    family.worker("rate", payload -> "{\"limit\":5}");
    family.start(
        """
        orchestrationName: order
        vocabulary: 2
        steps:
          - { name: rate }
          - { name: extras, do: [ { name: gift } ] }
          - { name: ship }
        """,
        "{\"id\":1}");

    assertThat(family.sent).contains("f~extras~0 DO gift {\"id\":1,\"limit\":5}");
  }

  @Test
  void aSagaInsideGivesWhatItsLastStepsReturned() {
    family.worker("gift", payload -> "{\"a\":1}").worker("card", payload -> "{\"b\":2}");
    family.start(
        """
        orchestrationName: order
        steps:
          - { name: extras, do: [ { parallel: [ { name: gift }, { name: card } ] } ] }
          - { name: ship }
        """,
        "{\"id\":1}");

    assertThat(family.result("f", "extras")).isEqualTo("{\"a\":1,\"b\":2}");
    assertThat(family.sent).endsWith("f DO ship {\"id\":1,\"a\":1,\"b\":2}");
  }

  @Test
  void aLoopCarriesItsState() {
    family.worker("probe", payload -> "{\"status\":\"up\"}");
    family.start(
        """
        orchestrationName: watch
        steps:
          - name: watch
            repeat:
              every: 5m
              state: { checks: 0, last: unknown }
              next: { checks: "{{ state.checks + 1 }}", last: "{{ result.status }}" }
              until: "round >= 2"
              most: 3
            do:
              - { name: probe, input: { last: "{{ state.last }}", round: "{{ round }}" } }
        """,
        "{}");
    family.family().pass(Duration.ofMinutes(5).toMillis());

    assertThat(family.sent)
        .containsExactly(
            "f~watch~0 DO probe {\"last\":\"unknown\",\"round\":1}",
            "f~watch~1 DO probe {\"last\":\"up\",\"round\":2}");
    assertThat(family.result("f", "watch"))
        .isEqualTo(
            "{\"watch\":{\"rounds\":2,\"state\":{\"checks\":2,\"last\":\"up\"},"
                + "\"result\":{\"status\":\"up\"}}}");
  }

  @Test
  void aRaceNamesItsWinner() {
    family.worker("bookA", payload -> "").worker("bookB", payload -> "{\"price\":3}");
    family.start(
        """
        orchestrationName: order
        steps:
          - name: offer
            firstOf: { carrierA: [ { name: bookA } ], carrierB: [ { name: bookB } ] }
        """,
        "{}");

    assertThat(family.result("f", "offer"))
        .isEqualTo("{\"offer\":{\"winner\":\"carrierB\",\"result\":{\"price\":3}}}");
  }

  @Test
  void anotherOrchestrationHasAPayloadOfItsOwn() {
    family.worker("label", payload -> "{\"label\":\"L1\"}");
    family.register(
        """
        orchestrationName: shipping
        result: { code: "{{ steps.label.result.label }}" }
        steps: [ { name: label, input: { to: "{{ payload.order }}" } } ]
        """);
    family.start(
        """
        orchestrationName: order
        steps:
          - name: delivery
            flow: shipping
            input: { order: "{{ payload.id }}" }
            result: { shipped: "{{ result.code }}" }
        """,
        "{\"id\":\"o-1\"}");

    assertThat(family.sent).containsExactly("f~delivery~0 DO label {\"to\":\"o-1\"}");
    assertThat(family.result("f", "delivery")).isEqualTo("{\"shipped\":\"L1\"}");
  }

  private void fails(String document, String payload, String why) {
    family.start(document, payload);

    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(family.flow("f").reason()).contains(why);
    assertThat(family.sent).isEmpty();
  }

  private static String list(String items) {
    return """
    orchestrationName: order
    steps: [ { name: items, forEach: %s, do: [ { name: pick } ] } ]
    """
        .formatted(items);
  }

  @Test
  void aListOfTooManyItemsFailsWithTheirNumber() {
    fails(
        list("payload.items"),
        "{\"items\":[1,2,3,4,5,6]}",
        "the list has 6 items, and at most 5 are possible");
  }

  @Test
  void nullIsNoList() {
    fails(list("payload.items"), "{\"items\":null}", "forEach gives null, and not a list");
  }

  @Test
  void anEmptyListSucceeds() {
    family.start(list("payload.items"), "{\"items\":[]}");

    assertThat(family.result("f", "items"))
        .isEqualTo("{\"items\":{\"done\":0,\"failed\":0,\"errors\":[]}}");
  }

  @Test
  void anUnknownOrchestrationFailsTheStep() {
    fails(
        """
        orchestrationName: order
        steps: [ { name: delivery, flow: shipping } ]
        """,
        "{}",
        "there is no orchestration shipping");
  }

  @Test
  void anOrchestrationWithAPivotNeedsAStepThatIsOne() {
    family.register(
        """
        orchestrationName: payment
        steps: [ { name: charge, pivot: true } ]
        """);
    fails(
        """
        orchestrationName: order
        steps: [ { name: pay, flow: payment } ]
        """,
        "{}",
        "orchestration payment has a pivot, and step pay is none: say pivot: true");
  }

  @Test
  void moreThanAPartMayBeGivenFailsTheStep() {
    fails(
        """
        orchestrationName: order
        steps: [ { name: extras, do: [ { name: gift, input: { all: "{{ payload.text }}" } } ] } ]
        """,
        "{\"text\":\"%s\"}".formatted("x".repeat(70_000)),
        "bytes, and at most 65536 are possible");
  }

  @Test
  void aLoopRunsInTheNewestVersionOnlyIfThatOwesNoUndoEither() {
    String loop =
        """
        orchestrationName: watch
        steps:
          - { name: rounds, repeat: { every: 5m, %s version: newest }, do: [ { name: %s } ] }
        """;
    family.start(loop.formatted("", "probe, undo: none"), "{}");
    family.register(loop.formatted("most: 9, until: 'false',", "book"));
    family.family().pass(Duration.ofMinutes(5).toMillis());
    family.register(loop.formatted("", "look, undo: none"));
    family.family().pass(Duration.ofMinutes(10).toMillis());

    assertThat(family.sent)
        .extracting(sent -> sent.replaceAll(" \\{.*", ""))
        .containsExactly(
            "f~rounds~0 DO probe",
            "f~rounds~1 DO probe",
            "f~rounds~2 DO probe",
            "f~rounds~3 DO look");
  }

  private static final String WATCH =
      """
      orchestrationName: watch
      steps:
        - { name: login }
        - name: rounds
          repeat: { every: 5m, version: newest }
          do: [ { name: look, undo: none, input: %s } ]
      """;

  @Test
  void aLaterVersionOfALoopMayReadMoreOfItsFlow() {
    family.worker("login", text -> "{\"token\":7}");
    family.start(WATCH.formatted("{ n: '{{ round }}' }"), "{\"at\":\"here\"}");
    family.register(
        WATCH.formatted(
            "{ n: '{{ round }}', p: '{{ payload.at }}', t: '{{ steps.login.result.token }}' }"));
    family.family().pass(Duration.ofMinutes(10).toMillis());

    assertThat(family.sent)
        .containsExactly(
            "f DO login {\"at\":\"here\"}",
            "f~rounds~0 DO look {\"n\":1}",
            "f~rounds~1 DO look {\"n\":2}",
            "f~rounds~2 DO look {\"n\":3,\"p\":\"here\",\"t\":7}");
  }

  @Test
  void aLoopStaysInItsVersionIfALaterOneReadsWhatItsFlowDoesNotKnow() {
    String later =
        WATCH
            .formatted("{ n: '{{ round }}', o: '{{ steps.open.result }}' }")
            .replace("{ name: login }", "{ name: login }\n  - { name: open }");
    family.start(WATCH.formatted("{ n: '{{ round }}' }"), "{}");
    family.register(later);
    family.family().pass(Duration.ofMinutes(10).toMillis());

    assertThat(family.sent)
        .containsExactly(
            "f DO login {}",
            "f~rounds~0 DO look {\"n\":1}",
            "f~rounds~1 DO look {\"n\":2}",
            "f~rounds~2 DO look {\"n\":3}");
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.IN_PROGRESS);
  }

  private static final String BEHIND_A_PIVOT =
      """
      orchestrationName: order
      steps:
        - { name: pay, pivot: true }
        - { name: extras, do: [ { name: gift } ], input: { n: "{{ payload.missing }}" } }
      """;

  @Test
  void anInputThatAnOperatorGivesIsUsedInPlaceOfOneThatCannotBeComputed() {
    family.start(BEHIND_A_PIVOT, "{}");
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.PARKED);

    family.retry("f", "extras", "{\"n\":1}");

    assertThat(family.sent).endsWith("f~extras~0 DO gift {\"n\":1}");
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void anInputThatAnOperatorGivesMayNotBeTooLargeForAPartEither() {
    family.start(BEHIND_A_PIVOT, "{}");

    family.retry("f", "extras", "{\"n\":\"%s\"}".formatted("x".repeat(70_000)));

    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.PARKED);
    assertThat(family.flow("f").reason())
        .endsWith("each part would be given 70008 bytes, and at most 65536 are possible");
  }

  @Test
  void aLaterAttemptRunsTheVersionOfTheFirstEvenIfTheNewestHasAPivot() {
    String shipping = "{ orchestrationName: shipping, vocabulary: 2, steps: [ { name: book%s } ] }";
    family.register(shipping.formatted(""));
    family.worker("book", text -> "");
    family.start(
        """
        orchestrationName: order
        steps:
          - { name: ship, flow: shipping, retry: { maxAttempts: 2, strategy: fixed, delay: 1m } }
        """,
        "{}");
    family.register(shipping.formatted(", pivot: true"));
    family.worker("book", text -> "{}");
    family.family().pass(Duration.ofMinutes(5).toMillis());

    assertThat(family.sent).containsExactly("f~ship~0 DO book {}", "f~ship~0.2 DO book {}");
    assertThat(family.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aLoopThatIsTriedAgainGoesOnInTheVersionThatItHadReached() {
    String watch =
        """
        orchestrationName: watch
        steps:
          - name: rounds
            retry: { maxAttempts: 2, strategy: fixed, delay: 1m }
            repeat: { every: 5m, version: newest }
            do: [ { name: look, undo: none, input: %s, retry: { maxAttempts: 1 } } ]
        """;
    family.start(watch.formatted("{ n: '{{ round }}' }"), "{\"at\":1}");
    family.register(watch.formatted("{ n: '{{ round }}', p: '{{ payload.at }}' }"));
    family.family().pass(Duration.ofMinutes(5).toMillis());
    family.worker("look", text -> "");
    family.family().pass(Duration.ofMinutes(5).toMillis());
    family.worker("look", text -> "{}");
    family.family().pass(Duration.ofMinutes(4).toMillis());

    assertThat(family.sent)
        .containsExactly(
            "f~rounds~0 DO look {\"n\":1}",
            "f~rounds~1 DO look {\"n\":2}",
            "f~rounds~2 DO look {\"n\":3,\"p\":1}",
            "f~rounds~0.2 DO look {\"n\":1,\"p\":1}");
  }
}
