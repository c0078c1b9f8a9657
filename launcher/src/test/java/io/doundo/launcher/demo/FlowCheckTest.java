package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedOrder;
import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.demo.ObservedFlow.ExistingThing;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import io.doundo.launcher.demo.ObservedFlow.ObservedStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A flow {@code order} of the steps {@code pack} and {@code send} that should complete. */
class FlowCheckTest {

  private String status = "COMPLETED";
  private String killed = "";
  private final List<ObservedStep> steps =
      new ArrayList<>(
          List.of(
              new ObservedStep("pack", "DO_SUCCESS", 1),
              new ObservedStep("send", "DO_SUCCESS", 1)));
  private final List<AuditEntry> audit =
      new ArrayList<>(
          List.of(
              entry(1, "STEP_STARTED", "pack"),
              entry(2, "STEP_SUCCESS", "pack"),
              entry(2, "STEP_STARTED", "send"),
              entry(3, "STEP_SUCCESS", "send")));
  private final List<LedgerEffect> ledger =
      new ArrayList<>(List.of(created("pack", "parcel"), created("send", "letter")));
  private final List<ExistingThing> things =
      new ArrayList<>(
          List.of(new ExistingThing("pack", "parcel"), new ExistingThing("send", "letter")));

  @Test
  void aFlowThatEndedAsExpectedPasses() {
    assertThat(check(null, false).isPassed()).isTrue();
    assertThat(check(null, false).problems()).isEmpty();
  }

  @Test
  void anEffectThatTheLedgerLacksIsReported() {
    ledger.remove(1);

    assertThat(check(null, false).problems())
        .containsExactly(
            "The ledger holds no effect of send; expected 1.",
            "send: the store holds letter, but the ledger says nothing.");
  }

  @Test
  void anEffectTooManyIsReported() {
    ledger.add(created("pack", "parcel-2"));
    things.add(new ExistingThing("pack", "parcel-2"));

    assertThat(check(null, false).problems())
        .containsExactly("The ledger holds 2 effects of pack; expected 1.");
  }

  @Test
  void aThingThatTheWorkersDidNotRecordIsReported() {
    things.add(new ExistingThing("send", "smuggled"));

    assertThat(check(null, false).problems())
        .containsExactly("send: the store holds letter, smuggled, but the ledger says letter.");
  }

  @Test
  void anUnexpectedUndoIsReported() {
    ledger.add(new LedgerEffect("send", EffectKind.REMOVED, "letter", "w"));
    things.remove(1);

    assertThat(check(null, false).problems())
        .containsExactly("The ledger holds 1 undo of send; expected none.");
  }

  @Test
  void anotherEndIsReportedWithItsReason() {
    status = "PARKED";

    assertThat(check(null, false).problems())
        .containsExactly("The flow is PARKED (because); expected COMPLETED.");
  }

  @Test
  void anotherRegistrationOfTheSameNameIsReported() {
    steps.add(1, new ObservedStep("gift", "DO_SUCCESS", 1));
    ledger.add(created("gift", "ribbon"));

    assertThat(check(null, false).problems())
        .containsExactly(
            "The flow has the steps [pack, gift, send], not [pack, send]: another version of order is registered.",
            "The ledger or the store has entries of unexpected steps: [gift].");
  }

  @Test
  void moreAttemptsThanExpectedAreReported() {
    steps.set(0, new ObservedStep("pack", "DO_SUCCESS", 3));

    assertThat(check(null, false).problems()).containsExactly("pack had 3 attempts; expected 1.");
  }

  @Test
  void aStepThatBeganTooEarlyIsReported() {
    audit.add(0, entry(1, "STEP_STARTED", "send"));

    assertThat(check(null, false).problems())
        .containsExactly("The DO of send began before the one of pack had succeeded.");
  }

  @Test
  void stepsThatWereNotAskedTogetherAreReported() {
    assertThat(check(null, true).problems())
        .containsExactly("Only [pack] had their DO sent before the first answer.");
  }

  @Test
  void aKillThatDidNotHappenIsReported() {
    assertThat(check("send", false).problems())
        .containsExactly("No worker was killed while it ran send.");

    killed = "other";
    assertThat(check("send", false).problems())
        .containsExactly("The effect of send was not made by the killed worker.");

    killed = "w";
    assertThat(check("send", false).isPassed()).isTrue();
  }

  @Test
  void aFlowThatNobodyKnowsIsNotKept() {
    status = "";
    ledger.clear();
    things.clear();

    assertThat(check(null, false).problems()).contains("The orchestrator does not know the flow.");
  }

  private FlowCheck check(@Nullable String killedAt, boolean together) {
    ExpectedFlow expected =
        new ExpectedFlow(
            "COMPLETED",
            List.of(ExpectedStep.done("pack"), ExpectedStep.done("send")),
            List.of(ExpectedOrder.doing("pack", "send")),
            together);
    return FlowCheck.of(
        new DemoScenario("key", "title", "story", "order", "{}", killedAt, expected),
        new ObservedFlow(status, "because", steps, audit, ledger, things, killed));
  }

  private static LedgerEffect created(String step, String thing) {
    return new LedgerEffect(step, EffectKind.CREATED, thing, "w");
  }

  private static AuditEntry entry(int transition, String type, String step) {
    return new AuditEntry(transition, type, step, "DO", 1, -1, "", Instant.EPOCH, "IN_PROGRESS");
  }
}
