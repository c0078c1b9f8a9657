package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MarkThrottleTest {

  private static final long NOW = Long.MAX_VALUE - 5;

  private final MarkThrottle cluster = new MarkThrottle(true);

  @Test
  void withOneRedis_everyConnectionHasThemChecked() {
    MarkThrottle single = new MarkThrottle(false);
    single.checking(NOW);
    assertThat(single.isDue(NOW)).isTrue();
  }

  @Test
  void inACluster_theFirstOneHas_andThenOneAMinute() {
    assertThat(cluster.isDue(NOW)).isTrue();
    cluster.checking(NOW);
    assertThat(cluster.isDue(NOW)).isFalse();
    assertThat(cluster.isDue(NOW + TimeUnit.SECONDS.toNanos(59))).isFalse();
    assertThat(cluster.isDue(NOW + TimeUnit.SECONDS.toNanos(60))).isTrue();
  }

  @Test
  void whenAnotherServerMayServeABucket_theNextConnectionHas_andThenNoneAgain() {
    cluster.checking(NOW);
    cluster.suspect();
    assertThat(cluster.isDue(NOW)).isTrue();
    assertThat(cluster.isDue(NOW)).as("until a check begins").isTrue();
    cluster.checking(NOW);
    assertThat(cluster.isDue(NOW)).isFalse();
  }
}
