package io.doundo.orchestrator.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.evaluation.PayloadPreview.Outcome;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a flow would do with a payload, as far as it can be known. */
class PayloadPreviewTest {

  private static final String ORDER =
      """
      orchestrationName: order
      payload: { type: object, required: [amount] }
      steps:
        - name: check
          validate: [ { that: "payload.amount > 0", message: "nothing to pay" } ]
        - name: rate
          result: { score: "{{ result.score }}" }
        - name: route
          choice:
            - { when: "steps.rate.result.score > 700", do: [ { name: express } ] }
            - { else: [ { name: review } ] }
        - { name: shape, set: { total: "{{ payload.amount * 2 }}" } }
        - { name: ship, input: { total: "{{ steps.shape.result.total }}", way: "{{ steps.route.branch }}" } }
        - { name: insure, when: "payload.amount > 100" }
        - { name: tell, undo: none }
      """;

  private static Map<String, Outcome> preview(
      String document, String payload, Map<String, String> results) {
    Map<String, RawJson> given = new HashMap<>();
    results.forEach((step, result) -> given.put(step, json(result)));
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    PayloadPreview.of(definition(document), json(payload), given, Instant.EPOCH)
        .forEach(line -> outcomes.put(line.step(), line.outcome()));
    return outcomes;
  }

  private static Orchestration definition(String document) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(UTF_8));
  }

  @Test
  void whatDependsOnNoResultIsKnown() {
    Map<String, Outcome> order = preview(ORDER, "{\"amount\":21}", Map.of());

    assertThat(order)
        .containsEntry("check", new Outcome.Passed())
        .containsEntry("rate", new Outcome.Sent(json("{\"amount\":21}"), Set.of()))
        .containsEntry("route", new Outcome.Unknown(Set.of("rate")))
        .containsEntry("express", new Outcome.Unknown(Set.of("rate")))
        .containsEntry("shape", new Outcome.Computed(json("{\"total\":42}")))
        .containsEntry("ship", new Outcome.Unknown(Set.of("rate")))
        .containsEntry(
            "insure", new Outcome.NotTaken("its condition is false: payload.amount > 100"));
    assertThat(order.get("tell"))
        .isEqualTo(
            new Outcome.Sent(
                json("{\"amount\":21,\"total\":42}"), Set.of("express", "rate", "review", "ship")));
  }

  @Test
  void aResultThatIsGivenDecides() {
    Map<String, Outcome> order =
        preview(ORDER, "{\"amount\":21}", Map.of("rate", "{\"score\":701,\"more\":1}"));

    assertThat(order)
        .containsEntry("route", new Outcome.Chosen(0, "steps.rate.result.score > 700"))
        .containsEntry("express", new Outcome.Sent(json("{\"amount\":21,\"score\":701}"), Set.of()))
        .containsEntry("review", new Outcome.NotTaken("route does not take its branch"))
        .containsEntry("ship", new Outcome.Sent(json("{\"total\":42,\"way\":0}"), Set.of()));
  }

  @Test
  void whatFailsAndWhatIsBehindItAreNamed() {
    Map<String, Outcome> order =
        preview(ORDER, "{\"amount\":21}", Map.of("rate", "{\"scores\":701}"));

    assertThat(order.get("rate")).isInstanceOf(Outcome.Failed.class);
    assertThat(order.get("rate").toString()).contains("score", "result");
    assertThat(order)
        .containsEntry("route", new Outcome.NotReached("rate"))
        .containsEntry("tell", new Outcome.NotReached("rate"));
    assertThat(preview(ORDER, "{\"amount\":0}", Map.of()))
        .containsEntry("check", new Outcome.Failed("nothing to pay"))
        .containsEntry("rate", new Outcome.NotReached("check"));
  }

  @Test
  void aPayloadThatTheOrchestrationDoesNotTakeIsSaidToBe() {
    assertThat(PayloadPreview.violations(definition(ORDER), json("{}")))
        .singleElement()
        .asString()
        .contains("amount");
    assertThat(PayloadPreview.violations(definition(ORDER), json("{\"amount\":1}"))).isEmpty();
  }

  @Test
  void aChoiceThatMatchesNothingFails() {
    Map<String, Outcome> order =
        preview(
            """
            orchestrationName: o
            steps:
              - name: route
                choice: [ { when: "payload.x", do: [ { name: a } ] } ]
              - { name: b }
            """,
            "{\"x\":false}",
            Map.of());

    assertThat(order.get("route")).isInstanceOf(Outcome.Failed.class);
    assertThat(order).containsEntry("b", new Outcome.NotReached("route"));
  }

  @Test
  void resultsOfLanesAreNotPassedAlongAnEdgeOfOrder() {
    Map<String, Outcome> order =
        preview(
            """
            orchestrationName: o
            steps:
              - { parallel: [ { name: a }, { name: b } ], atOnce: 1 }
              - { name: c }
            """,
            "{}",
            Map.of("a", "{\"a\":1}"));

    assertThat(order)
        .containsEntry("b", new Outcome.Sent(json("{}"), Set.of()))
        .containsEntry("c", new Outcome.Sent(json("{\"a\":1}"), Set.of("b")));
  }
}
