package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.demo.Evidence.Effect;
import io.doundo.launcher.demo.Evidence.Kind;
import io.doundo.launcher.demo.Evidence.StepState;
import io.doundo.launcher.demo.Evidence.Thing;
import io.doundo.launcher.demo.Promise.Before;
import io.doundo.launcher.demo.Promise.StepPromise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A flow {@code order} of the steps {@code pack} and {@code send} that is to be completed. */
class VerdictTest {

  private String status = "COMPLETED";
  private String killed = "";
  private final List<StepState> steps =
      new ArrayList<>(
          List.of(new StepState("pack", "DO_SUCCESS", 1), new StepState("send", "DO_SUCCESS", 1)));
  private final List<AuditEntry> audit =
      new ArrayList<>(
          List.of(
              entry(1, "STEP_STARTED", "pack"),
              entry(2, "STEP_SUCCESS", "pack"),
              entry(2, "STEP_STARTED", "send"),
              entry(3, "STEP_SUCCESS", "send")));
  private final List<Effect> ledger =
      new ArrayList<>(List.of(created("pack", "parcel"), created("send", "letter")));
  private final List<Thing> things =
      new ArrayList<>(List.of(new Thing("pack", "parcel"), new Thing("send", "letter")));

  @Test
  void whatIsAsPromisedIsKept() {
    assertThat(verdict(null, false).isKept()).isTrue();
    assertThat(verdict(null, false).problems()).isEmpty();
  }

  @Test
  void anEffectThatTheLedgerLacksIsTold() {
    ledger.remove(1);

    assertThat(verdict(null, false).problems())
        .containsExactly(
            "The ledger holds no effect of send; expected 1.",
            "send: the store holds letter, but the ledger says nothing.");
  }

  @Test
  void anEffectTooManyIsTold() {
    ledger.add(created("pack", "parcel-2"));
    things.add(new Thing("pack", "parcel-2"));

    assertThat(verdict(null, false).problems())
        .containsExactly("The ledger holds 2 effects of pack; expected 1.");
  }

  @Test
  void aThingThatTheWorkersDidNotRecordIsTold() {
    things.add(new Thing("send", "smuggled"));

    assertThat(verdict(null, false).problems())
        .containsExactly("send: the store holds letter, smuggled, but the ledger says letter.");
  }

  @Test
  void anUndoThatNobodyPromisedIsTold() {
    ledger.add(new Effect("send", Kind.REMOVED, "letter", "w"));
    things.remove(1);

    assertThat(verdict(null, false).problems())
        .containsExactly("The ledger holds 1 undo of send; expected none.");
  }

  @Test
  void anotherEndIsToldWithItsReason() {
    status = "PARKED";

    assertThat(verdict(null, false).problems())
        .containsExactly("The flow is PARKED (because); expected COMPLETED.");
  }

  @Test
  void anotherRegistrationOfTheSameNameIsTold() {
    steps.add(1, new StepState("gift", "DO_SUCCESS", 1));
    ledger.add(created("gift", "ribbon"));

    assertThat(verdict(null, false).problems())
        .containsExactly(
            "The flow has the steps [pack, gift, send], not [pack, send]: another version of order is registered.",
            "The ledger or the store has entries of unexpected steps: [gift].");
  }

  @Test
  void moreAttemptsThanPromisedAreTold() {
    steps.set(0, new StepState("pack", "DO_SUCCESS", 3));

    assertThat(verdict(null, false).problems()).containsExactly("pack had 3 attempts; expected 1.");
  }

  @Test
  void aStepThatBeganTooEarlyIsTold() {
    audit.add(0, entry(1, "STEP_STARTED", "send"));

    assertThat(verdict(null, false).problems())
        .containsExactly("The DO of send began before the one of pack had succeeded.");
  }

  @Test
  void stepsThatWereNotAskedTogetherAreTold() {
    assertThat(verdict(null, true).problems())
        .containsExactly("Only [pack] had their DO sent before the first answer.");
  }

  @Test
  void aKillThatDidNotHappenIsTold() {
    assertThat(verdict("send", false).problems())
        .containsExactly("No worker was killed while it ran send.");

    killed = "other";
    assertThat(verdict("send", false).problems())
        .containsExactly("The effect of send was not made by the killed worker.");

    killed = "w";
    assertThat(verdict("send", false).isKept()).isTrue();
  }

  @Test
  void aFlowThatNobodyKnowsIsNotKept() {
    status = "";
    ledger.clear();
    things.clear();

    assertThat(verdict(null, false).problems())
        .contains("The orchestrator does not know the flow.");
  }

  private Verdict verdict(@Nullable String killedAt, boolean together) {
    Promise promise =
        new Promise(
            "COMPLETED",
            List.of(StepPromise.done("pack"), StepPromise.done("send")),
            List.of(Before.doing("pack", "send")),
            together);
    return Verdict.of(
        new Scenario("key", "title", "story", "order", "{}", killedAt, promise),
        new Evidence(status, "because", steps, audit, ledger, things, killed));
  }

  private static Effect created(String step, String thing) {
    return new Effect(step, Kind.CREATED, thing, "w");
  }

  private static AuditEntry entry(int transition, String type, String step) {
    return new AuditEntry(transition, type, step, "DO", 1, -1, "", Instant.EPOCH, "IN_PROGRESS");
  }
}
