package io.doundo.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.Terminal;
import io.doundo.launcher.demo.Evidence.Effect;
import io.doundo.launcher.demo.Evidence.Kind;
import io.doundo.launcher.demo.Evidence.StepState;
import io.doundo.launcher.demo.Evidence.Thing;
import io.doundo.launcher.demo.Promise.StepPromise;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

  @Test
  void promisesAndFindingsStandSideBySide() {
    Scenario scenario =
        new Scenario(
            "key",
            "A flow that is rolled back",
            "story",
            "order",
            "{}",
            null,
            new Promise(
                "UNDONE",
                List.of(StepPromise.doneAndUndone("pack"), new StepPromise("send", 1, 0, 0)),
                List.of(),
                false));
    Evidence kept =
        new Evidence(
            "UNDONE",
            "",
            List.of(new StepState("pack", "UNDO_SUCCESS", 1), new StepState("send", "FAILED", 1)),
            List.of(),
            List.of(
                new Effect("pack", Kind.CREATED, "parcel", "w"),
                new Effect("pack", Kind.REMOVED, "parcel", "w")),
            List.of(),
            "");
    Evidence broken =
        new Evidence(
            "UNDONE",
            "",
            kept.steps(),
            List.of(),
            List.of(new Effect("pack", Kind.CREATED, "parcel", "w")),
            List.of(new Thing("pack", "parcel")),
            "");

    List<String> lines =
        Summary.lines(
            List.of(Outcome.of(scenario, "demo-1", kept), Outcome.of(scenario, "demo-2", broken)),
            new Terminal(false));

    assertThat(lines)
        .containsExactly(
            "Expected and actual effects",
            "The ledger lists what the workers did; the store holds what exists now.",
            "",
            "1  A flow that is rolled back: as expected",
            "   demo-1 is UNDONE",
            "     STEP  PROMISED                IN THE LEDGER           IN THE STORE",
            "     pack  done once, undone once  done once, undone once  -",
            "     send  nothing                 nothing                 -",
            "",
            "2  A flow that is rolled back: NOT AS PROMISED",
            "   demo-2 is UNDONE",
            "     STEP  PROMISED                IN THE LEDGER  IN THE STORE",
            "     pack  done once, undone once  done once      parcel",
            "     send  nothing                 nothing        -",
            "   The ledger holds no undo of pack; expected 1.");
  }
}
