package io.doundo.launcher.demo.approval;

import io.doundo.launcher.demo.DemoEnvironment;
import io.doundo.launcher.demo.DemoFailure;
import io.doundo.launcher.demo.Screen;
import io.doundo.launcher.demo.approval.PlanApi.Answer;
import io.doundo.launcher.text.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The people of the demo at work: each act is a request to the façade, told in a line. An act that
 * is refused although it should succeed ends the demo. Used by one thread.
 */
final class PlanPeople {

  static final String AUTHOR = "ben";
  static final String SECOND_AUTHOR = "cleo";
  static final String APPROVER = "ann";

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long POLL_MILLIS = 150;
  private static final Set<String> ENDED =
      Set.of("COMPLETED", "UNDONE", "PARKED", "ABANDONED", "REJECTED");

  private final PlanApi api;
  private final StoredPlans stores;
  private final PlanProcesses processes;
  private final DemoEnvironment environment;
  private final Screen screen;

  PlanPeople(
      PlanApi api,
      StoredPlans stores,
      PlanProcesses processes,
      DemoEnvironment environment,
      Screen screen) {
    this.api = api;
    this.stores = stores;
    this.processes = processes;
    this.environment = environment;
    this.screen = screen;
  }

  /** Looks at something, and returns it once it is as it should be. */
  private interface Look<T> {
    Optional<T> look() throws DemoFailure, InterruptedException;
  }

  /** The FHIR store and the workers, for the journey in which they fail. */
  PlanProcesses processes() {
    return processes;
  }

  void say(String who, String what) {
    screen.line(
        "  %s  %s"
            .formatted(
                screen.terminal().bold(String.format(Locale.ROOT, "%-6s", who)),
                Terminal.clean(what)));
  }

  /** Saves a draft of the plan. */
  void draft(String author, String draftId, String planId, String name, ObjectNode data)
      throws DemoFailure, InterruptedException {
    require(
        api.put(
            Map.of(
                "userId",
                author,
                "planId",
                planId,
                "name",
                name,
                "data",
                data,
                "approvers",
                List.of(APPROVER)),
            "drafts",
            draftId));
    say(author, "drafts \"%s\": %s".formatted(name, PlanText.of(data)));
  }

  /**
   * Submits a draft.
   *
   * @return the flow that is its approval
   */
  String submit(String author, String draftId) throws DemoFailure, InterruptedException {
    Answer answer = require(api.post(Map.of("userId", author), "plans", draftId, "submit"));
    say(author, "submits it for approval");
    return answer.data().path("processInstanceId").asString("");
  }

  /** Waits until a person has a task about a draft, and tells what it shows. */
  JsonNode task(String person, String draftId, String kind)
      throws DemoFailure, IOException, InterruptedException {
    JsonNode task =
        await(
            "a task for " + person,
            () -> {
              Answer answer = api.get("tasks", "?userId=" + person);
              for (JsonNode one : answer.data()) {
                if (one.path("draftId").asString("").equals(draftId)
                    && one.path("kind").asString("").equals(kind)) {
                  return Optional.of(one);
                }
              }
              return Optional.empty();
            });
    say(person, "is asked: " + task.path("title").asString(""));
    for (JsonNode change : task.path("changes")) {
      say(
          "",
          "  %s: %s → %s"
              .formatted(text(change, "path"), text(change, "before"), text(change, "after")));
    }
    for (JsonNode conflict : task.path("conflicts")) {
      say(
          "",
          "  %s was %s; the draft has %s, others have published %s"
              .formatted(
                  text(conflict, "path"),
                  text(conflict, "base"),
                  text(conflict, "draft"),
                  text(conflict, "current")));
    }
    return task;
  }

  private static String text(JsonNode entry, String field) {
    JsonNode value = entry.path(field);
    return value.isMissingNode()
        ? "nothing"
        : value.isString() ? value.asString() : value.toString();
  }

  /** Approves, and requires that this is accepted. */
  void approve(String person, JsonNode task) throws DemoFailure, InterruptedException {
    require(decide(person, task, true, ""));
    say(person, "approves");
  }

  /** Rejects with a reason, and requires that this is accepted. */
  void reject(String person, JsonNode task, String comment)
      throws DemoFailure, InterruptedException {
    require(decide(person, task, false, comment));
    say(person, "rejects: " + comment);
  }

  /** Approves, and requires that this is refused for this reason. */
  void approveInVain(String person, JsonNode task, String error)
      throws DemoFailure, InterruptedException {
    requireRefusal(decide(person, task, true, ""), error);
  }

  private Answer decide(String person, JsonNode task, boolean approved, String comment)
      throws DemoFailure, InterruptedException {
    return api.post(
        Map.of("userId", person, "approved", approved, "comments", comment),
        "tasks",
        task.path("taskId").asString(""),
        "complete");
  }

  /** Decides the fields in conflict, each with a value written by hand. */
  void resolve(String person, JsonNode task, Map<String, ?> values)
      throws DemoFailure, InterruptedException {
    require(
        api.post(
            Map.of(
                "userId",
                person,
                "resolutions",
                values.entrySet().stream()
                    .map(value -> Map.of("path", value.getKey(), "value", value.getValue()))
                    .toList()),
            "tasks",
            task.path("taskId").asString(""),
            "complete"));
    values.forEach((path, value) -> say(person, "resolves %s: %s".formatted(path, value)));
  }

  /** Undoes a flow that has ended, and waits until it is undone. */
  void undo(String flowId, String reason) throws DemoFailure, IOException, InterruptedException {
    stores.undo(flowId, reason);
    say("ops", "undoes the approval: " + reason);
    awaitFlow(flowId, "UNDONE");
  }

  /** Waits until a flow has ended, and requires that it has ended like this. */
  void awaitFlow(String flowId, String status)
      throws DemoFailure, IOException, InterruptedException {
    String found =
        await(
            "the approval to end",
            () -> {
              String now = stores.flow(flowId);
              boolean isOver =
                  now.equals(status) || (!status.equals("UNDONE") && ENDED.contains(now));
              return isOver ? Optional.of(now) : Optional.empty();
            });
    if (!found.equals(status)) {
      throw new DemoFailure("The flow %s is %s; expected %s".formatted(flowId, found, status));
    }
  }

  /** Waits until the status of a draft is as wanted, and returns it. */
  JsonNode awaitStatus(String what, String draftId, Predicate<JsonNode> wanted)
      throws DemoFailure, IOException, InterruptedException {
    return await(
        what, () -> Optional.of(api.get("plans", draftId, "status").data()).filter(wanted));
  }

  private <T> T await(String what, Look<T> look)
      throws DemoFailure, IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      environment.requireAllThere();
      Optional<T> found = look.look();
      if (found.isPresent()) {
        screen.clear();
        return found.get();
      }
      if (System.nanoTime() > end) {
        throw new DemoFailure(
            "Waited %d s for %s. The logs are in %s"
                .formatted(LIMIT.toSeconds(), what, processes.logs()));
      }
      screen.live("          … waiting for " + what);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static Answer require(Answer answer) throws DemoFailure {
    if (!answer.isSuccess()) {
      throw new DemoFailure(
          "The façade refused what it should accept (%d %s): %s"
              .formatted(answer.status(), answer.error(), answer.message()));
    }
    return answer;
  }

  private void requireRefusal(Answer answer, String error) throws DemoFailure {
    if (!answer.error().equals(error)) {
      throw new DemoFailure(
          "The façade should refuse this as %s, but answered %d: %s"
              .formatted(error, answer.status(), answer.body()));
    }
    say("", "  refused: " + answer.message());
  }
}
