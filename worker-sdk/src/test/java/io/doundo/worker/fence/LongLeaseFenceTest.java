package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The whole conformance suite with leases that are longer than the timeouts of their steps, as they
 * are by default for every step whose timeout is below 30 s: a run is over at the timeout, and no
 * renewal carries it further.
 */
class LongLeaseFenceTest extends InMemoryFenceTest {

  @Override
  Duration lease() {
    return LIMIT;
  }

  @Override
  Duration limit() {
    return LEASE;
  }

  /** It cannot: the step's timeout ends the run. */
  @Override
  @Test
  void renewal_keepsTheLease() {
    Token token = doing(1);
    passes(LEASE.dividedBy(2).plusSeconds(1));
    assertThat(done(fence().renew(key, token, lease()))).isEqualTo(RenewResult.HELD);
    waits(beginDo(claim(1)));
    passes(LEASE.dividedBy(2).minusSeconds(1));
    assertThat(done(fence().renew(key, token, lease()))).isEqualTo(RenewResult.LIMIT_REACHED);
    runsAgain(beginDo(claim(1)));
  }

  /** It is not: it has expired by the step's timeout, which no renewal extends. */
  @Override
  @Test
  void anExpiredLeaseThatNobodyTook_isStillHeld() {
    Token token = expired(1);
    assertThat(done(fence().renew(key, token, lease()))).isEqualTo(RenewResult.LIMIT_REACHED);
    runsAgain(beginDo(claim(2)));
  }
}
