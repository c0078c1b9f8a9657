package io.doundo.launcher.demo;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedOrder;
import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.protocol.Topics;
import java.util.List;

/** The scenarios of the demo, in order. */
final class DemoScenarios {

  private static final String TENANT = "tenantCreation";
  private static final String REALM = "createRealm";
  private static final String CLIENT = "createClient";
  private static final String ROLES = "assignRoles";

  private static final List<ExpectedOrder> TENANT_ORDER =
      List.of(ExpectedOrder.doing(REALM, CLIENT), ExpectedOrder.doing(CLIENT, ROLES));

  /** How long the step that is killed takes to answer after its effect. */
  private static final int TIME_TO_KILL_MILLIS = 4_000;

  static final List<DemoScenario> ALL =
      List.of(completes(), retries(), rollsBack(), parallel(), graph(), killed());

  private DemoScenarios() {}

  /** The topics of all commands that may be sent. */
  static List<String> topics() {
    return ALL.stream()
        .flatMap(
            scenario ->
                scenario.expected().steps().stream()
                    .map(step -> Topics.doTopic(scenario.orchestration(), step.step())))
        .distinct()
        .toList();
  }

  private static DemoScenario completes() {
    return new DemoScenario(
        "completes",
        "A flow that completes",
        "Three steps, one after the other: a realm, a client in it, and its roles.",
        TENANT,
        "{\"tenantName\":\"acme\"}",
        null,
        new ExpectedFlow(
            "COMPLETED",
            List.of(ExpectedStep.done(REALM), ExpectedStep.done(CLIENT), ExpectedStep.done(ROLES)),
            TENANT_ORDER,
            false));
  }

  private static DemoScenario retries() {
    return new DemoScenario(
        "retries",
        "A step that fails twice and is retried",
        "createClient is told to fail on its first two attempts; the third one succeeds.",
        TENANT,
        "{\"tenantName\":\"acme\",\"behave\":{\"createClient\":{\"do\":{\"failTimes\":2}}}}",
        null,
        new ExpectedFlow(
            "COMPLETED",
            List.of(
                ExpectedStep.done(REALM),
                new ExpectedStep(CLIENT, 3, 1, 0),
                ExpectedStep.done(ROLES)),
            TENANT_ORDER,
            false));
  }

  private static DemoScenario rollsBack() {
    return new DemoScenario(
        "rolls-back",
        "A flow that is rolled back",
        "assignRoles is told to fail for good. The steps before it are undone, last one first.",
        TENANT,
        "{\"tenantName\":\"acme\",\"behave\":{\"assignRoles\":{\"do\":{\"failForGood\":true}}}}",
        null,
        new ExpectedFlow(
            "UNDONE",
            List.of(
                ExpectedStep.doneAndUndone(REALM),
                ExpectedStep.doneAndUndone(CLIENT),
                new ExpectedStep(ROLES, 1, 0, 0)),
            List.of(ExpectedOrder.doing(REALM, CLIENT), ExpectedOrder.undoing(CLIENT, REALM)),
            false));
  }

  private static DemoScenario parallel() {
    return new DemoScenario(
        "parallel",
        "Four steps at the same time",
        "None of the four waits for another; the flow completes when all have answered.",
        "userOnboarding",
        "{\"userName\":\"ada\",\"email\":\"ada@example.com\"}",
        null,
        new ExpectedFlow(
            "COMPLETED",
            List.of(
                ExpectedStep.done("createUserProfile"),
                ExpectedStep.done("sendWelcomeEmail"),
                ExpectedStep.done("setupDefaultPreferences"),
                ExpectedStep.done("assignDefaultRole")),
            List.of(),
            true));
  }

  private static DemoScenario graph() {
    String validate = "validateOrder";
    String reserve = "reserveInventory";
    String authorize = "authorizePayment";
    String ship = "createShipment";
    String capture = "capturePayment";
    String confirm = "sendConfirmation";
    return new DemoScenario(
        "graph",
        "A graph of steps, with a point of no return",
        "Two steps side by side, then one that needs both; capturePayment is the point of no return.",
        "orderProcessing",
        "{\"orderId\":\"4711\",\"total\":{\"amount\":42,\"currency\":\"EUR\"}}",
        null,
        new ExpectedFlow(
            "COMPLETED",
            List.of(
                ExpectedStep.done(validate),
                ExpectedStep.done(reserve),
                ExpectedStep.done(authorize),
                ExpectedStep.done(ship),
                ExpectedStep.done(capture),
                ExpectedStep.done(confirm)),
            List.of(
                ExpectedOrder.doing(validate, reserve),
                ExpectedOrder.doing(validate, authorize),
                ExpectedOrder.doing(reserve, ship),
                ExpectedOrder.doing(authorize, ship),
                ExpectedOrder.doing(ship, capture),
                ExpectedOrder.doing(capture, confirm)),
            false));
  }

  private static DemoScenario killed() {
    return new DemoScenario(
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
        new ExpectedFlow(
            "COMPLETED",
            List.of(
                ExpectedStep.done(REALM),
                new ExpectedStep(CLIENT, 1, 1, 0),
                ExpectedStep.done(ROLES)),
            TENANT_ORDER,
            false));
  }
}
