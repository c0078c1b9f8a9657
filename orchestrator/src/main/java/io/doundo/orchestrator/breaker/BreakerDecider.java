package io.doundo.orchestrator.breaker;

import io.doundo.orchestrator.breaker.BreakerEvent.Asked;
import io.doundo.orchestrator.breaker.BreakerEvent.Reported;
import io.doundo.orchestrator.breaker.BreakerEvent.Request;
import io.doundo.orchestrator.breaker.BreakerState.Faults;
import io.doundo.orchestrator.breaker.BreakerState.Forced;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a breaker opens and how it closes. Pure: state and event go in, the next state and
 * its entries come out. A report may be lost with an aborted transaction, so a breaker may open a
 * little late, and never opens wrongly.
 */
public final class BreakerDecider {

  /** From the second wave on, the next one follows after this time: 1 s. */
  public static final Duration TICK = Duration.ofSeconds(1);

  /** A breaker can be forced open for this time: 7 days. */
  public static final Duration LONGEST_FORCED = Duration.ofDays(7);

  private static final int LARGEST_WAVE = 10_000;

  private BreakerDecider() {}

  /** What the event leads to. A repeated request, or a report of nothing new, changes nothing. */
  public static BreakerDecision decide(BreakerState state, BreakerEvent event) {
    BreakerDraft draft = new BreakerDraft(state, event.at());
    // What came due before is decided by what was known then.
    reach(draft);
    if (event instanceof Reported report) {
      report(draft, report);
    } else if (event instanceof Asked asked && state.outcomeOf(asked.controlId()) == null) {
      ask(draft, asked);
    }
    return draft.decided();
  }

  private static void reach(BreakerDraft draft) {
    if (!draft.isDue()) {
      return;
    }
    BreakerWave wave = draft.wave;
    if (wave == null) {
      halfOpen(draft);
    } else if (wave.number() == 1 && draft.held.isEmpty()) {
      // The next command that is held is the next one to be tried.
      draft.wave = null;
    } else if (wave.number() == 1) {
      // Some answers of the first wave have not come, and no fault has: it is tried again.
      letThrough(draft, 1);
    } else {
      goOn(draft, wave);
    }
  }

  private static void report(BreakerDraft draft, Reported report) {
    if (report.held() > 0) {
      draft.held.put(report.task(), report.held());
    } else {
      draft.held.remove(report.task());
    }
    if (report.faults() > 0) {
      draft.isDeleted = false;
    }
    switch (draft.phase) {
      case CLOSED -> count(draft, report);
      case HALF_OPEN -> tryOut(draft, report);
      case OPEN, FORCED_OPEN -> {
        // These are answers to what was sent before.
      }
    }
  }

  private static void count(BreakerDraft draft, Reported report) {
    if (report.ok() > 0) {
      draft.faults = List.of();
      return;
    }
    if (report.faults() == 0) {
      return;
    }
    List<Faults> faults = new ArrayList<>();
    int counted = report.faults();
    for (Faults earlier : draft.faults) {
      if (earlier.at().plus(draft.config.window()).isAfter(draft.now)) {
        faults.add(earlier);
        counted += earlier.count();
      }
    }
    faults.add(new Faults(draft.now, report.faults()));
    if (counted >= draft.config.faults()) {
      open(
          draft,
          "%d faults within %d s without a success"
              .formatted(counted, draft.config.window().toSeconds()));
    } else {
      draft.faults = faults;
    }
  }

  private static void tryOut(BreakerDraft draft, Reported report) {
    BreakerWave wave = draft.wave;
    if (report.faults() > 0) {
      open(draft, "a fault came back while it was half open");
    } else if (wave == null) {
      if (draft.heldInAll() > 0) {
        letThrough(draft, 1);
      }
    } else if (report.ok() > 0) {
      BreakerWave answered = wave.answered(report.ok());
      draft.wave = answered;
      if (wave.number() == 1 && answered.isAnswered()) {
        goOn(draft, answered);
      }
    }
  }

  private static void goOn(BreakerDraft draft, BreakerWave wave) {
    if (wave.isAll()) {
      draft.enter(BreakerPhase.CLOSED, null);
      draft.opened = 0;
      draft.tell(BreakerEntry.Type.BREAKER_CLOSED, "no fault has come back", null);
    } else {
      letThrough(draft, wave.number() + 1);
    }
  }

  private static void open(BreakerDraft draft, String why) {
    draft.opened++;
    draft.enter(BreakerPhase.OPEN, draft.now.plus(draft.config.openFor(draft.opened)));
    draft.tell(BreakerEntry.Type.BREAKER_OPENED, why, null);
  }

  private static void halfOpen(BreakerDraft draft) {
    draft.enter(BreakerPhase.HALF_OPEN, null);
    draft.tell(BreakerEntry.Type.BREAKER_HALF_OPENED, null, null);
    if (draft.heldInAll() > 0) {
      letThrough(draft, 1);
    }
  }

  /**
   * Lets a wave through, twice as large as the one before: one command of each task in turn, until
   * it is full or nothing is held.
   */
  private static void letThrough(BreakerDraft draft, int number) {
    int left = sizeOf(draft.config, number);
    Map<Integer, Integer> shares = new TreeMap<>();
    while (left > 0 && !draft.held.isEmpty()) {
      for (Integer task : List.copyOf(draft.held.keySet())) {
        if (left > 0) {
          left--;
          shares.merge(task, 1, Integer::sum);
          int rest = draft.held.merge(task, -1, Integer::sum);
          if (rest == 0) {
            draft.held.remove(task);
          }
        }
      }
    }
    draft.wave = new BreakerWave(number, draft.now, shares, 0, draft.held.isEmpty());
  }

  private static int sizeOf(BreakerConfig config, int wave) {
    long size = config.firstWave();
    for (int i = 1; i < wave && size < LARGEST_WAVE; i++) {
      size *= 2;
    }
    return (int) Math.min(size, LARGEST_WAVE);
  }

  private static void ask(BreakerDraft draft, Asked asked) {
    String refusal = refusal(asked.request(), asked.reason(), draft.now);
    draft.remember(asked.controlId(), refusal);
    if (refusal != null) {
      draft.tell(BreakerEntry.Type.REQUEST_REFUSED, refusal, asked.by());
      return;
    }
    Request request = asked.request();
    draft.isDeleted = request instanceof Request.Delete;
    if (draft.isDeleted) {
      draft.config = BreakerConfig.DEFAULT;
    }
    if (request instanceof Request.Configure configured) {
      draft.config = configured.config();
      draft.tell(BreakerEntry.Type.BREAKER_CONFIGURED, asked.reason(), asked.by());
    } else if (request instanceof Request.ForceOpen forced) {
      draft.enter(BreakerPhase.FORCED_OPEN, forced.until());
      draft.forced = new Forced(String.valueOf(asked.reason()), asked.by());
      draft.tell(BreakerEntry.Type.BREAKER_FORCED_OPEN, asked.reason(), asked.by());
    } else {
      draft.enter(BreakerPhase.CLOSED, null);
      draft.opened = 0;
      draft.tell(
          draft.isDeleted ? BreakerEntry.Type.BREAKER_DELETED : BreakerEntry.Type.BREAKER_RESET,
          asked.reason(),
          asked.by());
    }
  }

  /**
   * Why a request is refused, whatever the state of the breaker; null when it is carried out.
   *
   * @param now by the orchestrator's clock
   */
  public static @Nullable String refusal(Request request, @Nullable String reason, Instant now) {
    if (request instanceof Request.Configure configured) {
      List<String> problems = configured.config().problems();
      return problems.isEmpty() ? null : String.join("; ", problems);
    }
    if (request instanceof Request.ForceOpen forced) {
      Instant until = forced.until();
      if (reason == null || reason.isBlank()) {
        return "reason is missing: say why it is forced open";
      }
      if (!until.isAfter(now)) {
        return "until is past: " + until;
      }
      if (until.isAfter(now.plus(LONGEST_FORCED))) {
        return "until is more than 7 days away: " + until;
      }
    }
    return null;
  }
}
