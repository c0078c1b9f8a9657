package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.demo.ExpectedFlow.ExpectedStep;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.demo.ObservedFlow.ExistingThing;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import io.doundo.launcher.demo.ObservedFlow.ObservedStep;
import io.doundo.launcher.text.Terminal;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

  @Test
  void expectedAndObservedAreShownSideBySide() {
    DemoScenario scenario =
        new DemoScenario(
            "key",
            "A flow that is rolled back",
            "story",
            "order",
            "{}",
            null,
            new ExpectedFlow(
                "UNDONE",
                List.of(ExpectedStep.doneAndUndone("pack"), new ExpectedStep("send", 1, 0, 0)),
                List.of(),
                false));
    ObservedFlow kept =
        new ObservedFlow(
            "UNDONE",
            "",
            List.of(
                new ObservedStep("pack", "UNDO_SUCCESS", 1), new ObservedStep("send", "FAILED", 1)),
            List.of(),
            List.of(
                new LedgerEffect("pack", EffectKind.CREATED, "parcel", "w"),
                new LedgerEffect("pack", EffectKind.REMOVED, "parcel", "w")),
            List.of(),
            "");
    ObservedFlow broken =
        new ObservedFlow(
            "UNDONE",
            "",
            kept.steps(),
            List.of(),
            List.of(new LedgerEffect("pack", EffectKind.CREATED, "parcel", "w")),
            List.of(new ExistingThing("pack", "parcel")),
            "");

    List<String> lines =
        Summary.lines(
            List.of(
                ScenarioResult.of(scenario, "demo-1", kept),
                ScenarioResult.of(scenario, "demo-2", broken)),
            new Terminal(false));

    assertThat(lines)
        .containsExactly(
            "Expected and actual effects",
            "The ledger lists what the workers did; the store holds what exists now.",
            "",
            "1  A flow that is rolled back: as expected",
            "   demo-1 is UNDONE",
            "     STEP  EXPECTED                IN THE LEDGER           IN THE STORE",
            "     pack  done once, undone once  done once, undone once  -",
            "     send  nothing                 nothing                 -",
            "",
            "2  A flow that is rolled back: NOT AS EXPECTED",
            "   demo-2 is UNDONE",
            "     STEP  EXPECTED                IN THE LEDGER  IN THE STORE",
            "     pack  done once, undone once  done once      parcel",
            "     send  nothing                 nothing        -",
            "   The ledger holds no undo of pack; expected 1.");
  }
}
