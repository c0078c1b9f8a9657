package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.app.PeerPass.Bearer;
import org.junit.jupiter.api.Test;

class PeerPassTest {

  private static final Bearer ALICE = new Bearer("alice", DoundoProperties.Role.OPERATOR);
  private static final long NOW = 1_700_000_000_000L;

  private final PeerPass passes = new PeerPass("s".repeat(32));

  @Test
  void aPassSaysWhoAsksForWhichFlow() {
    assertThat(passes.check(passes.issue(ALICE, "f/1", NOW), "f/1", NOW + 29_999)).contains(ALICE);
  }

  @Test
  void aPassIsGoodForOneFlowAndThirtySeconds() {
    String pass = passes.issue(ALICE, "f", NOW);
    assertThat(passes.check(pass, "g", NOW)).isEmpty();
    assertThat(passes.check(pass, "f", NOW + 30_000)).isEmpty();
    assertThat(passes.check(pass, "f", NOW - 60_000)).as("made out in the future").isEmpty();
  }

  @Test
  void nobodyMakesOrChangesAPassWithoutTheSecret() {
    String pass = passes.issue(ALICE, "f", NOW);
    assertThat(new PeerPass("t".repeat(32)).check(pass, "f", NOW)).isEmpty();
    String admin =
        new PeerPass("t".repeat(32))
            .issue(new Bearer("alice", DoundoProperties.Role.ADMIN), "f", NOW);
    String forged = admin.substring(0, admin.indexOf('.')) + pass.substring(pass.indexOf('.'));
    assertThat(passes.check(forged, "f", NOW)).isEmpty();
    assertThat(passes.check("", "f", NOW)).isEmpty();
    assertThat(passes.check("%.%", "f", NOW)).isEmpty();
  }
}
