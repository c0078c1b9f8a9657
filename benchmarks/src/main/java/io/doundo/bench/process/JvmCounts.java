package io.doundo.bench.process;

import java.io.IOException;

/**
 * What the Kafka clients of a JVM, and its garbage collectors, have counted since they were
 * started.
 *
 * @param requests of producers, which are nearly all produce requests
 * @param records sent
 * @param fetches answered
 * @param fetchedRecords given to their readers
 * @param collections of garbage, small and full ones
 * @param collectionMicros for how long they stopped the JVM
 */
public record JvmCounts(
    double requests,
    double records,
    double fetches,
    double fetchedRecords,
    double collections,
    double collectionMicros) {

  static final JvmCounts NONE = new JvmCounts(0, 0, 0, 0, 0, 0);

  private static final String PRODUCERS = "kafka.producer:type=producer-metrics,client-id=*";

  /** Those of whole clients; beans of single topics have one key more. */
  private static final String CONSUMERS =
      "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*";

  private static final String COLLECTORS = "java.lang:type=GarbageCollector,name=*";

  static JvmCounts read(JvmBeans jvm) throws IOException {
    return new JvmCounts(
        jvm.sum(PRODUCERS, "request-total"),
        jvm.sum(PRODUCERS, "record-send-total"),
        jvm.sum(CONSUMERS, "fetch-total"),
        jvm.sum(CONSUMERS, "records-consumed-total"),
        jvm.sum(COLLECTORS, "CollectionCount"),
        1_000 * jvm.sum(COLLECTORS, "CollectionTime"));
  }

  /** What has come since an earlier reading. */
  JvmCounts since(JvmCounts before) {
    return new JvmCounts(
        requests - before.requests,
        records - before.records,
        fetches - before.fetches,
        fetchedRecords - before.fetchedRecords,
        collections - before.collections,
        collectionMicros - before.collectionMicros);
  }
}
