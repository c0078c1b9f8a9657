package io.doundo.worker.fence;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Names the keys in Redis. Records are spread over buckets by a hash tag. A cluster keeps the mark
 * of when absence began to be evidence, and the set of the records in doubt, once for each bucket,
 * because a script reaches only one node; a single Redis keeps one of each for all.
 */
final class FenceKeys {

  static final int BUCKETS = 256;

  private final byte[] markOfAll;
  private final byte[] doubtsOfAll;
  private final String[] buckets = new String[BUCKETS];
  private final boolean cluster;

  private FenceKeys(String prefix, boolean cluster) {
    this.cluster = cluster;
    this.markOfAll = bytes(prefix + ":since");
    this.doubtsOfAll = bytes(prefix + ":doubts");
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      buckets[bucket] = String.format("%s:{%02x}:", prefix, bucket);
    }
  }

  static FenceKeys ofSingle(String prefix) {
    return new FenceKeys(prefix, false);
  }

  static FenceKeys ofCluster(String prefix) {
    return new FenceKeys(prefix, true);
  }

  boolean isCluster() {
    return cluster;
  }

  /** The record, the mark of its bucket, and the bucket's records in doubt. */
  byte[][] of(FenceKey key) {
    String name =
        key.orchestration()
            + ':'
            + key.step()
            + ':'
            + (key.incarnation() == null ? "-" : key.incarnation())
            + ':'
            + key.flowId();
    return keys(Math.floorMod(name.hashCode(), BUCKETS), name);
  }

  /** The same for every existing mark, with a record for trials. */
  List<byte[][]> marks() {
    return IntStream.range(0, cluster ? BUCKETS : 1).mapToObj(this::markOf).toList();
  }

  private byte[][] markOf(int bucket) {
    return keys(bucket, "trial");
  }

  private byte[][] keys(int bucket, String name) {
    String tagged = buckets[bucket];
    return new byte[][] {
      bytes(tagged + name),
      cluster ? bytes(tagged + "since") : markOfAll,
      cluster ? bytes(tagged + "doubts") : doubtsOfAll
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
