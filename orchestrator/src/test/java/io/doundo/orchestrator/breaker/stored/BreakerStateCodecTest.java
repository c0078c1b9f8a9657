package io.doundo.orchestrator.breaker.stored;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerEvent;
import io.doundo.orchestrator.breaker.BreakerEvent.Asked;
import io.doundo.orchestrator.breaker.BreakerEvent.Reported;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerEvent.TimeReached;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** States of every phase survive being stored, and what cannot be read says so. */
class BreakerStateCodecTest {

  private static final Instant NOW = Instant.parse("2027-05-04T12:00:00.123Z");

  private static BreakerState after(BreakerEvent... events) {
    BreakerState state = BreakerState.unknown("bank");
    for (BreakerEvent event : events) {
      state = BreakerDecider.decide(state, event).next();
    }
    return state;
  }

  @Test
  void aStateOfEachPhaseIsReadAsItWas() throws MalformedRecordException {
    Reported faults = new Reported(NOW, 3, 0, 5, 4);
    Instant later = NOW.plus(Duration.ofMinutes(1));
    Request open = new Request.ForceOpen(NOW.plus(Duration.ofHours(2)));
    for (BreakerState state :
        List.of(
            BreakerState.unknown("bank"),
            after(new Reported(NOW, 0, 0, 2, 0)),
            after(faults),
            after(faults, new TimeReached(later)),
            after(new Asked(NOW, "c-1", open, "maintenance", "ann")),
            after(new Asked(NOW, "c-1", open, null, null)),
            after(faults, new Asked(NOW, "c-2", new Request.Delete(), null, null)))) {
      assertThat(BreakerStateCodec.decode(BreakerStateCodec.encode(state))).isEqualTo(state);
    }
  }

  @Test
  void theSameStateHasTheSameBytes() throws MalformedRecordException {
    BreakerState state =
        after(
            new Reported(NOW, 11, 0, 5, 4),
            new Reported(NOW, 2, 0, 0, 1),
            new Reported(NOW, 7, 0, 0, 9),
            new TimeReached(NOW.plus(Duration.ofMinutes(1))));
    byte[] stored = BreakerStateCodec.encode(state);

    assertThat(BreakerStateCodec.encode(BreakerStateCodec.decode(stored))).isEqualTo(stored);
  }

  @Test
  void aBreakerThatAnEarlierReleaseStoredIsOpenSinceItsPhaseBegan()
      throws MalformedRecordException {
    for (BreakerState state :
        List.of(BreakerState.unknown("bank"), after(new Reported(NOW, 3, 0, 5, 4)))) {
      String stored = new String(BreakerStateCodec.encode(state), UTF_8);
      String earlier = stored.replaceAll("\"openSince\":\"[^\"]*\",", "");
      assertThat(earlier).doesNotContain("openSince");

      assertThat(BreakerStateCodec.decode(earlier.getBytes(UTF_8))).isEqualTo(state);
    }
  }

  @Test
  void aNewerSchemaAndDamagedBytesAreRefused() {
    String newer =
        new String(BreakerStateCodec.encode(BreakerState.unknown("bank")), UTF_8)
            .replace("\"schema\":1", "\"schema\":2");
    assertThatThrownBy(() -> BreakerStateCodec.decode(newer.getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("schema 2; this version reads 1");
    assertThatThrownBy(() -> BreakerStateCodec.decode("{".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class);
    assertThat(BreakerStateCodec.schemaOf("{".getBytes(UTF_8))).isZero();
  }

  @Test
  void figuresThatNoBreakerCanHaveAreRefused() {
    String stored = new String(BreakerStateCodec.encode(BreakerState.unknown("bank")), UTF_8);
    String damaged = stored.replace("\"firstWave\":3", "\"firstWave\":-1");
    assertThat(damaged).isNotEqualTo(stored);

    assertThatThrownBy(() -> BreakerStateCodec.decode(damaged.getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("firstWave must be between 1 and 1000, but is -1");
  }

  @Test
  void aReportIsReadAsItWas() throws MalformedRecordException {
    BreakerMessage report = new BreakerMessage("bank", 7, 1, 2, 3);

    assertThat(BreakerMessage.decode(report.encode())).isEqualTo(report);
    assertThatThrownBy(() -> BreakerMessage.decode("B{}".getBytes(UTF_8)))
        .isInstanceOf(MalformedRecordException.class);
  }
}
