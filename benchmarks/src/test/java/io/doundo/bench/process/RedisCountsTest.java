package io.doundo.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisCountsTest {

  private static final String INFO =
      """
      # CPU\r
      used_cpu_sys:1.5\r
      used_cpu_user:2.5\r
      used_cpu_sys_children:0.25\r
      used_cpu_user_children:0.5\r
      \r
      # Commandstats\r
      cmdstat_hset:calls=900,usec=1200,usec_per_call=1.33\r
      cmdstat_evalsha:calls=170,usec=2300,usec_per_call=13.53,rejected_calls=0,failed_calls=0\r
      cmdstat_eval:calls=2,usec=40,usec_per_call=20.00\r
      """;

  @Test
  void scriptsAreCountedHoweverTheyAreCalled() {
    RedisCounts counts = RedisCounts.parsed(INFO);

    assertThat(counts).isEqualTo(new RedisCounts(172, 750_000));
    assertThat(counts.since(new RedisCounts(100, 250_000))).isEqualTo(new RedisCounts(72, 500_000));
  }

  @Test
  void aRedisThatWasJustStartedHasRunNone() {
    assertThat(RedisCounts.parsed("# Commandstats\r\ncmdstat_ping:calls=1,usec=1\r\n"))
        .isEqualTo(new RedisCounts(0, 0));
  }
}
