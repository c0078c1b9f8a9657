package io.doundo.launcher.demo.approval;

import static io.doundo.launcher.demo.approval.PlanPeople.APPROVER;
import static io.doundo.launcher.demo.approval.PlanPeople.AUTHOR;
import static io.doundo.launcher.demo.approval.PlanPeople.SECOND_AUTHOR;

import io.doundo.launcher.demo.DemoFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The journeys of the demo, all of one plan, each of which begins where the one before ended. */
final class PlanJourneys {

  static final List<PlanJourney> ALL =
      List.of(
          new PlanJourney(
              "Submitted, approved, published",
              "A new plan. Who has submitted it may not approve it.",
              PlanJourneys::publish),
          new PlanJourney(
              "Rejected",
              "A rejection is a result, not a failure: the draft keeps the reason, and nothing is published.",
              PlanJourneys::reject),
          new PlanJourney(
              "Two changes at once, merged",
              "Two people change different fields of the same version. Both changes survive.",
              PlanJourneys::merge),
          new PlanJourney(
              "Two changes of the same field, resolved by hand",
              "Neither overwrites the other: the second author decides, and the reviewer is asked again.",
              PlanJourneys::resolve),
          new PlanJourney(
              "The FHIR store is killed after the approval",
              "The approval is held and tried again until the store is back. It is published once.",
              PlanJourneys::hold),
          new PlanJourney(
              "An approved plan is undone",
              "The version before it becomes the newest one again; the history keeps both.",
              PlanJourneys::undo));

  private static final String NAME = "Gold 2027";
  private static final String PREMIUM = "plan[standard].generalCost[premium].cost.value";

  private PlanJourneys() {}

  private static void publish(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String draft = expected.planId() + "-new";
    people.draft(AUTHOR, draft, expected.planId(), NAME, PlanText.plan(NAME, 120, 20));
    String flow = people.submit(AUTHOR, draft);
    JsonNode task = people.task(APPROVER, draft, "approval");
    people.say(AUTHOR, "tries to approve it himself");
    people.approveInVain(AUTHOR, task, "submitter_may_not_approve");
    people.approve(APPROVER, task);
    people.awaitFlow(flow, "COMPLETED");
    people.say("", "  published as version 1");
    expected.version(PlanText.words(NAME, 120, 20));
    expected.draft(draft, "approved");
    expected.flow(flow, "COMPLETED");
  }

  private static void reject(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String draft = expected.planId() + "-dear";
    people.draft(AUTHOR, draft, expected.planId(), "Dearer", PlanText.plan(NAME, 150, 20));
    String flow = people.submit(AUTHOR, draft);
    people.reject(APPROVER, people.task(APPROVER, draft, "approval"), "too dear");
    people.awaitFlow(flow, "COMPLETED");
    expected.draft(draft, "rejected: too dear");
    expected.flow(flow, "COMPLETED");
  }

  private static void merge(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String premium = expected.planId() + "-premium";
    String copay = expected.planId() + "-copay";
    people.draft(AUTHOR, premium, expected.planId(), "Premium", PlanText.plan(NAME, 125, 20));
    people.draft(SECOND_AUTHOR, copay, expected.planId(), "Copay", PlanText.plan(NAME, 120, 15));
    String first = people.submit(AUTHOR, premium);
    String second = people.submit(SECOND_AUTHOR, copay);
    JsonNode ofSecond = people.task(APPROVER, copay, "approval");
    publishMeanwhile(people, premium, first);
    expected.version(PlanText.words(NAME, 125, 20));
    people.say(APPROVER, "approves the other draft, whose task shows the old version");
    people.approveInVain(APPROVER, ofSecond, "version_conflict");
    JsonNode merged = people.task(APPROVER, copay, "approval");
    people.approve(APPROVER, merged);
    people.awaitFlow(flowOf(merged), "COMPLETED");
    people.say("", "  both changes are published");
    expected.version(PlanText.words(NAME, 125, 15));
    expected.draft(premium, "approved");
    expected.draft(copay, "approved");
    expected.flow(first, "COMPLETED");
    expected.flow(second, "COMPLETED");
    expected.flow(flowOf(merged), "COMPLETED");
  }

  private static void resolve(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String one = expected.planId() + "-one";
    String other = expected.planId() + "-other";
    people.draft(AUTHOR, one, expected.planId(), "Premium 130", PlanText.plan(NAME, 130, 15));
    people.draft(
        SECOND_AUTHOR, other, expected.planId(), "Premium 128", PlanText.plan(NAME, 128, 15));
    String first = people.submit(AUTHOR, one);
    String second = people.submit(SECOND_AUTHOR, other);
    JsonNode ofSecond = people.task(APPROVER, other, "approval");
    publishMeanwhile(people, one, first);
    expected.version(PlanText.words(NAME, 130, 15));
    people.say(APPROVER, "approves the other draft, whose task shows the old version");
    people.approveInVain(APPROVER, ofSecond, "version_conflict");
    JsonNode conflict = people.task(SECOND_AUTHOR, other, "resolve");
    people.resolve(SECOND_AUTHOR, conflict, Map.of(PREMIUM, 129));
    JsonNode resolved = people.task(APPROVER, other, "approval");
    people.approve(APPROVER, resolved);
    people.awaitFlow(flowOf(resolved), "COMPLETED");
    people.say("", "  published");
    expected.version(PlanText.words(NAME, 129, 15));
    expected.draft(one, "approved");
    expected.draft(other, "approved");
    expected.flow(first, "COMPLETED");
    expected.flow(second, "COMPLETED");
    expected.flow(flowOf(conflict), "COMPLETED");
    expected.flow(flowOf(resolved), "COMPLETED");
  }

  /** Each round of an approval is a flow of its own. */
  private static String flowOf(JsonNode task) {
    return task.path("processInstanceId").asString("");
  }

  private static void publishMeanwhile(PlanPeople people, String draft, String flow)
      throws DemoFailure, IOException, InterruptedException {
    people.approve(APPROVER, people.task(APPROVER, draft, "approval"));
    people.awaitFlow(flow, "COMPLETED");
    people.say("", "  published");
  }

  private static void hold(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String draft = expected.planId() + "-held";
    String name = NAME + " Plus";
    people.draft(AUTHOR, draft, expected.planId(), "New name", PlanText.plan(name, 129, 15));
    String flow = people.submit(AUTHOR, draft);
    JsonNode task = people.task(APPROVER, draft, "approval");
    // Without workers nothing is written between the approval and the end of the store.
    people.say(
        "", "The workers are killed (kill -9), so that the approval is not carried out yet.");
    people.processes().killWorkers();
    people.approve(APPROVER, task);
    people.say("", "The FHIR store is killed (kill -9), and the workers are started again.");
    people.processes().killFhirStore();
    people.processes().startWorkers();
    JsonNode held =
        people.awaitStatus(
            "the workers to miss the store",
            draft,
            status -> !status.path("problem").asString("").isEmpty());
    people.say("", "  held: " + held.path("problem").asString(""));
    people.processes().startFhirStore();
    people.awaitFlow(flow, "COMPLETED");
    people.say("", "  published once the store was back");
    expected.version(PlanText.words(name, 129, 15));
    expected.draft(draft, "approved");
    expected.flow(flow, "COMPLETED");
  }

  private static void undo(PlanPeople people, ExpectedRecords expected)
      throws DemoFailure, IOException, InterruptedException {
    String draft = expected.planId() + "-mistake";
    String name = NAME + " Plus";
    people.draft(AUTHOR, draft, expected.planId(), "Half price", PlanText.plan(name, 64, 15));
    String flow = people.submit(AUTHOR, draft);
    people.approve(APPROVER, people.task(APPROVER, draft, "approval"));
    people.awaitFlow(flow, "COMPLETED");
    people.say("", "  published");
    people.undo(flow, "the premium is a mistake");
    people.say("", "  the former content is published again");
    expected.version(PlanText.words(name, 64, 15));
    expected.version(PlanText.words(name, 129, 15));
    expected.draft(draft, "draft");
    expected.flow(flow, "UNDONE");
  }

  /** Leaves an approval and a conflict open, for people who want to try the page. */
  static void leaveTasks(PlanPeople people, String planId)
      throws DemoFailure, IOException, InterruptedException {
    String name = NAME + " Plus";
    String first = planId + "-try-1";
    String second = planId + "-try-2";
    String third = planId + "-try-3";
    people.draft(AUTHOR, first, planId, "Premium 131", PlanText.plan(name, 131, 15));
    people.draft(SECOND_AUTHOR, second, planId, "Premium 127", PlanText.plan(name, 127, 15));
    people.draft(AUTHOR, third, planId, "Copay 10", PlanText.plan(name, 129, 10));
    String flow = people.submit(AUTHOR, first);
    people.submit(SECOND_AUTHOR, second);
    people.submit(AUTHOR, third);
    JsonNode ofSecond = people.task(APPROVER, second, "approval");
    publishMeanwhile(people, first, flow);
    people.approveInVain(APPROVER, ofSecond, "version_conflict");
    people.task(SECOND_AUTHOR, second, "resolve");
  }
}
