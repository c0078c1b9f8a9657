package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import io.doundo.launcher.cli.FakeService.ReceivedRequest;
import io.doundo.protocol.json.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Irreversible verbs ask for confirmation, but only if a person is at the terminal. */
class VerbCommandTest {

  @AutoClose private final FakeService service = new FakeService();

  @BeforeEach
  void prepareAnswers() {
    service.answer("GET /api/flows/f", 200, CommandsTest.FLOW);
    for (String verb : new String[] {"undo", "cancel", "skip", "abandon", "retry", "pause"}) {
      service.answer("POST /api/flows/f/" + verb, 200, "{\"status\":\"UNDOING\"}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "undo, Every step that may have had an effect is undone.",
    "cancel, Every step that may have had an effect is undone.",
    "skip, any effect it had is left standing.",
    "abandon, nothing is undone"
  })
  void whoDoesNotSayYesSendsNothing(String verb, String consequence) {
    for (String answer : new String[] {"", "n", "what?"}) {
      CommandResult ran = service.runAnswering(answer, verb, "f", "--step", "charge");

      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .contains(
              "f of order is UNDONE. Steps so far: reserve UNDO_SUCCESS, charge RETRY_EXHAUSTED.")
          .contains(verb + " step charge: ", consequence, "[y/N]", "Nothing was sent.");
    }
    assertThat(service.asked())
        .extracting(ReceivedRequest::request)
        .containsOnly("GET /api/flows/f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"undo", "cancel", "skip", "abandon"})
  void whoSaysYesSendsIt(String verb) {
    CommandResult ran = service.runAnswering("Yes", verb, "f", "--step", "charge");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip()).isEqualTo("f: " + verb + " accepted; the flow is UNDOING.");
  }

  @Test
  void withYesNothingIsAsked() {
    CommandResult ran = service.runAnswering("n", "abandon", "f", "--yes");

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void aScriptIsNotAsked() {
    CommandResult ran = service.run("abandon", "f");

    assertThat(ran.code()).isZero();
    assertThat(service.asked())
        .extracting(ReceivedRequest::request)
        .containsExactly("POST /api/flows/f/abandon");
  }

  @ParameterizedTest
  @ValueSource(strings = {"retry", "pause"})
  void reversibleCommandsAskForNoConfirmation(String verb) {
    assertThat(service.runAnswering("n", verb, "f").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "resolve"})
  void aVerbThatNeedsAStepNamesItsOption(String verb) {
    CommandResult ran = service.run(verb, "f");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(verb + " needs a step: add --step STEP");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void aDryRunAsksNothingAndSaysWhatWouldBeSent() {
    service.answer(
        "POST /api/flows/f/undo?dryRun=true",
        200,
        """
        {"wouldBe":{"status":"UNDOING","events":[{"type":"FLOW_UNDOING","reason":"UNDO by kim"}],
         "commands":[{"step":"charge","action":"UNDO","commandId":"00ff"},
                     {"step":"ship","action":"UNDO","commandId":null}],
         "parts":[{"step":"items","verb":"BACK","parts":20}]}}""");

    CommandResult ran = service.runAnswering("n", "undo", "f", "--dry-run");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines())
        .containsExactly(
            "f: undo would be accepted; the flow would be UNDOING. Nothing was sent.",
            "  FLOW_UNDOING: UNDO by kim",
            "  sends UNDO charge [00ff]",
            "  sends UNDO ship",
            "  asks 20 of the parts of items: BACK");
    assertThat(service.asked())
        .extracting(ReceivedRequest::request)
        .containsExactly("POST /api/flows/f/undo?dryRun=true");
  }

  @Test
  void aDryRunThatIsRefusedEndsAsTheRequestWould() {
    service.answer(
        "POST /api/flow/undo?flowId=..&dryRun=true",
        409,
        "application/problem+json",
        "{\"title\":\"The flow does not allow this\",\"detail\":\"UNDO refused: no way back\"}");

    CommandResult ran = service.run("undo", "..", "--dry-run");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("UNDO refused: no way back");
  }

  @Test
  void aRefusalNamesTheOptionAndNotTheField() {
    service.answer(
        "POST /api/flows/g/retry",
        409,
        "application/problem+json",
        "{\"title\":\"The flow does not allow this\",\"detail\":\"several steps have failed; stepName must say which\"}");

    assertThat(service.run("retry", "g", "-p", "{}").err())
        .contains("several steps have failed; --step must say which");
  }

  private static final List<String> HOSTILE =
      List.of(
          "-",
          "--",
          "-rf",
          "--reason=x",
          "-h",
          "--help",
          "@/etc/passwd",
          "@file",
          "~",
          "*",
          "{a,b}",
          "!!",
          "#x",
          "%s",
          "%2e%2e",
          "$HOME",
          "${HOME}",
          "$(touch owned)",
          "`touch owned`",
          "'; touch owned; '",
          "\"",
          "'",
          "\\",
          "a\\",
          "\"quoted\"",
          "'quoted'",
          "a=b",
          "a,b",
          "a;b",
          "a&b=c",
          "a?b#c",
          "a/b",
          "../../etc",
          "..",
          ".",
          "//",
          "a b",
          " two ",
          "a+b",
          "a\tb",
          "a\nb",
          "\u001b[31m",
          "\u202Egnp.exe",
          "\u200b",
          "<img src=x onerror=alert(1)>",
          "ünï",
          "漢字",
          "😀",
          "undo",
          "retry",
          "--url",
          "http://localhost:1/",
          "${sys:user.home}",
          "[STEP]",
          "0",
          "null");

  /** As a value they are refused, because somebody may have forgotten the value. */
  private static final Pattern LIKE_AN_OPTION = Pattern.compile("-[-A-Za-z].*|--");

  /** The other half of what the console's tests show: its commands arrive as these arguments. */
  @Test
  void hostileWordsReachTheServiceAsTheyAre() {
    for (int i = 0; i < HOSTILE.size(); i++) {
      String flowId = HOSTILE.get(i);
      String step = HOSTILE.get((i * 7 + 3) % HOSTILE.size());
      String reason = HOSTILE.get((i * 13 + 5) % HOSTILE.size());
      int asked = service.asked().size();

      CommandResult ran =
          FakeService.runPlain(
              "retry",
              "--url",
              service.url(),
              "--step=" + step,
              "--reason=" + reason,
              "--",
              flowId);

      if (LIKE_AN_OPTION.matcher(step).matches() || LIKE_AN_OPTION.matcher(reason).matches()) {
        assertThat(ran.code()).isEqualTo(2);
        assertThat(service.asked()).hasSize(asked);
        continue;
      }
      assertThat(service.asked()).as(ran.err()).hasSize(asked + 1);
      ReceivedRequest request = service.asked().get(asked);
      assertThat(flowOf(request.request())).isEqualTo(flowId);
      JsonNode body = Json.MAPPER.readTree(request.body());
      assertThat(body.get("stepName").stringValue()).isEqualTo(step);
      assertThat(body.get("reason").stringValue()).isEqualTo(reason);
    }
  }

  /** As the service reads it from the path or the query. */
  private static String flowOf(String request) {
    Matcher path =
        Pattern.compile("POST /api/(?:flows/([^/?]*)/retry|flow/retry\\?flowId=(.*))")
            .matcher(request);
    assertThat(path.matches()).as(request).isTrue();
    // A plus sign is a blank in a query only.
    String written = path.group(1) == null ? path.group(2) : path.group(1).replace("+", "%2B");
    return URLDecoder.decode(written, StandardCharsets.UTF_8);
  }
}
