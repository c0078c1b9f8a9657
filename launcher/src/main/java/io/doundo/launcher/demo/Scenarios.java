package io.doundo.launcher.demo;

import io.doundo.launcher.demo.Promise.Before;
import io.doundo.launcher.demo.Promise.StepPromise;
import io.doundo.protocol.Topics;
import java.util.List;

/** What the demo plays, in this order. */
final class Scenarios {

  private static final String TENANT = "tenantCreation";
  private static final String REALM = "createRealm";
  private static final String CLIENT = "createClient";
  private static final String ROLES = "assignRoles";

  private static final List<Before> TENANT_ORDER =
      List.of(Before.doing(REALM, CLIENT), Before.doing(CLIENT, ROLES));

  /** How long the step that is killed takes to answer after its effect. */
  private static final int TIME_TO_KILL_MILLIS = 4_000;

  static final List<Scenario> ALL =
      List.of(completes(), retries(), rollsBack(), parallel(), graph(), killed());

  private Scenarios() {}

  /** The topics of all commands that may be sent. */
  static List<String> topics() {
    return ALL.stream()
        .flatMap(
            scenario ->
                scenario.promise().steps().stream()
                    .map(step -> Topics.doTopic(scenario.orchestration(), step.step())))
        .distinct()
        .toList();
  }

  private static Scenario completes() {
    return new Scenario(
        "completes",
        "A flow that completes",
        "Three steps, one after the other: a realm, a client in it, and its roles.",
        TENANT,
        "{\"tenantName\":\"acme\"}",
        null,
        new Promise(
            "COMPLETED",
            List.of(StepPromise.done(REALM), StepPromise.done(CLIENT), StepPromise.done(ROLES)),
            TENANT_ORDER,
            false));
  }

  private static Scenario retries() {
    return new Scenario(
        "retries",
        "A step that fails twice and is retried",
        "createClient is told to fail on its first two attempts; the third one succeeds.",
        TENANT,
        "{\"tenantName\":\"acme\",\"behave\":{\"createClient\":{\"do\":{\"failTimes\":2}}}}",
        null,
        new Promise(
            "COMPLETED",
            List.of(
                StepPromise.done(REALM), new StepPromise(CLIENT, 3, 1, 0), StepPromise.done(ROLES)),
            TENANT_ORDER,
            false));
  }

  private static Scenario rollsBack() {
    return new Scenario(
        "rolls-back",
        "A flow that is rolled back",
        "assignRoles is told to fail for good. The steps before it are undone, last one first.",
        TENANT,
        "{\"tenantName\":\"acme\",\"behave\":{\"assignRoles\":{\"do\":{\"failForGood\":true}}}}",
        null,
        new Promise(
            "UNDONE",
            List.of(
                StepPromise.doneAndUndone(REALM),
                StepPromise.doneAndUndone(CLIENT),
                new StepPromise(ROLES, 1, 0, 0)),
            List.of(Before.doing(REALM, CLIENT), Before.undoing(CLIENT, REALM)),
            false));
  }

  private static Scenario parallel() {
    return new Scenario(
        "parallel",
        "Four steps at the same time",
        "None of the four waits for another; the flow completes when all have answered.",
        "userOnboarding",
        "{\"userName\":\"ada\",\"email\":\"ada@example.com\"}",
        null,
        new Promise(
            "COMPLETED",
            List.of(
                StepPromise.done("createUserProfile"),
                StepPromise.done("sendWelcomeEmail"),
                StepPromise.done("setupDefaultPreferences"),
                StepPromise.done("assignDefaultRole")),
            List.of(),
            true));
  }

  private static Scenario graph() {
    String validate = "validateOrder";
    String reserve = "reserveInventory";
    String authorize = "authorizePayment";
    String ship = "createShipment";
    String capture = "capturePayment";
    String confirm = "sendConfirmation";
    return new Scenario(
        "graph",
        "A graph of steps, with a point of no return",
        "Two steps side by side, then one that needs both; capturePayment is the point of no return.",
        "orderProcessing",
        "{\"orderId\":\"4711\",\"total\":{\"amount\":42,\"currency\":\"EUR\"}}",
        null,
        new Promise(
            "COMPLETED",
            List.of(
                StepPromise.done(validate),
                StepPromise.done(reserve),
                StepPromise.done(authorize),
                StepPromise.done(ship),
                StepPromise.done(capture),
                StepPromise.done(confirm)),
            List.of(
                Before.doing(validate, reserve),
                Before.doing(validate, authorize),
                Before.doing(reserve, ship),
                Before.doing(authorize, ship),
                Before.doing(ship, capture),
                Before.doing(capture, confirm)),
            false));
  }

  private static Scenario killed() {
    return new Scenario(
        "killed",
        "A worker killed in the middle of a step",
        "An extra worker process creates the client and is killed before it can answer."
            + System.lineSeparator()
            + "Another worker must take over without creating a second client.",
        TENANT,
        "{\"tenantName\":\"acme\",\"behave\":{\"createClient\":{\"do\":{\"lateMillis\":"
            + TIME_TO_KILL_MILLIS
            + "}}}}",
        CLIENT,
        new Promise(
            "COMPLETED",
            List.of(
                StepPromise.done(REALM), new StepPromise(CLIENT, 1, 1, 0), StepPromise.done(ROLES)),
            TENANT_ORDER,
            false));
  }
}
