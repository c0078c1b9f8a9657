package io.doundo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.ExitCodes;
import org.junit.jupiter.api.Test;

/** What {@code --peers} refuses before anything starts. */
class PeerOptionsTest extends SmallBench {

  @Test
  void anUnknownPeerIsToldWithTheKnownOnes() {
    assertThat(bench("--peers=restate,temporal")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .contains("There is no peer temporal; there are restate, zeebe, dbos.");
  }

  @Test
  void scenariosAndModesAreNotForPeers() {
    assertThat(bench("--peers=restate", "--scenario=live")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .contains("--peers measures mode full in scenarios of its own, without --scenario.");
  }

  @Test
  void flowsOfPeersMustBePositive() {
    assertThat(bench("--peers=restate", "--peer-flows=0")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--peer-flows and --peer-in-flight must be at least 1.");
  }
}
