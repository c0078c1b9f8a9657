package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doundo validate}, which needs no service. */
class ValidateCommandTest {

  @TempDir Path directory;

  @Test
  void validateSaysWhatATaskAsksOfWhom() throws IOException {
    Path payload = directory.resolve("payload.json");
    Files.writeString(
        payload, "{\"item\":\"laptop\",\"amount\":9,\"buyer\":\"eve\",\"manager\":\"ann\"}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/approval-registration.yaml",
            "--payload",
            payload.toString());

    assertThat(ran.out()).contains("asks \"Approve laptop for eve: 9 EUR\", assignee ann");
  }

  @Test
  void aFileIsValidatedWithoutAService() throws IOException {
    Path good = Path.of("../registration-examples/graph-initiator-registration.yaml");
    Path bad =
        Files.write(
            directory.resolve("bad.yaml"),
            """
            orchestrationName: a.b
            steps:
              - name: one
                maxRetrys: 3
            """
                .getBytes(UTF_8));

    CommandResult ran = FakeService.runPlain("validate", good.toString(), bad.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith(": orderProcessing, 6 steps, graph: no problems."),
            line -> assertThat(line).isEqualTo(bad + ": 2 problems:"),
            line -> assertThat(line).startsWith("  orchestrationName (line 1, column 20): "),
            line -> assertThat(line).contains("(line 4, ", "did you mean \"maxRetries\"?"));
  }

  /** {@code validate} lists each problem once, and none for a document that can be registered. */
  @Test
  void validateSaysWhatRegisterWouldSay() throws Exception {
    Path odd = directory.resolve("odd.yaml");
    Files.writeString(
        odd,
        """
        orchestrationName: o
        type: graph
        steps:
          - {name: a, seq: 010, timeout: 30S, pivot: Yes, retry: {jitter: 1e-1}}
          - {name: b, dependsOn: a}
        """);
    Path bad = directory.resolve("bad.yaml");
    Files.writeString(bad, "orchestrationName: o\nsteps: [{name: a, timeout: soon, seq: x}]\n");

    CommandResult ran = FakeService.runPlain("validate", odd.toString(), bad.toString());

    assertThat(ran.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("o, 2 steps, graph: no problems."),
            line -> assertThat(line).isEqualTo(bad + ": 2 problems:"),
            line -> assertThat(line).contains("steps[0].seq", "must be a whole number"),
            line -> assertThat(line).contains("steps[0].timeout", "must be a duration"));
  }

  @Test
  void aWorkflowOfTheFrameworkIsValidatedByItsOwnFields() throws Exception {
    String workflow =
        """
        {"name": "Submit Lead to Multiple Carriers", "category": "lead_distribution", "status": "ACTIVE",
         "triggers": [{"type": "EVENT", "config": {"eventType": "lead.qualified"}, "isEnabled": true}],
         "steps": [{"id": "step_1", "name": "Pause", "type": "WAIT", "order": 1,
                    "config": {"duration": 5, "unit": "SECONDS"}}]}
        """;
    Path good = Files.writeString(directory.resolve("good.json"), workflow);
    Path bad =
        Files.writeString(directory.resolve("bad.json"), workflow.replace("SECONDS", "YEARS"));

    CommandResult ran = FakeService.runPlain("validate", good.toString(), bad.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out().lines())
        .anySatisfy(line -> assertThat(line).contains("submit-lead-to-multiple-carriers, 1 step"))
        .anySatisfy(line -> assertThat(line).startsWith(bad + ": 1 problem"))
        .anySatisfy(line -> assertThat(line).contains("steps[0].config.unit"));
  }

  @Test
  void validateShowsWhatEachStepWouldBeSent() throws Exception {
    String file = "../registration-examples/choice-registration.yaml";
    Path payload = directory.resolve("payload.json");
    Files.writeString(payload, "{\"amount\": 30, \"country\": \"DE\"}");
    Path rating = directory.resolve("rating.json");
    Files.writeString(rating, "{\"score\": 400}");

    CommandResult unrated = FakeService.runPlain("validate", file, "--payload", payload.toString());
    assertThat(unrated.code()).isZero();
    assertThat(unrated.out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +checkOrder +holds"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(" +rateCustomer +is sent \\{\"amount\":30,\"country\":\"DE\"}"))
        .anySatisfy(
            line -> assertThat(line).matches(" +route +depends on the results of rateCustomer"))
        .endsWith("  Say what a step returns with --result STEP=FILE.");

    CommandResult rated =
        FakeService.runPlain(
            "validate",
            file,
            "--payload",
            payload.toString(),
            "--result",
            "rateCustomer=" + rating);
    assertThat(rated.out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +route +takes branch 1: payload.amount .*"))
        .anySatisfy(
            line -> assertThat(line).matches(" +reviewOrder +is not taken: route does not .*"))
        .anySatisfy(line -> assertThat(line).matches(" +shipParcel +is sent \\{.*\"score\".*}"));
  }

  @Test
  void validateShowsForScriptsAsWellAndFailsWhereTheFlowWould() throws Exception {
    Path payload = directory.resolve("payload.json");
    Files.writeString(payload, "{\"amount\": 0, \"country\": \"DE\"}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/choice-registration.yaml",
            "--payload",
            payload.toString(),
            "-o",
            "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains(
            "\"step\":\"checkOrder\",\"kind\":\"validate\",\"outcome\":\"failed\"",
            "\"error\":\"amount 0 is not positive\"",
            "\"outcome\":\"notReached\",\"failed\":\"checkOrder\"");
  }

  @Test
  void aResultOfAStepThatThereIsNotIsRefused() throws Exception {
    Path payload = Files.writeString(directory.resolve("payload.json"), "{}");

    CommandResult ran =
        FakeService.runPlain(
            "validate",
            "../registration-examples/choice-registration.yaml",
            "--payload",
            payload.toString(),
            "--result",
            "rateCustmer=" + payload);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("no step rateCustmer", "did you mean rateCustomer?");
  }

  @Test
  void anEventGivenToValidateIsRecognised() throws Exception {
    Path event = directory.resolve("event.json");
    Files.writeString(event, "{\"headers\":{\"orchestrationName\":\"order\"},\"payload\":{}}");

    CommandResult ran = FakeService.runPlain("validate", event.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("1 problem:", "this is a start event, not a registration");
  }

  @Test
  void aMissingFileIsNamed() {
    CommandResult ran = FakeService.runPlain("validate", directory.resolve("none.yaml").toString());

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("none.yaml: there is no such file");
  }
}
