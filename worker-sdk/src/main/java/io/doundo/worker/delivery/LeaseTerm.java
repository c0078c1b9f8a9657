package io.doundo.worker.delivery;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a run holds its step, as far as this process knows: until the lease ends, and never past
 * the limit, which is the step's timeout. The fence measures both from when it granted the run;
 * this process measures from when it asked, which is earlier, so it never believes in a lease for
 * longer than the fence does. All times are nanoseconds of {@link System#nanoTime}. Not
 * thread-safe.
 */
public final class LeaseTerm {

  private final long lease;
  private final long limit;

  /** Near its end a lease is renewed no more often than this. */
  private final long shortestWait;

  private long limitEnds;
  private long ends;

  public LeaseTerm(Duration lease, Duration limit) {
    this.lease = lease.toNanos();
    this.limit = limit.toNanos();
    this.shortestWait = Math.max(Math.min(this.lease, this.limit) / 10, 1);
  }

  /** The fence granted the run when it was asked at this time. */
  public void granted(long askedAt) {
    limitEnds = askedAt + limit;
    ends = endOf(askedAt);
  }

  /** The fence renewed the lease when it was asked at this time. */
  public void renewed(long askedAt) {
    long renewedEnd = endOf(askedAt);
    if (renewedEnd - ends > 0) {
      ends = renewedEnd;
    }
  }

  private long endOf(long askedAt) {
    long end = askedAt + lease;
    return end - limitEnds < 0 ? end : limitEnds;
  }

  public boolean lasts(long now) {
    return now - ends < 0;
  }

  /** Whether it can no longer be renewed. */
  boolean limitReached(long now) {
    return now - limitEnds >= 0;
  }

  /** How long until the lease ends; 0 when it has ended. */
  long left(long now) {
    return Math.max(0, ends - now);
  }

  /**
   * How long to wait before the lease is renewed: a third of what is left. A lease at its limit
   * cannot grow, but renewing it still shows whether an UNDO waits.
   */
  public long untilRenewal(long now) {
    return isFinal() ? Math.max(left(now) / 3, shortestWait) : left(now) / 3;
  }

  /** Whether the lease ends for good before it is worth renewing again. */
  public boolean endsBeforeRenewal(long now) {
    return isFinal() && untilRenewal(now) >= left(now);
  }

  private boolean isFinal() {
    return ends == limitEnds;
  }

  /** The pause before an unanswered request to the fence is retried. */
  long untilRetry(long now) {
    long soon = Math.min(TimeUnit.SECONDS.toNanos(1), Math.max(lease / 3, 1));
    return Math.max(0, Math.min(soon, limitEnds - now));
  }
}
