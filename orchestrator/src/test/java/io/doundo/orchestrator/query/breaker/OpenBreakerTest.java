package io.doundo.orchestrator.query.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.breaker.BreakerDecider;
import io.doundo.orchestrator.breaker.BreakerEvent;
import io.doundo.orchestrator.breaker.BreakerEvent.Asked;
import io.doundo.orchestrator.breaker.BreakerEvent.Reported;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerEvent.TimeReached;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which breakers are incidents, and what is said of them. */
class OpenBreakerTest {

  private static final Instant NOON = Instant.parse("2027-05-04T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static BreakerState after(String name, BreakerEvent... events) {
    BreakerState state = BreakerState.unknown(name);
    for (BreakerEvent event : events) {
      state = BreakerDecider.decide(state, event).next();
    }
    return state;
  }

  private static Reported faults(Instant at, int held) {
    return new Reported(at, 2, 0, 5, held);
  }

  private static List<OpenBreaker> at(Duration later, BreakerState... states) {
    return OpenBreaker.forLong(List.of(states), NOON.plus(later));
  }

  @Test
  void aBreakerThatHasBeenOpenForMoreThanFiveMinutesIsOne() {
    BreakerState bank = after("bank", faults(NOON, 7));

    assertThat(at(MINUTE.multipliedBy(5), bank)).isEmpty();
    assertThat(at(MINUTE.multipliedBy(5).plusMillis(1), bank))
        .containsExactly(
            new OpenBreaker(
                "bank",
                BreakerPhase.OPEN,
                NOON,
                NOON.plus(MINUTE),
                "5 faults within 60 s without a success",
                null,
                7));
  }

  @Test
  void itsTriesInVainDoNotMakeItANewOne() {
    BreakerState tried =
        after(
            "bank",
            faults(NOON, 7),
            new TimeReached(NOON.plus(MINUTE)),
            faults(NOON.plusSeconds(61), 4));
    assertThat(tried.since()).isEqualTo(NOON.plusSeconds(61));

    assertThat(at(MINUTE.multipliedBy(5).plusMillis(1), tried))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.openSince()).isEqualTo(NOON);
              assertThat(incident.held()).isEqualTo(4);
              assertThat(incident.why()).isEqualTo("a fault came back while it was half open");
            });
  }

  @Test
  void aHalfOpenBreakerIsOneAsLongAsItHoldsOrTriesSomething() {
    Instant later = NOON.plus(MINUTE);
    BreakerState holds = after("holds", faults(NOON, 7), new TimeReached(later));
    BreakerState tries = after("tries", faults(NOON, 1), new TimeReached(later));
    BreakerState waits = after("waits", faults(NOON, 0), new TimeReached(later));
    assertThat(List.of(holds, tries, waits))
        .allMatch(state -> state.phase() == BreakerPhase.HALF_OPEN);

    assertThat(at(MINUTE.multipliedBy(6), holds, tries, waits))
        .extracting(OpenBreaker::name)
        .containsExactly("holds", "tries");
  }

  @Test
  void theOneThatHasBeenOpenTheLongestComesFirstAndAForcedOneSaysByWhom() {
    BreakerState bank = after("bank", faults(NOON.plusSeconds(1), 1));
    BreakerState rail =
        after(
            "rail",
            new Asked(
                NOON,
                "c-1",
                new Request.ForceOpen(NOON.plus(MINUTE.multipliedBy(60))),
                "v2",
                "ann"));

    List<OpenBreaker> incidents = at(MINUTE.multipliedBy(6), bank, rail);

    assertThat(incidents).extracting(OpenBreaker::name).containsExactly("rail", "bank");
    assertThat(incidents.get(0).by()).isEqualTo("ann");
    assertThat(incidents.get(0).why()).isEqualTo("v2");
  }

  @Test
  void oneThatIsClosedIsNoneAndBeginsAnewWhenItOpensAgain() {
    Asked reset = new Asked(NOON.plusSeconds(30), "c-1", new Request.Reset(), null, null);
    BreakerState closed = after("bank", faults(NOON, 7), reset);
    assertThat(at(MINUTE.multipliedBy(6), closed)).isEmpty();

    BreakerState again = after("bank", faults(NOON, 7), reset, faults(NOON.plus(MINUTE), 7));

    assertThat(at(MINUTE.multipliedBy(6), again)).isEmpty();
    assertThat(again.openSince()).isEqualTo(NOON.plus(MINUTE));
  }
}
