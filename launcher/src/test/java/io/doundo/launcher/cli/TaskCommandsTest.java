package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals and tasks on the command line. */
class TaskCommandsTest {

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void aSignalIsSentAndWhatBecameOfItSaid() {
    service.answer(
        "POST /api/flows/f-1/signals/approved",
        200,
        "{\"flowId\":\"f-1\",\"controlId\":\"s\",\"accepted\":true,\"status\":\"IN_PROGRESS\"}");

    CommandResult ran =
        service.run("signal", "f-1", "approved", "--control-id", "s", "-p", "{\"a\":1.0}");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("f-1: signal approved accepted; the flow is IN_PROGRESS.");
    assertThat(service.asked().get(0).body())
        .isEqualTo("{\"controlId\":\"s\",\"payload\":{\"a\":1.0}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "..", "a/b", "a.b", "a\u0000b", "%2e%2e"})
  void whatCannotNameASignalIsNotSent(String name) {
    CommandResult ran = service.run("signal", "f-1", name);
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).startsWith("The signal's name \"").contains(" must ");
    assertThat(service.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void whatCannotBeAControlIdIsNotSent(String id) {
    for (String request :
        List.of("signal f-1 approved", "task complete f-1 sign", "pause f-1", "retry f-1")) {
      List<String> arguments = new ArrayList<>(List.of(request.split(" ", -1)));
      arguments.add("--control-id");
      arguments.add(id);
      CommandResult ran = service.run(arguments.toArray(String[]::new));
      assertThat(ran.code()).as(request).isEqualTo(2);
      assertThat(ran.err())
          .as(request)
          .startsWith("--control-id \"")
          .contains("must have 1 to 255 characters");
    }
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void aSignalThatNoStepTakesIsAnErrorWithTheReason() {
    service.answer(
        "POST /api/flow/signals/approved?flowId=..",
        409,
        "application/problem+json",
        "{\"title\":\"Refused\",\"detail\":\"no step waits for it any more\"}");

    CommandResult ran = service.run("signal", "..", "approved");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no step waits for it any more");
  }

  @Test
  void aSignalWhoseOutcomeIsNotKnownIsSaidToBeSent() {
    service.answer(
        "POST /api/flows/f-1/signals/approved",
        202,
        "{\"flowId\":\"f-1\",\"controlId\":\"s\",\"note\":\"No audit log is written.\"}");

    CommandResult ran = service.run("signal", "f-1", "approved");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("f-1: signal approved was sent. No audit log is written.");
  }

  @Test
  void openTasksAreListed() {
    service.answer(
        "GET /api/tasks?assignee=ann&overdue=true&limit=50",
        200,
        """
        {"tasks":[{"flowId":"f-1","orchestrationName":"contract","step":"sign","title":"Sign it",
          "assignee":"ann","candidates":["managers","law"],"dueAt":"2026-01-31T10:00:00Z",
          "overdue":true,"openedAt":"2026-01-30T10:00:00Z"}],"nextCursor":"abc","complete":true}
        """);

    CommandResult ran = service.run("tasks", "--assignee", "ann", "--overdue");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().skip(1))
        .singleElement()
        .asString()
        .contains("f-1", "sign", "Sign it", "ann", "managers, law", "overdue");
    assertThat(ran.err()).contains("--cursor abc");
  }

  @Test
  void withoutOpenTasksTheListSaysSo() {
    service.answer("GET /api/tasks?limit=50", 200, "{\"tasks\":[],\"complete\":true}");
    assertThat(service.run("tasks").out().strip()).isEqualTo("No open tasks.");
  }

  @Test
  void aTaskIsCompletedAndAssigned() {
    String done =
        "{\"flowId\":\"f-1\",\"controlId\":\"c\",\"accepted\":true,\"status\":\"IN_PROGRESS\"}";
    service
        .answer("POST /api/tasks/complete", 200, done)
        .answer("POST /api/tasks/assign", 200, done);

    CommandResult completed =
        service.run(
            "task",
            "complete",
            "f-1",
            "sign",
            "-p",
            "{\"signed\":true}",
            "--on-behalf-of",
            "ann",
            "--control-id",
            "c");
    CommandResult assigned =
        service.run("task", "assign", "f-1", "sign", "--to", "bob", "--control-id", "d");

    assertThat(completed.out().strip())
        .isEqualTo("f-1: task sign is completed; the flow is IN_PROGRESS.");
    assertThat(assigned.out().strip())
        .isEqualTo("f-1: task sign is for bob; the flow is IN_PROGRESS.");
    assertThat(service.asked().get(0).body())
        .isEqualTo(
            "{\"flowId\":\"f-1\",\"step\":\"sign\",\"controlId\":\"c\","
                + "\"payload\":{\"signed\":true},\"onBehalfOf\":\"ann\"}");
    assertThat(service.asked().get(1).body())
        .isEqualTo(
            "{\"flowId\":\"f-1\",\"step\":\"sign\",\"controlId\":\"d\",\"assignee\":\"bob\"}");
  }

  @Test
  void aTaskThatIsForSomebodyElseIsAnErrorWithTheReason() {
    service.answer(
        "POST /api/tasks/complete",
        403,
        "application/problem+json",
        "{\"title\":\"Not allowed\",\"detail\":\"The task is not for eve, but for ann.\"}");

    CommandResult ran = service.run("task", "complete", "f-1", "sign");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("not for eve, but for ann");
    assertThat(service.run("task").code()).as("what to do is missing").isEqualTo(2);
  }
}
