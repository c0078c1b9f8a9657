package io.doundo.worker.fence;

import java.time.Duration;

/**
 * Decides whether a new connection has the marks checked. With one Redis each connection has. In a
 * cluster every node has its own connection, and topology refreshes open more, so that without a
 * reason they are checked at most once a minute. A reason is that another server may have come to
 * serve a bucket: the topology has changed, or a connection has broken. Not thread-safe.
 */
final class MarkThrottle {

  private static final long OF_CLUSTER_EVERY_NANOS = Duration.ofSeconds(60).toNanos();

  private final boolean cluster;
  private boolean suspected = true;
  private long checkedAt;

  MarkThrottle(boolean cluster) {
    this.cluster = cluster;
  }

  /** Another server may serve a bucket now. Holds until the next check begins. */
  void suspect() {
    suspected = true;
  }

  /** A check of all marks begins. */
  void checking(long nanoTime) {
    suspected = false;
    checkedAt = nanoTime;
  }

  /** Whether a connection that is new now has them checked. */
  boolean isDue(long nanoTime) {
    return !cluster || suspected || nanoTime - checkedAt >= OF_CLUSTER_EVERY_NANOS;
  }
}
