package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.protocol.json.Json;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The command about circuit breakers, against prepared answers. */
class BreakersCommandTest {

  private static final String BANK =
      """
      {"name":"bank","state":"OPEN","since":"2026-01-31T12:00:00Z","until":"2026-01-31T12:01:00Z",
       "why":"5 faults within 60 s without a success","by":null,"opened":1,"faults":0,"held":7,
       "wave":null,"config":{"faults":5,"window":"1 min","windowMs":60000,"openFor":"1 min",
       "openForMs":60000,"firstWave":3},"recent":[{"type":"BREAKER_OPENED","at":"2026-01-31T12:00:00Z",
       "until":"2026-01-31T12:01:00Z","reason":"5 faults within 60 s without a success","by":null}]}""";

  @AutoClose private final FakeService service = new FakeService();

  private JsonNode sent() {
    return Json.MAPPER.readTree(service.asked().get(service.asked().size() - 1).body());
  }

  @Test
  void theListSaysWhatIsHeldAndWhy() {
    service.answer("GET /api/breakers", 200, "{\"complete\":true,\"breakers\":[" + BANK + "]}");

    assertThat(service.run("breakers").out()).contains("bank", "OPEN", "7", "5 faults within");
  }

  @Test
  void anEmptyListSaysSo() {
    service.answer("GET /api/breakers", 200, "{\"complete\":true,\"breakers\":[]}");

    assertThat(service.run("breakers").out()).isEqualTo("No breakers.\n");
  }

  @Test
  void oneIsShownWithItsFiguresAndItsHistory() {
    service.answer("GET /api/breakers/bank", 200, BANK);

    assertThat(service.run("breakers", "show", "bank").out())
        .contains(
            "OPEN: 5 faults within 60 s",
            "7 steps",
            "after 5 faults within 1 min, for 1 min at first; then 3 commands try the service",
            "BREAKER_OPENED");
  }

  private CommandResult shown(String age) {
    service.answer("GET /api/breakers/bank", 200, BANK.replaceFirst("\\{", "{" + age + ","));
    return service.run("breakers", "show", "bank", "--utc");
  }

  @Test
  void anAnswerThatIsFreshNeedsNoWord() {
    assertThat(shown("\"asOf\":\"2026-01-31T12:00:05Z\",\"lagMs\":40,\"complete\":true").err())
        .isEmpty();
  }

  @Test
  void anAnswerThatMayBeOldSaysOfWhenItIs() {
    assertThat(shown("\"asOf\":\"2026-01-31T12:00:05Z\",\"lagMs\":9000,\"complete\":false").err())
        .contains("how it was at 2026-01-31 12:00:05", "may have changed since");
  }

  @Test
  void anAnswerOfAServiceThatStillReadsSaysSo() {
    assertThat(shown("\"asOf\":\"2026-01-31T12:00:05Z\",\"lagMs\":0,\"complete\":false").err())
        .contains("still reading its topics");
  }

  @Test
  void theJsonFormHasTheAgeOfTheAnswer() {
    service.answer(
        "GET /api/breakers/bank",
        200,
        BANK.replaceFirst(
            "\\{", "{\"asOf\":\"2026-01-31T12:00:05Z\",\"lagMs\":9000,\"complete\":false,"));
    CommandResult ran = service.run("breakers", "show", "bank", "--output", "json");

    JsonNode json = Json.MAPPER.readTree(ran.out());
    assertThat(json.path("asOf").asString("")).isEqualTo("2026-01-31T12:00:05Z");
    assertThat(json.path("lagMs").asInt(0)).isEqualTo(9_000);
    assertThat(ran.err()).as("it is for a program").isEmpty();
  }

  @Test
  void oneIsForcedOpenWithAReasonAndAnEnd() {
    service.answer("POST /api/breakers/bank/open", 200, BANK);
    CommandResult ran =
        service.run(
            "breakers", "open", "bank", "--for", "2h", "-r", "maintenance", "--control-id", "c");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo("bank: forced open\n");
    assertThat(sent().toString())
        .isEqualTo("{\"controlId\":\"c\",\"reason\":\"maintenance\",\"for\":\"2h\"}");
  }

  @Test
  void withoutAnEndNothingIsSent() {
    CommandResult ran = service.run("breakers", "open", "bank", "-r", "maintenance");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("either --for or --until");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void figuresThatAreNotGivenAreNotSent() {
    service.answer("PUT /api/breakers/bank", 200, BANK);
    service.run("breakers", "configure", "bank", "--faults", "2", "--open-for", "30s");

    assertThat(sent().propertyNames()).containsExactly("controlId", "faults", "openFor");
    assertThat(sent().get("faults").stringValue()).isEqualTo("2");
    assertThat(sent().get("openFor").stringValue()).isEqualTo("30s");
  }

  @Test
  void oneIsResetAndDeleted() {
    service.answer("POST /api/breakers/bank/reset", 200, BANK);
    service.answer("DELETE /api/breakers/bank", 204, "");

    assertThat(service.run("breakers", "reset", "bank").out()).startsWith("bank: closed");
    assertThat(service.run("breakers", "delete", "bank").out()).startsWith("bank: deleted");
  }

  @Test
  void aRefusalIsTheAnswerOfTheService() {
    service.answer(
        "POST /api/breakers/bank/open",
        409,
        "application/problem+json",
        "{\"title\":\"The breaker does not allow this\",\"detail\":\"OPEN refused: until is past\"}");
    CommandResult ran = service.run("breakers", "open", "bank", "--for", "1s", "-r", "x");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("until is past");
  }
}
