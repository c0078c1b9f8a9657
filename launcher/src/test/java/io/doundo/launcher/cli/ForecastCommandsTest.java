package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The commands that explain and forecast: {@code why} and {@code plan}. */
class ForecastCommandsTest {

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void whySaysEachFactAndTheCommandsThatHelp() {
    String answer =
        """
        {"flowId":"f 1","headline":"The flow is parked.","facts":["The flow is parked.","Left \\u001b[31mred."],
         "suggestions":[{"verb":"RETRY","step":"charge","label":"Retry charge"},
                        {"verb":"UNDO","step":null,"label":"Undo the flow"}]}""";
    service.answer("GET /api/flows/f%201/why", 200, answer);

    CommandResult ran = service.run("why", "f 1");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().toList())
        .hasSize(4)
        .startsWith("The flow is parked.", "Left  [31mred.")
        .element(2)
        .asString()
        .startsWith("  Retry charge: ")
        .contains("retry 'f 1' --step charge");
    assertThat(service.run("why", "f 1", "-o", "json").out()).contains("\"suggestions\"");
  }

  @Test
  void aFlowIdThatLooksLikeAnOptionStandsLastInTheCommandsThatHelp() {
    service.answer(
        "GET /api/flows/-f/why",
        200,
        """
        {"flowId":"-f","headline":"The flow is parked.","facts":["The flow is parked."],
         "suggestions":[{"verb":"RETRY","step":"charge","label":"Retry charge"}]}""");

    assertThat(FakeService.runPlain("why", "--url", service.url(), "--", "-f").out())
        .contains("retry --step charge --url=")
        .endsWith(" -- -f\n");
  }

  @Test
  void aPlanShowsItsStagesAndWhatStays() {
    service.answer(
        "GET /api/flows/f/undo-plan",
        200,
        """
        {"flowId":"f","possible":true,"refusal":null,"note":"The flow is paused.",
         "drain":[{"step":"ship","until":"2036-01-31T12:00:00Z"}],
         "stages":[[{"step":"charge","knows":"DONE","served":true},
                    {"step":"ship","knows":"UNKNOWN","served":false}],
                   [{"step":"reserve","knows":"FAILED","served":true}]],
         "leftStanding":[{"step":"mail","why":"it has no UNDO"}],
         "untouched":[{"step":"thank","why":"it has not begun"}],"tooLateAt":null}""");

    assertThat(service.run("plan", "f").out().lines().toList())
        .hasSize(7)
        .startsWith("f can be undone.", "  note          The flow is paused.")
        .endsWith(
            "  stage 1       charge, ship (in doubt: nobody knows whether it happened) (no worker serves it)",
            "  stage 2       reserve (failed)",
            "  left standing mail: it has no UNDO",
            "  untouched     thank: it has not begun")
        .element(2)
        .asString()
        .startsWith("  awaits first  ship until 2036-01-31");
  }

  @Test
  void aPlanCountsThePartsThatGoBack() {
    service.answer(
        "GET /api/flows/f/undo-plan",
        200,
        """
        {"flowId":"f","possible":true,"stages":[[
          {"step":"items","knows":"DONE","served":true,
           "parts":{"count":900,"recalled":900,"atOnce":20,"opening":20,"first":["f~items~899"]}},
          {"step":"gift","knows":"DONE","served":true,
           "parts":{"count":1,"recalled":0,"atOnce":1,"opening":1,"first":["f~gift~0"]}}]]}""");

    assertThat(service.run("plan", "f").out())
        .contains(
            "items (takes back 900 parts, 900 from the archive, 20 of them first),"
                + " gift (takes back 1 part)");
  }

  @Test
  void aPlanThatIsNotPossibleSaysWhyNot() {
    service.answer(
        "GET /api/flows/f/undo-plan",
        200,
        "{\"flowId\":\"f\",\"possible\":false,\"refusal\":\"the pivot charge has succeeded\"}");

    CommandResult ran = service.run("plan", "f");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("f cannot be undone: the pivot charge has succeeded.");
  }
}
