package io.doundo.worker.fence;

import java.nio.charset.StandardCharsets;

/**
 * Names the keys in Redis. Records are spread over buckets by a hash tag, so that in a cluster a
 * step's record is on the same node as its bucket's mark of when absence began to be evidence.
 */
final class FenceKeys {

  static final int BUCKETS = 256;

  private final String[] buckets = new String[BUCKETS];

  FenceKeys(String prefix) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      buckets[bucket] = String.format("%s:{%02x}:", prefix, bucket);
    }
  }

  /** The record, and the mark of its bucket. */
  byte[][] of(FenceKey key) {
    String name =
        key.orchestration()
            + ':'
            + key.step()
            + ':'
            + (key.incarnation() == null ? "-" : key.incarnation())
            + ':'
            + key.flowId();
    int bucket = Math.floorMod(name.hashCode(), BUCKETS);
    return keys(bucket, name);
  }

  /** A record that never is, and the mark of this bucket. */
  byte[][] ofBucket(int bucket) {
    return keys(bucket, "none");
  }

  private byte[][] keys(int bucket, String name) {
    String tagged = buckets[bucket];
    return new byte[][] {bytes(tagged + name), bytes(tagged + "since")};
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
